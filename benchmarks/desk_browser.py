"""How quick the review page feels, in a real Chromium slowed down four times (reliability B2).

    python -m benchmarks.desk_browser [DECISIONS] [POSTS]

A real `scanner serve` on POSTS posts, one in twenty flagged. LCP: largest contentful paint of the first page; INP: from
a key press to the next paint, the worst but for one in fifty; CLS: how far anything moved by itself. The heap is taken
after collecting garbage, before and after DECISIONS decisions by one key each.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import quantiles
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.desk_load import prepare, served

SLOWER = 4
BETWEEN = 120
"""Milliseconds between two decisions."""
WATCH = """
    window.seen = {lcp: 0, cls: 0, keys: {}};
    const watch = (type, each, more) =>
        new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({type, buffered: true, ...more});
    watch("largest-contentful-paint", (one) => { seen.lcp = one.startTime; });
    watch("layout-shift", (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
    watch("event", (one) => {
        if (one.interactionId) seen.keys[one.interactionId] = Math.max(seen.keys[one.interactionId] || 0, one.duration);
    }, {durationThreshold: 16});
"""


def heap(session: CDPSession) -> float:
    """Return MB of script objects that are in use."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "JSHeapUsedSize")) / 1e6


def judge(page: Page, decisions: int) -> None:
    """Reject one item after the other by key."""
    for _ in range(decisions):
        before = page.locator("#items article:not([hidden])").get_attribute("data-item")
        page.keyboard.press("x")
        page.wait_for_function(
            "(id) => document.querySelector('#items article:not([hidden])')?.dataset.item !== id", arg=before
        )
        page.wait_for_timeout(BETWEEN)
        page.wait_for_selector("#items article:not([hidden])")


def measure(address: str, token: str, decisions: int) -> dict[str, Any]:
    """Return what the browser saw."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "session", "value": token, "url": address}])
        context.add_init_script(WATCH)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(address + "/review", wait_until="networkidle")
        first = page.evaluate("seen.lcp")
        judge(page, 10)  # what is made once is made
        begun = heap(session)
        judge(page, decisions)
        seen = page.evaluate("seen") | {"lcp": first, "grown": heap(session) - begun}
        browser.close()
    return dict(seen)


def main() -> None:
    decisions, posts = (int(text) for text in (sys.argv[1:] + ["1000", "40000"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "kantor"
        [token] = prepare(root, posts, 1)
        with served(root) as address:
            seen = measure(address, token, decisions)
    paints = sorted(seen["keys"].values()) or [0.0]
    inp = paints[max(0, len(paints) - 1 - len(paints) // 50)]
    middle = quantiles(paints, n=20) if len(paints) > 1 else paints * 19
    print(f"LCP {seen['lcp']:.0f} ms, CLS {seen['cls']:.3f}, INP {inp:.0f} ms at {SLOWER} x slower")
    print(
        f"key press to next paint: p50 {middle[9]:.0f} ms, p95 {middle[18]:.0f} ms over {len(paints)} of 16 ms or more"
    )
    print(f"heap grew by {seen['grown']:.2f} MB in {decisions} decisions")


if __name__ == "__main__":
    main()
