"""Before one's own verdict not one byte of score, suggested codes, offsets, explanation or other views (B2)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scanner.domain.reviews import Verdict
from scanner.review.decide import decide, judgement_of, new_key
from tests.web.browser.browsers import Tab, opened
from tests.web.browser.desks import Office, Served, make_desk, serving
from tests.web.browser.secrets import GENERAL, OFFSETS, OTHER, plant, secrets_of
from tests.web.browser.wires import Wire, tapped

ITEMS = 4


def judge(office: Office, item: str, number: int, by: str, verdict: Verdict) -> None:
    codes = (f"KENARI-KODE-{number}",) if verdict is Verdict.SUSPECTED else ()
    note = f"KENARI-CATATAN-{number}"
    decide(
        office.store,
        judgement_of(key=new_key(), flag_id=item, reviewer=by, verdict=verdict, codes=codes, note=note, seconds=9.0),
    )


@pytest.fixture(scope="module")
def _planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[str]]:
    office = make_desk(tmp_path_factory.mktemp("blind") / "kantor", 0)
    items = plant(office, ITEMS)
    for number, item in enumerate(items):
        judge(office, item, number, OTHER, Verdict.SUSPECTED)
    return office, items


@pytest.fixture(scope="module")
def _served(_planted: tuple[Office, list[str]]) -> Iterator[Served]:
    with serving(_planted[0]) as running:
        yield running


@pytest.fixture
def tap(_served: Served) -> Iterator[tuple[Served, Wire]]:
    with tapped(_served) as wired:
        yield wired


@pytest.fixture(scope="module")
def items(_planted: tuple[Office, list[str]]) -> list[str]:
    return _planted[1]


def look_everywhere(tab: Tab, items: list[str]) -> None:
    """Ask for everything that a curious person could, in pieces and as pages."""
    tab.open("/review")
    tab.press("t", "h", "?")
    tab.open("/guideline")
    tab.page.goto(f"{tab.served.address}/settled")
    ask = """async ([method, path, body]) => {
        const headers = { "X-Desk": "fragment" };
        await fetch(path, { method, headers, body: body ? new URLSearchParams(body) : undefined });
    }"""
    for item in items:
        for path in ("/review/decided", "/review/picture"):
            tab.page.goto(f"{tab.served.address}{path}?item={item}&position=0")
            tab.page.evaluate(ask, ["GET", f"{path}?item={item}&position=0", None])
        for path in ("/review/views", "/review/rule", "/review/draft", "/review/undo", "/settled/open"):
            form = {"item": item, "key": new_key(), "verdict": "not_violation", "reason": "x", "note": ""}
            tab.page.evaluate(ask, ["POST", path, form])
    tab.open("/review")


def test_before_the_first_verdict_nothing_of_it_reaches_a_reviewer(
    browser: Browser, tap: tuple[Served, Wire], items: list[str]
) -> None:
    served, wire = tap
    with opened(browser, served, "sari") as tab:
        look_everywhere(tab, items)
        everything = wire.told()
    assert b"Kabar ke-" in everything
    assert [secret for secret in GENERAL if secret in everything] == []
    assert OFFSETS.search(everything) is None


def test_each_verdict_uncovers_its_own_item_and_no_other(
    browser: Browser, tap: tuple[Served, Wire], items: list[str]
) -> None:
    hidden = dict(enumerate(items))
    served, wire = tap
    with opened(browser, served, "sari") as tab:
        tab.open()
        while item := tab.item:
            number = items.index(item)
            tab.decide("x")
            del hidden[number]
            tab.page.evaluate("(path) => fetch(path).then((answer) => answer.text())", f"/review/decided?item={item}")
            everything = wire.told()
            code, explanation, clause, note, entry = secrets_of(number)
            assert [secret for secret in (code, explanation, clause) if secret not in everything] == []
            assert [secret for secret in (note, entry) if secret in everything] == []
            assert [secret for other in hidden for secret in secrets_of(other) if secret in everything] == []
            assert OTHER.encode() not in everything
    assert hidden == {}


def test_an_adjudicator_too_gives_an_own_view_before_seeing_the_two(
    browser: Browser, tap: tuple[Served, Wire], items: list[str]
) -> None:
    served, wire = tap
    with opened(browser, served, "joko") as tab:
        look_everywhere(tab, items)
        everything = wire.told()
        assert b"perlu putusan ketua" in everything
        assert [secret for secret in GENERAL if secret in everything] == []
        item = tab.item
        tab.decide("x")
        tab.page.goto(f"{served.address}/review/decided?item={item}")
        everything = wire.told()
    number = items.index(item)
    assert f"KENARI-CATATAN-{number}".encode() in everything
    assert OTHER.encode() not in everything
    assert [
        secret for other in range(ITEMS) if other != number for secret in secrets_of(other) if secret in everything
    ] == []
