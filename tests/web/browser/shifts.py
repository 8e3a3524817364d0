"""One person before the desk as long as something waits: judging by keyboard alone, and ruling where that is asked."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Request, sync_playwright

from tests.web.browser.browsers import Tab, launch, opened
from tests.web.browser.desks import Served
from tests.web.browser.wires import Wire, tapped

LONGEST = 1200.0
"""Seconds after which somebody who still judges fails the test, instead of keeping it from its end."""
READING = "const clock = performance.now.bind(performance); performance.now = () => clock() * 1000;"
"""Makes the page's clock run so fast that pressing keys at a machine's pace counts as reading; see review.pace."""
KEYS = {"not_violation": ("x",), "unsure": (" ",), "suspected": ("a", "1", "Enter")}
"""All that is pressed for a verdict."""
DISPUTED = (7, 9)
"""Last digits of the posts on which sari and budi do not agree, or agree that they do not know."""


@dataclass
class Shift:
    """What one person pressed, and what passed for it."""

    name: str
    items: Sequence[str]
    """All flagged posts, in order of their numbers."""
    said: list[tuple[int, str]] = field(default_factory=list)
    """Number and verdict of each decision that the desk acknowledged."""
    ruled: list[tuple[int, str]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    """Bytes of each request of the first page."""
    heard: list[tuple[int, bool, bytes]] = field(default_factory=list)
    """How many decisions had been made, whether the page was one that lays an item open, and all the desk told."""

    def hear(self, wire: Wire, *, laid_open: bool = False) -> None:
        """Keep what the desk told since the last time."""
        self.heard.append((len(self.said), laid_open, wire.told()))


def verdict_for(name: str, number: int) -> str:
    """Return what somebody thinks of a post: mostly nothing, and now and then not what the other one does."""
    if number % 10 == 4 or (number % 10 == 9 and name != "budi"):
        return "suspected"
    return "unsure" if number % 10 == 7 else "not_violation"


def weight(request: Request) -> int:
    """Return the bytes of the answer to a request."""
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def judge_all(
    executable: str, served: Served, shift: Shift, others_done: Callable[[], bool], over: threading.Event
) -> None:
    """Judge whatever waits, until the others are done and nothing waits any more; or until it is `over` for all."""
    with sync_playwright() as playwright, tapped(served) as (reached, wire):
        browser = launch(playwright, executable)
        with opened(browser, reached, shift.name) as tab:
            tab.page.context.add_init_script(READING)
            load(tab, shift)
            deadline = time.monotonic() + LONGEST
            while not over.is_set():
                last = others_done()
                while tab.item and not over.is_set():
                    assert time.monotonic() < deadline, f"{shift.name} judged only {len(shift.said)} so far"
                    judge_one(tab, wire, shift)
                tab.open()
                if last and not tab.item:
                    break
                over.wait(0.5)
            shift.hear(wire)
        browser.close()


def load(tab: Tab, shift: Shift) -> None:
    """Open the page for the first time, and weigh it."""
    tab.requests.clear()
    tab.page.goto(tab.served.address + "/review", wait_until="networkidle")
    shift.first = [weight(one) for one in tab.requests]


def judge_one(tab: Tab, wire: Wire, shift: Shift) -> None:
    """Decide on the post that is shown; where it waits for a ruling, rule then."""
    number = shift.items.index(tab.item)
    to_rule = tab.page.locator("article:not([hidden]) .tag", has_text="perlu putusan ketua").count() > 0
    verdict = verdict_for(shift.name, number)
    if number % 10 in DISPUTED:
        tab.press("n")
        tab.page.keyboard.type(f"CATATAN-{shift.name}-{number}")
        tab.press("Escape")
    shift.hear(wire)
    decide(tab, shift, number, verdict)
    shift.hear(wire)
    if to_rule:
        rule(tab, wire, shift, number, "suspected" if verdict == "suspected" else "not_violation")
        shift.hear(wire)


def decide(tab: Tab, shift: Shift, number: int, verdict: str) -> None:
    """Press the keys of a verdict, and weigh what passes."""
    tab.requests.clear()
    answer = tab.decide(*KEYS[verdict])
    assert answer.status == 200, answer.text()
    shift.said.append((number, verdict))
    shift.requests.append(sum("/review/draft" not in one.url for one in tab.requests))  # notes are kept on their own
    shift.sizes.append(weight(answer.request))


def rule(tab: Tab, wire: Wire, shift: Shift, number: int, verdict: str) -> None:
    """Look at what the two said, settle it and go back, from link to button to link, by keyboard."""
    laid_open = re.compile("/review/decided")
    follow(tab, "#decided a[href^='/review/decided']", laid_open)
    shift.hear(wire, laid_open=True)
    walk_to(tab, "[name=reason]")
    tab.page.keyboard.type(f"ALASAN-{number}")
    follow(tab, f"[action='/review/rule'] button[value={verdict}]", laid_open)
    shift.hear(wire, laid_open=True)
    follow(tab, "main a[href='/review']", re.compile("/review$"))
    shift.ruled.append((number, verdict))


def follow(tab: Tab, place: str, address: re.Pattern[str]) -> None:
    """Walk to a link or button, press it, and come to a page."""
    walk_to(tab, place)
    with tab.page.expect_navigation(url=address):
        tab.press("Enter")


def walk_to(tab: Tab, place: str) -> None:
    """Press Tab until the focus is on something."""
    for _ in range(80):
        if tab.page.evaluate("(place) => document.activeElement.matches(place)", place):
            return
        tab.press("Tab")
    raise AssertionError(f"{place}: not reached by Tab on {tab.page.url}: {tab.page.inner_text('main')}")
