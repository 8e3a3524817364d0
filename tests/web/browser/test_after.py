"""What can be done after deciding, each by keyboard alone, on pages in which axe finds nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.sync_api import Browser

from scanner.domain.reviews import Stage, Verdict
from scanner.review.decide import decide, judgement_of
from scanner.store import assignments
from scanner.store.assignments import Hold
from tests.web.browser.browsers import Tab, opened
from tests.web.browser.desks import Served
from tests.web.browser.shifts import walk_to
from tests.web.browser.test_axe import violations


def press_on(tab: Tab, selector: str, key: str = "Enter") -> None:
    """Press a key on an element that has the focus."""
    tab.page.locator(selector).first.focus()
    tab.press(key)


def verdicts(served: Served) -> dict[str, str]:
    return dict(served.office.rows("SELECT flag_id, verdict FROM judgements ORDER BY seq"))


def test_dismiss_what_says_the_same_but_for_what_is_unticked(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        item = tab.item
        tab.decide("x")
        press_on(tab, "#decided a[href$='#alike']")
        tab.page.locator("#alike input[type=checkbox]").first.wait_for()
        assert violations(tab) == []
        boxes = tab.page.locator("#alike input[type=checkbox]")
        count, left = boxes.count(), str(boxes.first.get_attribute("value")).partition(" ")[2]
        assert count > 1
        press_on(tab, "#alike input[type=checkbox]", "Enter")
        assert verdicts(served).keys() == {item}, "Enter in a box decides nothing"
        press_on(tab, "#alike input[type=checkbox]", "Space")
        press_on(tab, "#alike button.no")
        tab.page.locator("#alike [role=status]").wait_for()
        assert violations(tab) == []
    assert len(verdicts(served)) == count
    assert left not in verdicts(served)
    assert set(verdicts(served).values()) == {"not_violation"}


def test_enter_in_a_box_decides_nothing_without_the_script_either(browser: Browser, served: Served) -> None:
    item = disputed(served)
    with opened(browser, served, "joko", java_script_enabled=False) as tab:
        tab.open()
        tab.page.locator("#codes summary").click()
        press_on(tab, "#codes input")
        assert verdicts(served)[item] == "suspected", "what Budi said last"
        tab.page.locator("#judge button.unsure").click()
        tab.page.fill("[name=reason]", "Ajakan jelas.")
        press_on(tab, "form[action='/review/rule'] [name=codes]")
        tab.page.wait_for_timeout(300)
        assert tab.page.locator("form[action='/review/rule']").count() == 1
    assert served.office.rows("FROM adjudications") == []
    assert len(served.office.rows("FROM judgements")) == 3


def test_take_back_the_decision_before_the_last(browser: Browser, served: Served) -> None:
    with opened(browser, served, "sari") as tab:
        tab.open()
        first = tab.item
        tab.decide("x")
        second = tab.item
        tab.decide("Space")
        press_on(tab, "a[href='/review/last']")
        tab.page.wait_for_url("**/review/last")
        assert violations(tab) == []
        press_on(tab, "article:nth-of-type(2) button")
        tab.page.wait_for_url("**/review")
        assert tab.item == first
    assert verdicts(served) == {first: "withdrawn", second: "unsure"}


def test_rule_refer_and_mark_as_gold(browser: Browser, served: Served) -> None:
    item = disputed(served)
    with opened(browser, served, "joko") as tab:
        tab.open()
        assert tab.item == item
        tab.press("a", "1")
        tab.decide("Enter")
        tab.open(f"/review/decided?item={item}")
        tab.page.fill("[name=reason]", "Ajakan jelas, bukan kutipan.")
        press_on(tab, ".verdicts button.yes")
        tab.page.locator("#referral").wait_for()
        assert violations(tab) == []
        press_on(tab, "#referral [name=sure]", "Space")
        press_on(tab, "#referral button")
        tab.page.locator("#referral .notice.good").wait_for()
        tab.page.fill("#gold [name=reason]", "Dua orang dan ketua sepakat.")
        press_on(tab, "#gold button")
        tab.page.locator("#gold .notice.good").wait_for()
        assert violations(tab) == []
    assert served.office.rows("SELECT flag_id FROM referrals") == [(item,)]
    assert served.office.rows("SELECT item_id, verdict FROM gold") == [(item, "suspected")]


def test_find_what_is_settled_open_and_refer_it(browser: Browser, served: Served) -> None:
    item = disputed(served, Verdict.SUSPECTED, Verdict.SUSPECTED)
    with opened(browser, served, "joko") as tab:
        tab.open()
        walk_to(tab, "nav a[href='/settled']")
        tab.press("Enter")
        tab.page.locator("form[action='/settled/open']").wait_for()
        assert violations(tab) == []
        walk_to(tab, "form[action='/settled/open'] button")
        tab.press("Enter")
        tab.page.locator("#referral").wait_for()
        assert violations(tab) == []
        tab.page.set_viewport_size({"width": 1280, "height": 900})
        walk_to(tab, "#referral [name=sure]")
        tab.press("Space")
        walk_to(tab, "#referral button")
        tab.press("Enter")
        tab.page.locator("#referral .notice.good").wait_for()
        tab.open("/settled?state=RUJUKAN")
        assert "sudah dirujuk" in tab.page.locator("article.hit").inner_text()
    assert served.office.rows("SELECT flag_id FROM referrals") == [(item,)]


def test_nothing_is_referred_from_a_telephone(browser: Browser, served: Served) -> None:
    disputed(served, Verdict.SUSPECTED, Verdict.SUSPECTED)
    telephone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with opened(browser, served, "joko", **telephone) as tab:
        tab.open("/settled")
        tab.page.locator("form[action='/settled/open'] button").click()
        tab.page.locator("#referral").wait_for()
        assert not tab.page.locator("#referral form").is_visible()
        assert "layar yang lebih besar" in tab.page.locator("#referral").inner_text()


def disputed(served: Served, *said: Verdict) -> str:
    """Have Sari and Budi disagree on a post that Joko is given then; or say what is told here."""
    store = served.office.store
    [(item,)] = served.office.rows("SELECT id FROM flags ORDER BY id LIMIT 1")
    views = said or (Verdict.NOT_VIOLATION, Verdict.SUSPECTED)
    for name, verdict in zip(("sari", "budi"), views, strict=False):
        codes = ("AJAKAN-PILIH",) if verdict is Verdict.SUSPECTED else ()
        decide(store, judgement_of(key=name, flag_id=str(item), reviewer=name, verdict=verdict, codes=codes))
    if not said:
        with store.lease("test") as lease:
            hold = Hold(str(item), Stage.ADJUDICATION, datetime.now(UTC), shown=True)
            assignments.hold(lease, "joko", [hold])
    return str(item)
