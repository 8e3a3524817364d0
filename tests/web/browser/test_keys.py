"""No verdict by accident: modifiers, held keys, composing, typing and the browser's own keys decide nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser.browsers import Tab, opened
from tests.web.browser.desks import Served

VERDICT_KEYS = ("x", " ", "a")


@pytest.fixture(scope="module")
def judging(browser: Browser, shared: Served) -> Iterator[Tab]:
    """Return a reviewer's page that all these tests leave as they found it."""
    with opened(browser, shared, "sari") as tab:
        tab.open()
        yield tab


@pytest.fixture
def tab(judging: Tab) -> Iterator[Tab]:
    """Return the page with the focus where it is after a decision; afterwards nothing may have been decided."""
    judging.open()
    before = judging.item
    yield judging
    assert judging.item == before
    assert [one.url for one in judging.posts() if "/review/decide" in one.url] == []
    judging.requests.clear()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_a_key_with_a_modifier_is_the_browsers(tab: Tab, modifier: str) -> None:
    tab.press(*(f"{modifier}+{key}" for key in ("x", "a", "Space")))
    assert tab.page.locator("#codes[open]").count() == 0


@pytest.mark.parametrize("key", VERDICT_KEYS)
def test_a_key_held_down_decides_nothing_more(tab: Tab, key: str) -> None:
    dispatch = (
        "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, repeat: true, bubbles: true }))"
    )
    for _ in range(5):
        tab.page.evaluate(dispatch, key)


@pytest.mark.parametrize("key", VERDICT_KEYS)
def test_composing_a_sign_decides_nothing(tab: Tab, key: str) -> None:
    dispatch = (
        "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing: true, bubbles: true }))"
    )
    tab.page.evaluate(dispatch, key)


def test_typing_a_note_types_a_note(tab: Tab) -> None:
    tab.press("n")
    tab.page.keyboard.type("xa xu? th")
    tab.press("Enter", "Backspace")
    expect(tab.page.locator("#note")).to_have_value("xa xu? th")
    tab.page.fill("#note", "")


def test_backspace_and_delete_do_nothing(tab: Tab) -> None:
    tab.press("Backspace", "Delete", "Backspace")
    assert tab.page.url.endswith("/review")


def test_keys_without_a_meaning_do_nothing(tab: Tab) -> None:
    tab.press(*"bcdefgijklmopqrsvwyz0123456789", "Enter", "Tab", "ArrowDown", "PageDown", "F2", "Escape")


def test_enter_in_a_box_of_the_codes_does_not_decide_without_one(tab: Tab) -> None:
    tab.press("a", "Enter")
    tab.wait_for_status("sekurang-kurangnya satu kode")


def test_verdict_keys_mean_nothing_while_codes_are_chosen(tab: Tab) -> None:
    tab.press("a", "x", "a")
    assert tab.page.locator("#codes[open]").count() == 1
    assert tab.page.locator("[name=codes]:checked").count() == 0
    tab.press("Escape")
    assert tab.page.locator("#codes[open]").count() == 0


def test_the_same_key_takes_a_code_back(tab: Tab) -> None:
    tab.press("a", "1", "2", "1")
    assert tab.page.locator("[name=codes]:checked").count() == 1
    tab.press("Escape")


def test_space_on_a_button_or_a_summary_presses_that_and_nothing_else(tab: Tab) -> None:
    tab.page.locator("summary[data-do=help]").focus()
    tab.press("Space")
    assert tab.page.locator("details[open] > summary[data-do=help]").count() == 1


def test_enter_after_going_back_from_the_codes_decides_nothing(tab: Tab) -> None:
    tab.page.locator("#codes").evaluate("(codes) => { codes.open = true }")
    tab.page.locator("[name=codes]").first.focus()
    tab.press("Escape", "Enter")
