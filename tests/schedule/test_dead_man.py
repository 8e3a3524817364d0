"""A timer that stops, in whatever way, is noticed from outside within interval and grace: five ways, five alarms."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.collect.servers import Site
from tests.notify.sinks import Switch
from tests.scan.conftest import Town
from tests.schedule.test_after import tell
from tests.schedule.ticker import INTERVAL

LOOKS = 0.1
GRACE = 12.0
"""Seconds, far above what a run takes on a machine that has other work to do."""


@contextmanager
def ticking(town: Town) -> Iterator[subprocess.Popen[bytes]]:
    """Tick as a timer with short intervals would."""
    command = [sys.executable, "-m", "tests.schedule.ticker", str(town.root), "1000000"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(held: Callable[[], object], seconds: float) -> float:
    """Return after how many seconds something held."""
    began = time.monotonic()
    while not held():
        assert time.monotonic() - began < seconds, "never"
        time.sleep(LOOKS)
    return time.monotonic() - began


def kill_in_a_run(town: Town, process: subprocess.Popen[bytes]) -> None:
    """End the schedule between beginning and end of a run."""
    town.platform.__dict__["seconds"] = 2.0
    town.platform.__dict__["asked"].clear()
    assert town.platform.__dict__["asked"].wait(60)
    process.kill()


def cut_power(town: Town, process: subprocess.Popen[bytes]) -> None:
    """End the schedule and all that it talks to."""
    process.kill()
    town.platform.__exit__(None, None, None)


WAYS: dict[str, Callable[[Town, subprocess.Popen[bytes]], None]] = {
    "killed": lambda _, process: process.kill(),
    "stopped": lambda _, process: process.terminate(),
    "frozen": lambda _, process: process.send_signal(signal.SIGSTOP),
    "killed in a run": kill_in_a_run,
    "power cut": cut_power,
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_the_alarm_comes_within_interval_and_grace(village: Town, way: str):
    switch = Switch(interval=INTERVAL.total_seconds(), grace=GRACE)
    with Site(switch) as site:
        tell(village.root, site, switch=f"{site.url}/uuid")
        with ticking(village) as process:
            until(lambda: switch.said.count("/uuid") >= 2, 90)
            assert not switch.down, "no alarm while it ticks"
            WAYS[way](village, process)
            took = until(lambda: switch.down, switch.interval + GRACE + 30)
            if way == "frozen":
                process.send_signal(signal.SIGCONT)
    assert took <= switch.interval + GRACE + 5 * LOOKS
    assert switch.said[:3] == ["/uuid/start", "/uuid", "/uuid/start"]
