"""Schedules as real processes: killed, stopped, two at once, with wrong clocks (C4, F9, O2, O7, O8, O10)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Outcome
from scanner.report.integrity import check_integrity
from scanner.scan.due import slot_at
from scanner.store import keepers, pauses, runs
from scanner.workspace import open_workspace
from tests.scan.conftest import Town
from tests.schedule import ticker
from tests.schedule.test_tick import covered, listed, look_at, now, ran

PROGRAM = Path(sys.executable).with_name("scanner")
FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
SLEEPING = Path(__file__).parent / "faketime"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def start(town: Town, *verb: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, *verb, "--workspace", town.root],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def due(town: Town, clock: timedelta = timedelta(), **environment: str) -> tuple[int, str]:
    """Fire the timer once, under a clock that is ahead by so much; return exit code and what was said."""
    if clock:
        assert FAKETIME is not None
        fake = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME": f"{clock.total_seconds():+.0f}s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(SLEEPING),
        }
        environment |= fake
    process = start(town, "scan", "--due", "--quiet", **environment)
    _, said = process.communicate(timeout=120)
    return process.returncode, said.strip()


def require_no_doubles(town: Town) -> None:
    with town.workspace.store.lease("test") as lease:
        posts = [key for (key,) in lease.rows("SELECT id FROM posts")]
        versions = lease.rows("SELECT post_id FROM versions GROUP BY post_id HAVING count(*) > 1")
    assert sorted(posts) == sorted(town.expected())
    assert versions == []
    assert check_integrity(town.workspace.store).problems == ()


@pytest.mark.slow
def test_a_timer_that_fires_twice_scans_once(village: Town):
    assert due(village) == (0, "")
    code, said = due(village)
    assert code == 0
    assert said.startswith("nothing is due before")
    assert len(ran(village)) == 1
    require_no_doubles(village)


@pytest.mark.slow
def test_two_timers_at_once_scan_once_and_the_second_says_why(village: Town):
    village.platform.seconds = 0.5
    both = [start(village, "scan", "--due", "--quiet") for _ in range(2)]
    said = sorted(one.communicate(timeout=120)[1].strip() for one in both)
    assert [one.returncode for one in both] == [0, 0]
    assert said[0] == ""
    assert said[1].startswith(("another scan is under way: PID", "nothing is due before"))
    assert Counter(village.platform.looks) == dict.fromkeys(village.platform.looks, 1)


@pytest.mark.slow
def test_of_a_thousand_ticks_by_four_schedulers_none_looks_twice_in_a_slot(village: Town):
    program = [sys.executable, ticker.__file__, str(village.root), "250"]
    four = [subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [one.communicate(timeout=900) for one in four]
    assert [one.returncode for one in four] == [0] * 4, ended
    rhythm = ticker.hurried(village.workspace)
    with village.workspace.store.lease("test") as lease:
        looked = lease.rows("SELECT account_id, started_at FROM coverage WHERE outcome <> 'not_tried'")
        [(began,)] = lease.rows("SELECT count(*) FROM runs")
    slots = Counter((key, slot_at(rhythm, key, at).begin) for key, at in looked)
    assert len(slots) > 30
    assert set(slots.values()) == {1}
    assert sum(int(said) for said, _ in ended) + began == 1000
    assert len(village.platform.looks) == len(looked)


@pytest.mark.slow
def test_a_scan_killed_20_times_goes_on_at_the_next_tick_without_doubles(village: Town):
    rng = random.Random(20261122)
    village.platform.seconds = 0.2
    for _ in range(20):
        process = start(village, "scan", "--due", "--quiet")
        time.sleep(rng.uniform(0.5, 4.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    village.platform.seconds = 0.0
    assert due(village)[0] == 0
    require_no_doubles(village)
    code, said = due(village)
    assert (code, said.startswith("nothing is due before")) == (0, True)


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.3, 25.0], ids=["idle", "between pages", "a server that hangs"])
def test_sigterm_ends_the_service_within_ten_seconds_with_its_state_saved(village: Town, seconds: float):
    village.platform.seconds = seconds
    service = start(village, "schedule", "run", "--quiet")
    assert village.platform.asked.wait(60)
    time.sleep(0.5 if seconds else 4.0)
    began = time.monotonic()
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    assert (service.returncode, time.monotonic() - began < 10) == (0, True)
    [run] = ran(village)
    assert run.ended_at is not None
    with village.workspace.store.lease("test") as lease:
        assert keepers.load_keeper(lease) is None
    village.platform.seconds = 0.0
    assert len(covered(village, run.id)) == 3
    put_off = [key for key, one in covered(village, run.id).items() if one.outcome is Outcome.NOT_TRIED]
    assert due(village)[0] == 0
    assert set(put_off) <= set(covered(village, ran(village)[0].id))


@pytest.mark.slow
def test_sigterm_ends_a_service_that_waits_for_somebodys_lock_within_ten_seconds(village: Town):
    service = start(village, "schedule", "run")
    assert village.platform.asked.wait(60)
    with village.workspace.store.lease("somebody else"):
        time.sleep(2.0)
        began = time.monotonic()
        service.send_signal(signal.SIGTERM)
        _, said = service.communicate(timeout=30)
        assert time.monotonic() - began < 10.5
    assert (service.returncode, "the next start does it again" in said) == (0, True)
    assert due(village)[0] == 0
    require_no_doubles(village)


@pytest.mark.slow
def test_a_pause_stops_a_service_under_way_within_ten_seconds(village: Town):
    village.platform.seconds = 25.0
    service = start(village, "schedule", "run")
    try:
        assert village.platform.asked.wait(60)
        began = time.monotonic()
        with village.workspace.store.lease("test") as lease:
            pauses.pause(lease, until=None, reason="perintah ketua", by="ketua.rimba", at=now())
        while ran(village)[0].ended_at is None:
            assert time.monotonic() - began < 10
            time.sleep(0.1)
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=30)
    assert due(village)[1].endswith("perintah ketua")


@pytest.mark.slow
def test_a_second_machine_and_a_second_service_are_refused_with_11(village: Town):
    look_at(village, listed(village))
    service = start(village, "schedule", "run")
    try:
        while not (service.stderr and service.stderr.readline()):
            pass
        second = start(village, "schedule", "run")
        assert "keeps the schedule already" in second.communicate(timeout=60)[1]
        assert second.returncode == 11
        assert due(village)[0] == 0, "a timer on the same machine does no harm"
        with village.workspace.store.lease("test") as lease:
            lease.execute("UPDATE keepers SET machine = '1a2b3c4d'")
        code, said = due(village)
        assert code == 11
        assert "machine 1a2b3c4d" in said
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=30)


@pytest.mark.slow
def test_power_cut_over_three_due_times_brings_one_catch_up_for_each_account(village: Town):
    at = datetime.now(UTC) - 10 * HOUR
    look_at(village, listed(village))
    with village.workspace.store.lease("test") as lease:
        lease.execute("UPDATE coverage SET started_at = $at, ended_at = $at", {"at": at})
    assert [due(village)[0] for _ in range(3)] == [0, 0, 0]
    assert [(run.trigger, len(covered(village, run.id))) for run in ran(village)] == [("catch_up", 3)]
    assert len(village.platform.looks) == 3


def wait_for_a_young_slot(town: Town) -> None:
    """Let a slot that is about to end do so: whoever is looked at behind its end is due again, as they should be."""
    end = slot_at(open_workspace(town.root).rhythm, "x", datetime.now(UTC)).end
    left = (end - datetime.now(UTC)).total_seconds()
    if left < 90:
        time.sleep(left + 1)


@pytest.mark.slow
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed (Debian: apt install libfaketime)")
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Jayapura"])
def test_a_clock_that_jumps_scans_nothing_twice_and_brings_no_storm(village: Town, zone: str):
    """The machine's own zone, one with summer time too, plays no part: F9, O7."""
    looks = village.platform.looks
    wait_for_a_young_slot(village)

    def looked(clock: timedelta) -> int:
        before = len(looks)
        code, said = due(village, clock, TZ=zone)
        assert code == (1 if clock > 1000 * DAY else 0), said
        return len(looks) - before

    assert looked(timedelta()) == 3
    assert [looked(-HOUR), looked(-HOUR), looked(timedelta())] == [0, 0, 0]
    assert [looked(DAY), looked(DAY)] == [3, 0]
    assert looked(timedelta()) == 0, "set right again: nobody is due, and what was ahead does not count"
    assert looked(3650 * DAY) == 0, "no mandate is that old"
    with open_workspace(village.root).store.lease("test") as lease:
        triggers = Counter(run.trigger for run in runs.last_runs(lease))
    assert triggers == {"schedule": 1, "catch_up": 1}
    require_no_doubles(village)
