"""axe finds nothing on any page, in both themes, from a telephone to a wide screen (WCAG 2.2 AA, reliability B2)."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from scanner.web.page import Page
from scanner.web.pages import PAGES
from tests.web.browser.browsers import Tab, opened
from tests.web.browser.desks import PEOPLE, Served

OWN_WAY = {"/", "/review/decided", "/review/picture"}
"""Sent on, opened by a test of its own, and no page."""
TAGS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = (320, 768, 1280)
THEMES = ("light", "dark")


def visitor(page: Page) -> str:
    """Return the first person who may see a page; nobody for one that is open to all."""
    return next((name for name, role in PEOPLE.items() if page.roles and role in page.roles), "")


SHOWN = {
    page.path: visitor(page)
    for page in PAGES
    if page.method == "GET" and page.path not in OWN_WAY and "{" not in page.path and not page.path.endswith(".csv")
}


def violations(tab: Tab) -> list[str]:
    """Return what axe complains of, with the elements, in every theme and width."""
    found = []
    for theme in THEMES:
        tab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width in WIDTHS:
            tab.page.set_viewport_size({"width": width, "height": 900})
            for one in Axe().run(tab.page, options=TAGS).response["violations"]:
                found += [f"{theme} {width}: {one['id']} {node['html'][:160]}" for node in one["nodes"]]
            if tab.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{theme} {width}: wider than the screen")
    return found


@pytest.mark.parametrize("path", SHOWN)
def test_axe_finds_nothing(browser: Browser, shared: Served, path: str) -> None:
    with opened(browser, shared, SHOWN[path]) as tab:
        tab.open(path)
        assert violations(tab) == []


@pytest.mark.parametrize("table", ["accounts", "runs"])
def test_axe_finds_nothing_on_the_page_of_one(browser: Browser, shared: Served, table: str) -> None:
    [(one,)] = shared.office.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 1")
    with opened(browser, shared, "agus") as tab:
        tab.open(f"/{table}/{quote(str(one))}")
        assert violations(tab) == []


def test_axe_finds_nothing_on_an_adjudicators_own_page(browser: Browser, shared: Served) -> None:
    with opened(browser, shared, "joko") as tab:
        tab.open("/me")
        assert violations(tab) == []


def test_axe_finds_nothing_while_a_post_is_judged(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.decide("x")
        tab.press("h", "?", "t", "a")
        assert violations(tab) == []
        tab.open(f"/review/decided?item={item}")
        assert violations(tab) == []


@pytest.mark.parametrize("path", ["/audit", "/review/decided?item=tidak-ada"])
def test_axe_finds_nothing_on_pages_that_say_no(browser: Browser, shared: Served, path: str) -> None:
    with opened(browser, shared, "sari") as tab:
        tab.open(path)
        assert violations(tab) == []
