"""Twelve things a person does at the desk, each by keyboard alone (reliability B2, WCAG 2.1.1)."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.web.browser.browsers import Tab, fill_in, opened
from tests.web.browser.desks import Served


def verdicts(served: Served) -> list[tuple[str, str]]:
    rows = served.office.rows("SELECT flag_id, verdict FROM judgements ORDER BY seq")
    return [(str(item), str(verdict)) for item, verdict in rows]


def focused(tab: Tab) -> str:
    """Return what stands on the element that has the focus."""
    return str(tab.page.evaluate("document.activeElement.textContent.trim()"))


def test_sign_in(browser: Browser, shared: Served) -> None:
    def type_in(field: str, words: str) -> None:
        expect(tab.page.locator(field)).to_be_focused()
        tab.page.keyboard.type(words)
        tab.press("Tab")

    with opened(browser, shared) as tab:
        tab.open("/sign-in")
        fill_in(type_in, shared, "agus")
        tab.press("Enter")
        tab.page.wait_for_selector("header.top")


def test_reject_with_one_key(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.decide("x")
        assert tab.item not in ("", item)
    assert verdicts(served) == [(item, "not_violation")]


def test_be_unsure_with_one_key(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.decide("Space")
    assert verdicts(served) == [(item, "unsure")]


def test_suspect_with_a_code_in_three_keys(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.press("a", "3")
        code = tab.page.locator("[name=codes]:checked").get_attribute("value")
        tab.decide("Enter")
    assert served.office.rows("SELECT flag_id, verdict, codes::VARCHAR FROM judgements") == [
        (item, "suspected", f'["{code}"]')
    ]


def test_take_it_back_with_one_key(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.decide("x")
        with tab.page.expect_response("**/review/undo"):
            tab.press("u")
        tab.page.locator(f"article[data-item='{item}']:not([hidden])").wait_for()
        tab.decide("Space")
    assert verdicts(served) == [(item, "not_violation"), (item, "withdrawn"), (item, "unsure")]


def test_write_a_note_and_go_on(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        tab.press("n")
        tab.page.keyboard.type("Ia mengutip berita, x bukan ajakan.")
        tab.press("Escape")
        tab.decide("x")
    assert served.office.rows("SELECT verdict, note FROM judgements") == [
        ("not_violation", "Ia mengutip berita, x bukan ajakan.")
    ]


def test_read_the_guideline_beside_the_post(browser: Browser, shared: Served) -> None:
    with opened(browser, shared, "sari") as tab:
        tab.open()
        tab.press("h")
        expect(tab.page.locator("#guideline h1, #guideline h2").first).to_be_visible()
        tab.press("h")
        assert tab.page.locator("#guideline[open]").count() == 0


def test_open_the_context(browser: Browser, shared: Served) -> None:
    with opened(browser, shared, "sari") as tab:
        tab.open()
        before = tab.page.locator("article:not([hidden]) details[open]").count()
        tab.press("t")
        folded = tab.page.locator("article:not([hidden]) details").count()
        assert tab.page.locator("article:not([hidden]) details[open]").count() == folded - before


def test_see_the_keys(browser: Browser, shared: Served) -> None:
    with opened(browser, shared, "sari") as tab:
        tab.open()
        tab.press("?")
        expect(tab.page.get_by_text("dugaan pelanggaran, lalu kode, lalu Enter")).to_be_visible()


def test_sign_out(browser: Browser, served: Served) -> None:
    with opened(browser, served, "budi") as tab:
        tab.open()
        while focused(tab) != "Keluar":
            tab.press("Shift+Tab")
        tab.press("Enter")
        tab.page.wait_for_url("**/sign-in")
        tab.open("/review")
        assert tab.page.url.endswith("/sign-in")


def test_skip_to_the_content(browser: Browser, shared: Served) -> None:
    with opened(browser, shared, "sari") as tab:
        tab.open("/guideline")
        tab.press("Tab")
        assert focused(tab) == "Langsung ke isi"
        tab.press("Enter", "Tab")
        assert tab.page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_change_a_key_and_work_with_it(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open("/me")
        tab.page.locator("[name=reject]").focus()
        tab.press("Control+A")
        tab.page.keyboard.type("k")
        with tab.page.expect_navigation():
            tab.press("Enter")
        tab.open()
        item = tab.item
        tab.press("x")
        tab.decide("k")
    assert verdicts(served) == [(item, "not_violation")]
