"""Every hostile text at every place, in a real browser: no dialog, no script, no report of the security policy (B3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Browser

from tests.web.browser.browsers import Tab, opened
from tests.web.browser.desks import Office, Served, serving
from tests.web.conftest import Site
from tests.web.payloads import PAYLOADS
from tests.web.test_payloads import RUN, flagged, poison

STEP = 4
"""Every so many of the hostile posts are put before reviewers."""
FOREIGN = """() => [...document.querySelectorAll("*")].flatMap((node) => {
    const bad = [...node.attributes].filter(({ name, value }) => name.startsWith("on") || name.startsWith("hx-")
        || name === "style"
        || (["href", "src", "action"].includes(name) && /^\\s*(javascript|data|vbscript):/i.test(value)));
    const tag = node.localName, script = tag === "script" && !node.getAttribute("src")?.startsWith("/static/");
    return bad.length || script || ["iframe", "object", "embed", "base", "style"].includes(tag) ? [node.outerHTML] : [];
})"""
"""Returns what stands in a page that no template wrote."""


@pytest.fixture(scope="module")
def hostile(copy_of: Callable[[Path], Office], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a desk whose every text is hostile."""
    office, now = copy_of(tmp_path_factory.mktemp("hostile") / "kantor"), datetime.now(UTC)
    site = cast("Site", SimpleNamespace(desk=SimpleNamespace(now=lambda: now)))
    with office.store.lease("test") as lease:
        poison(lease, site)
        flagged(lease, site, step=STEP)
    with serving(office) as served:
        yield served


def foreign(tab: Tab) -> Any:
    return tab.page.evaluate(FOREIGN)


@pytest.mark.parametrize("path", ["/search?words=", "/accounts", f"/runs/{RUN}", "/audit"])
def test_nothing_runs_in_any_list(browser: Browser, hostile: Served, path: str) -> None:
    with opened(browser, hostile, "agus") as tab:
        tab.open(path)
        seen = ""
        while True:
            assert foreign(tab) == []
            seen += tab.page.locator("main").inner_text()
            onward = tab.page.locator('a[rel="next"]')
            if not onward.count():
                break
            tab.page.goto(hostile.address + str(onward.first.get_attribute("href")))
        assert "alert(1)" in seen


def test_nothing_runs_before_while_and_after_a_post_is_judged(browser: Browser, hostile: Served) -> None:
    texts = set[str]()
    with opened(browser, hostile, "sari") as tab:
        tab.open()
        while (item := tab.item) and len(texts) < len(PAYLOADS) // STEP:
            texts.add(item)
            tab.press("t", "n")
            tab.page.keyboard.insert_text(PAYLOADS[len(texts)])
            tab.press("Escape")
            assert foreign(tab) == []
            tab.decide(" ")
        assert foreign(tab) == []
    assert len(texts) == len(PAYLOADS) // STEP
    with opened(browser, hostile, "sari") as tab:
        for item, note in hostile.office.rows("SELECT flag_id, note FROM judgements ORDER BY seq")[::3]:
            tab.page.goto(f"{hostile.address}/search")
            tab.page.evaluate("(item) => { location.href = '/review/decided?item=' + encodeURIComponent(item) }", item)
            tab.page.wait_for_url("**/review/decided*")
            assert foreign(tab) == []
            assert note in PAYLOADS
