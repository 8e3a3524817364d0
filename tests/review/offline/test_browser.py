"""The file in a real browser, offline: judged by keyboard alone, saved, taken in; hostile words stay words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.users import Language
from scanner.review.offline.taking import Outcome, take_file
from scanner.store import users
from tests.review.offline.conftest import CALL, Office, content_of
from tests.review.offline.payloads import PAYLOADS

pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[dev]')")
pytestmark = pytest.mark.slow

from playwright.sync_api import Browser, Page  # noqa: E402

from tests.web.browser.browsers import TELL_VIOLATIONS  # noqa: E402

WIDTHS = (320, 768, 1280)


@dataclass
class Sheet:
    """One opened file, with everything the browser asked for or complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def read(self, place: str) -> str:
        return str(self.page.locator(place).inner_text())

    def words(self) -> str:
        return str(self.page.locator(".words").text_content())

    def save(self, target: Path) -> dict[str, object]:
        """Download the judgements by keyboard."""
        with self.page.expect_download() as download:
            self.press("Control+s")
        download.value.save_as(target)
        return json.loads(target.read_text("utf-8"))  # type: ignore[no-any-return]


@contextlib.contextmanager
def opened(browser: Browser, path: Path, **options: object) -> Iterator[Sheet]:
    """Open a file by its path, offline; that it asked for nothing but itself and complained of nothing is checked."""
    context = browser.new_context(accept_downloads=True, offline=True, **options)
    context.add_init_script(TELL_VIOLATIONS)
    sheet = Sheet(page=context.new_page())
    sheet.page.on("request", lambda request: sheet.requests.append(request.url))
    sheet.page.on("console", lambda message: sheet.complaints.append(message.text))
    sheet.page.on("pageerror", lambda error: sheet.complaints.append(str(error)))
    sheet.page.on("dialog", lambda dialog: (sheet.complaints.append(dialog.type), dialog.accept()))
    try:
        sheet.page.goto(path.as_uri())
        yield sheet
        assert [one for one in sheet.requests if not one.startswith(("data:", "blob:"))] == [path.as_uri()]
        assert sheet.complaints == []
    finally:
        context.close()


def test_twenty_posts_are_judged_by_keyboard_alone_and_recorded_as_judged(browser: Browser, hostile_office: Office):
    page, done = hostile_office.export(limit=20)
    told = content_of(page)
    key = {one["code"]: one["key"] for one in told["codes"]}
    keys = {
        ("not_violation", ()): ("x",),
        ("unsure", ()): ("Space",),
        ("suspected", ("MEDSOS-DUKUNG",)): ("a", key["MEDSOS-DUKUNG"], "Enter"),
        ("suspected", ("AJAKAN-BERPIHAK", "SIMBOL-JARI")): ("a", key["AJAKAN-BERPIHAK"], key["SIMBOL-JARI"], "Enter"),
    }
    plan = [list(keys)[number % len(keys)] for number in range(done.items)]
    with opened(browser, page) as sheet:
        for one in plan:
            sheet.press(*keys[one])
        assert sheet.read("#done h1") == "Semua sudah diputuskan"
        saved = sheet.save(hostile_office.folder / "putusan.json")
    assert len(saved["judgements"]) == done.items == 20  # type: ignore[arg-type]
    taken = take_file(hostile_office.desk(), hostile_office.folder / "putusan.json")
    assert taken.counts == {Outcome.TAKEN: 20}
    rows = hostile_office.rows("SELECT flag_id, verdict, codes, reviewer FROM judgements ORDER BY seq")
    expected = [
        (item["item"], verdict, json.dumps(sorted(codes), separators=(",", ":")), "sari")
        for item, (verdict, codes) in zip(told["items"], plan, strict=True)
    ]
    assert [(item, verdict, _sorted(codes), who) for item, verdict, codes, who in rows] == expected


def _sorted(codes: str) -> str:
    return json.dumps(sorted(json.loads(codes)), separators=(",", ":"))


def test_hostile_words_are_shown_word_for_word_and_do_nothing(browser: Browser, hostile_office: Office):
    page, done = hostile_office.export(limit=20)
    seen = set()
    with opened(browser, page) as sheet:
        for _ in range(done.items):
            seen.add(sheet.words())
            sheet.press("t", "ArrowRight")
        strange = "#item :is(script, style, iframe, svg, base, form, meta, object, embed, [onerror], [onload], a)"
        assert sheet.page.locator(strange).count() == 0
        assert sheet.page.evaluate("document.querySelectorAll('script, style').length") == 3
    assert {f"{CALL} {payload}" for payload in PAYLOADS} <= seen


def test_undo_notes_and_help_work_by_keyboard(browser: Browser, office: Office):
    with opened(browser, office.export()[0]) as sheet:
        first = sheet.words()
        sheet.press("n")
        sheet.page.keyboard.type("x a u ragu?")
        sheet.press("Escape", "x", "Space", "u", "u")
        assert sheet.words() == first
        assert sheet.page.locator("#note").input_value() == "x a u ragu?"
        assert sheet.read("#progress").startswith("0 dari 4")
        sheet.press("?")
        assert sheet.page.locator("#help").is_visible()
        sheet.press("x", "Escape", "u")
        assert sheet.page.locator("#help").is_hidden()
        assert sheet.read("#status") == "Belum ada putusan untuk dibatalkan."
        sheet.press("a", "Enter")
        assert sheet.read("#status") == "Sebut sekurang-kurangnya satu kode."
        sheet.press("Escape", "Control+x", "Alt+x")
        assert sheet.read("#progress").startswith("0 dari 4")
        assert sheet.save(office.folder / "p.json")["judgements"] == []


def test_a_picture_stays_veiled_until_asked_for(browser: Browser, office: Office):
    with opened(browser, office.export()[0]) as sheet:
        while not sheet.page.locator(".pictures img").count():
            sheet.press("ArrowRight")
        assert sheet.page.evaluate("document.querySelector('.pictures img').naturalWidth") == 40
        assert "blur" in sheet.page.evaluate("getComputedStyle(document.querySelector('.pictures img')).filter")
        sheet.press("t")
        assert sheet.page.evaluate("getComputedStyle(document.querySelector('.pictures img')).filter") == "none"
        assert sheet.page.locator(".pictures img").get_attribute("alt") == f"poster {PAYLOADS[0]}"


def test_closing_warns_while_something_is_not_saved_and_only_then(browser: Browser, office: Office):
    with opened(browser, office.export()[0]) as sheet:
        sheet.press("x")
        with sheet.page.expect_event("dialog") as dialog:
            sheet.page.close(run_before_unload=True)
        assert dialog.value.type == "beforeunload"
        sheet.complaints.clear()
    with opened(browser, office.export(name="lagi.html")[0]) as sheet:
        sheet.press("x")
        sheet.save(office.folder / "p.json")
        with sheet.page.expect_event("close"):
            sheet.page.close(run_before_unload=True)


def test_it_speaks_the_persons_language_and_the_other_at_a_button(browser: Browser, office: Office):
    with office.workspace.store.lease("test") as lease:
        users.save_language(lease, "sari", Language.EN)
    with opened(browser, office.export()[0]) as sheet:
        assert sheet.page.title() == "Offline review"
        sheet.press("x")
        sheet.page.click("#language")
        assert sheet.page.title() == "Telaah luring"
        assert sheet.page.evaluate("document.documentElement.lang") == "id"
        assert sheet.read("#progress").startswith("1 dari 4")


def test_it_says_for_whom_it_is_until_when_and_that_it_has_expired(browser: Browser, office: Office):
    with opened(browser, office.export()[0]) as sheet:
        assert "data pribadi. Hanya untuk sari" in sheet.read("#warning")
        assert sheet.page.locator("#expired").is_hidden()
    old, _ = office.export("budi", "budi.html", at=office.now - timedelta(days=8))
    with opened(browser, old) as sheet:
        assert "hanya disimpan sebagai konsep" in sheet.read("#expired")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(browser: Browser, office: Office, theme: str):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page, _ = office.export()
    for width in WIDTHS:
        with opened(browser, page, color_scheme=theme, viewport={"width": width, "height": 800}) as sheet:
            for keys in ((), ("a",), ("Escape", "?"), ("Escape", "x", "x", "x", "x")):
                sheet.press(*keys)
                assert axe.Axe().run(sheet.page).response["violations"] == []
                over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert sheet.page.evaluate(over) == 0
