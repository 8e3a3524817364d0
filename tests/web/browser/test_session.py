"""Two minutes before a session ends the page says so, by whichever limit, and going on is one key away (WCAG 2.2.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Browser, expect

from scanner.review.signin import LONGEST
from tests.web.browser.browsers import PATIENCE, Tab, opened
from tests.web.browser.desks import Served
from tests.web.browser.test_axe import violations

UNUSED, ENDING, OVER = "lama tidak dipakai", "dua belas jam", "sudah berakhir"


def forward(tab: Tab, minutes: float) -> None:
    """Let the clock on the wall go on."""
    tab.page.clock.fast_forward(int(minutes * 60_000))


def told(tab: Tab) -> str:
    return tab.page.locator("#session").inner_text()


def test_it_is_said_in_time_and_one_key_goes_on(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.page.clock.install()
        tab.open()
        forward(tab, 26)
        assert told(tab) == ""
        forward(tab, 1.5)
        assert UNUSED in told(tab)
        assert violations(tab) == []
        tab.page.locator("#session button").focus()
        with tab.page.expect_response("**/session"):
            tab.press("Enter")
        expect(tab.page.locator("#session")).to_have_text("", use_inner_text=True, timeout=PATIENCE)
        assert tab.page.evaluate("document.activeElement.id") == "main"
        forward(tab, 26)
        assert told(tab) == ""


def test_a_decision_is_a_use(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.page.clock.install()
        tab.open()
        forward(tab, 27.5)
        assert UNUSED in told(tab)
        tab.decide("x")
        assert told(tab) == ""


def test_another_tab_of_the_same_person_is_a_use(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.page.clock.install()
        tab.open("/guideline")
        forward(tab, 10)
        other = tab.page.context.new_page()
        other.clock.install(time=datetime.now(UTC) + timedelta(minutes=20))
        other.goto(served.address + "/me")
        tab.page.wait_for_timeout(300)
        forward(tab, 18)
        assert told(tab) == ""


def test_when_it_is_over_the_page_says_where_to_sign_in(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.page.clock.install()
        tab.open("/me")
        forward(tab, 31)
        assert OVER in told(tab)
        assert tab.page.locator("#session a:visible").get_attribute("href") == "/sign-in"
        assert violations(tab) == []


def test_a_session_that_has_lasted_long_is_announced_however_it_is_used(browser: Browser, served: Served) -> None:
    with opened(browser, served, "budi") as tab:
        began = datetime.now(UTC) - LONGEST + timedelta(minutes=10)
        served.office.rows("UPDATE sessions SET began_at = $at RETURNING id", {"at": began})
        tab.page.clock.install()
        tab.open()
        forward(tab, 7)
        tab.decide("x")
        assert told(tab) == ""
        forward(tab, 1.5)
        assert ENDING in told(tab)
        assert tab.page.locator("#session button:visible").count() == 0, "going on cannot help here"
        assert violations(tab) == []


def test_without_the_script_nothing_is_said(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari", java_script_enabled=False) as tab:
        tab.open()
        assert told(tab) == ""
