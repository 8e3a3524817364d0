"""What a reviewer pressed or wrote is never lost: tabs close, sessions end, the desk dies, the network goes (B2)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from scanner.domain.reviews import Verdict
from scanner.review.decide import decide, judgement_of, new_key
from scanner.store.sessions import end_sessions
from tests.people import CODE_LATER
from tests.web.browser.browsers import PATIENCE, Tab, fill_in, opened
from tests.web.browser.desks import Served

NOTE = "Konteksnya penting: ia mengutip orang lain."


def write(tab: Tab, words: str = NOTE) -> None:
    tab.press("n")
    tab.page.keyboard.type(words)


def judged(served: Served, name: str = "sari") -> list[tuple[str, str, str]]:
    """Return what is on record of a reviewer, in order: item, verdict and note."""
    sql = "SELECT flag_id, verdict, note FROM judgements WHERE reviewer = $name ORDER BY seq"
    return [(str(item), str(verdict), str(note)) for item, verdict, note in served.office.rows(sql, {"name": name})]


def drafts(served: Served) -> list[tuple[str, str]]:
    return [(str(item), str(note)) for item, note in served.office.rows("SELECT item_id, note FROM drafts")]


def wait_until_saved(tab: Tab, count: int) -> None:
    """Wait until the desk has told that so many of today's decisions are saved."""
    tab.wait_for_status(f"{count} diputuskan hari ini")


def test_a_note_survives_a_tab_that_is_closed_in_the_middle_of_a_word(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        write(tab)
        tab.page.close(run_before_unload=True)
    with opened(browser, served, "sari") as tab:
        tab.open()
        assert tab.item == item
        expect(tab.page.locator("#note")).to_have_value(NOTE)
    assert drafts(served) == [(item, NOTE)]


def test_a_note_survives_going_to_another_page_and_back(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        write(tab)
        tab.press("Escape")
        tab.page.click("nav a[href='/guideline']")
        tab.page.click("nav a[href='/review']")
        expect(tab.page.locator("#note")).to_have_value(NOTE)


def test_each_post_keeps_its_own_note_when_an_earlier_one_comes_back(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        first = tab.item
        tab.decide("x")
        second = tab.item
        write(tab)
        with tab.page.expect_response("**/review/undo"):
            tab.press("Escape", "u")
        tab.page.locator(f"article[data-item='{first}']:not([hidden])").wait_for()
        expect(tab.page.locator("#note")).to_have_value("")
        tab.decide(" ")
        assert tab.item == second
        expect(tab.page.locator("#note")).to_have_value(NOTE)
    assert [verdict for _, verdict, _ in judged(served)] == ["not_violation", "withdrawn", "unsure"]


def test_a_verdict_waits_for_the_session_that_ended_to_be_begun_anew(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        items = [tab.item]
        write(tab)
        tab.press("Escape")
        with served.office.store.lease("test") as lease:
            end_sessions(lease, "sari")
        tab.press("x")
        tab.wait_for_status("Sesi berakhir")
        items.append(tab.item)
        tab.press(" ")
        assert judged(served) == []
        other = tab.page.context.new_page()
        other.goto(served.address + "/sign-in")
        fill_in(other.fill, served, "sari", later=CODE_LATER)
        other.click("button.main")
        wait_until_saved(tab, 2)
    assert judged(served) == [(items[0], "not_violation", NOTE), (items[1], "unsure", "")]


def test_a_note_waits_for_the_session_too(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        with served.office.store.lease("test") as lease:
            end_sessions(lease, "sari")
        write(tab)
        tab.wait_for_status("Sesi berakhir")
        assert drafts(served) == []
        other = tab.page.context.new_page()
        other.goto(served.address + "/sign-in")
        fill_in(other.fill, served, "sari", later=CODE_LATER)
        other.click("button.main")
        expect(tab.page.locator("#status")).to_have_text("", timeout=PATIENCE)
    assert drafts(served) == [(item, NOTE)]


def test_what_comes_too_late_is_kept_as_a_draft_and_said_so(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        late = tab.item
        write(tab)
        tab.press("Escape")
        with served.office.store.lease("test") as lease:
            past = {"then": datetime.now(UTC) - timedelta(minutes=1), "item": late}
            lease.execute("UPDATE assignments SET held_until = $then WHERE item_id = $item", past)
        for name in ("wati", "yanto"):
            decide(
                served.office.store,
                judgement_of(key=new_key(), flag_id=late, reviewer=name, verdict=Verdict.UNSURE, seconds=9.0),
            )
        with tab.page.expect_response("**/review/decide") as answer:
            tab.press("x")
        assert answer.value.status == 409
        tab.wait_for_status("Sudah terlambat")
        following = tab.item
        assert following not in ("", late)
        tab.decide("x")
    assert judged(served) == [(following, "not_violation", "")]
    assert drafts(served) == [(late, NOTE)]


def test_verdicts_given_while_the_desk_was_dead_arrive_once_it_lives(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        items = [tab.item]
        write(tab)
        tab.press("Escape")
        served.kill()
        tab.press("x")
        tab.wait_for_status("Belum tersimpan")
        items.append(tab.item)
        tab.press(" ")
        served.start()
        wait_until_saved(tab, 2)
    assert judged(served) == [(items[0], "not_violation", NOTE), (items[1], "unsure", "")]


def test_a_desk_killed_at_any_moment_loses_no_verdict_and_counts_none_twice(browser: Browser, served: Served) -> None:
    decided: list[str] = []
    done = threading.Event()

    def kill_and_start() -> None:
        for _ in range(3):
            done.wait(1.5)
            served.kill()
            served.start()

    with opened(browser, served, "sari") as tab:
        tab.open()
        mortal = threading.Thread(target=kill_and_start)
        mortal.start()
        try:
            while len(decided) < 8:
                tab.page.locator("article[data-item]:not([hidden])").wait_for(timeout=PATIENCE)
                decided.append(tab.item)
                tab.press("x")
        finally:
            done.set()
            mortal.join()
        wait_until_saved(tab, 8)
    assert [(item, verdict) for item, verdict, _ in judged(served)] == [(item, "not_violation") for item in decided]
    assert len(set(decided)) == len(decided) == 8


def test_a_verdict_pressed_before_the_last_one_was_saved_is_not_asked_for_again(
    browser: Browser, served: Served
) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        items = []
        for key in ("x", " ", "x"):
            items.append(tab.item)
            tab.press(key)
        wait_until_saved(tab, 3)
        assert tab.item not in ("", *items)
    assert [item for item, _, _ in judged(served)] == items


def test_offline_for_a_while_means_saved_a_little_later(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        items = []
        tab.page.context.set_offline(True)
        for key in ("x", " ", "x"):
            items.append(tab.item)
            write(tab, f"Catatan {len(items)}")
            tab.press("Escape", key)
        tab.wait_for_status("Belum tersimpan")
        assert tab.item == ""
        assert tab.page.locator(".nothing").is_hidden()
        tab.page.context.set_offline(False)
        wait_until_saved(tab, 3)
        assert tab.item not in ("", *items)
    verdicts = ["not_violation", "unsure", "not_violation"]
    assert judged(served) == [
        (item, verdict, f"Catatan {number}")
        for number, (item, verdict) in enumerate(zip(items, verdicts, strict=True), 1)
    ]


@pytest.mark.parametrize("way", ["closing", "leaving"])
def test_whoever_leaves_with_something_unsaved_is_asked_first(browser: Browser, served: Served, way: str) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.page.context.set_offline(True)
        tab.press("x")
        tab.wait_for_status("Belum tersimpan")
        if way == "closing":
            tab.page.close(run_before_unload=True)
        else:
            tab.page.evaluate("() => { setTimeout(() => { location.href = '/guideline'; }) }")
        tab.wait_for_complaint()
        assert tab.complaints == ["dialog: "]
        tab.complaints.clear()
        tab.page.context.set_offline(False)
        wait_until_saved(tab, 1)
    assert judged(served) == [(item, "not_violation", "")]
