"""Backfills over real HTTP: a budget of their own, behind the schedule, on with what is left after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.interface import Window
from scanner.domain.runs import Outcome
from scanner.errors import NotNow, StoreLocked
from scanner.scan.backfill import plan_backfill
from scanner.scan.run import Summary, alone
from scanner.scan.stopping import Stop
from scanner.scan.timetable import read_timetable
from scanner.schedule import backfill
from scanner.store import audit, cursors, keepers, pauses, runs
from tests.scan.conftest import Town

DAY = timedelta(days=1)
WHOLE = Window(since=datetime.now(UTC) - 80 * DAY, until=datetime.now(UTC))


def utc_now() -> datetime:
    return datetime.now(UTC)


def fill(town: Town, window: Window = WHOLE, *, max_requests: int = 1000, stop: Stop | None = None) -> Summary:
    with town.workspace.scan(max_requests=max_requests) as scan:
        planned = plan_backfill(scan, window, utc_now())
        return backfill.run_backfill(town.workspace, scan, planned, by="ratna", stop=stop or Stop(), clock=utc_now)


def left(town: Town) -> int:
    with town.workspace.scan() as scan:
        return len(plan_backfill(scan, WHOLE, utc_now()).plan.planned)


def posted(town: Town) -> list[datetime]:
    with town.workspace.store.lease("test") as lease:
        return [at for (at,) in lease.rows("SELECT posted_at FROM versions ORDER BY 1")]


@contextmanager
def kept_schedule(town: Town) -> Iterator[None]:
    with town.workspace.store.lease("test") as lease:
        keepers.claim(lease, machine="sini", process=1, now=utc_now())
    yield


def pause(town: Town) -> None:
    with town.workspace.store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="perintah ketua", by="joko", at=utc_now())


def test_it_gathers_the_posts_of_these_times_and_no_others(kept: Town):
    everything = sorted(post.at for post in kept.platform.posts)
    window = Window(since=everything[2], until=everything[6])
    summary = fill(kept, window)
    assert posted(kept) == [at.astimezone(UTC) for at in everything if window.holds(at)]
    assert (summary.exit_code, summary.run.trigger, summary.run.complete) == (0, "backfill", 3)
    assert (summary.run.since, summary.run.until) == (window.since, window.until)


def test_it_moves_no_place_takes_nobodys_turn_and_leaves_one_event(kept: Town):
    fill(kept)
    with kept.workspace.store.lease("test") as lease:
        timetable = read_timetable(lease, kept.workspace.rhythm, utc_now())
        assert len(timetable.found.due) == 3
        assert cursors.load_cursors(lease, timetable.listed) == {}
        [event] = list(audit.events(lease, subject="backfill"))
    assert (event.action, event.actor, event.detail["accounts"]) == ("backfill.run", "ratna", 3)


def test_out_of_requests_it_ends_in_part_says_so_and_the_next_one_goes_on(kept: Town):
    first = fill(kept, max_requests=7)
    assert (first.run.requests, first.exit_code) == (7, 3)
    reasons = {one.reason for one in first.coverage if one.outcome is not Outcome.COMPLETE}
    assert reasons == {"the 7 requests allowed to this run are used up"}
    seen = {one.account_id for one in first.coverage if one.outcome is Outcome.COMPLETE}
    assert left(kept) == 3 - len(seen)
    second = fill(kept)
    assert {one.account_id for one in second.coverage}.isdisjoint(seen)
    assert (second.exit_code, left(kept)) == (0, 0)
    assert len(posted(kept)) == len(kept.platform.posts)


def test_it_begins_neither_beside_another_scan_nor_in_a_pause(kept: Town):
    with alone(kept.workspace.store), pytest.raises(StoreLocked):
        fill(kept)
    pause(kept)
    with pytest.raises(NotNow, match=r"the schedule is paused \(perintah ketua\); try again later") as refused:
        fill(kept)
    assert refused.value.exit_code == 75
    with kept.workspace.store.lease("test") as lease:
        assert runs.last_runs(lease) == []
    assert kept.platform.looks == []  # type: ignore[attr-defined]


def test_scheduled_accounts_go_first_where_somebody_keeps_the_schedule(kept: Town):
    with kept_schedule(kept), pytest.raises(NotNow, match="3 accounts are due by schedule"):
        fill(kept)
    with kept.workspace.scan() as scan:
        scan.run(scan.plan(utc_now()))
    with kept_schedule(kept):
        assert fill(kept).exit_code == 0


def test_it_lets_go_when_everything_is_paused(kept: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backfill, "LOOK", 0.05)
    slow: Any = kept.platform
    slow.seconds = 30.0

    def pause_then_release() -> None:
        slow.asked.wait(20)
        pause(kept)
        stop.wait(20)
        slow.released.set()

    stop = Stop()
    helper = threading.Thread(target=pause_then_release)
    helper.start()
    summary = fill(kept, stop=stop)
    helper.join()
    assert summary.exit_code == 3
    told = {one.reason for one in summary.coverage if one.outcome is not Outcome.COMPLETE}
    assert told
    assert all(reason.startswith("the backfill let go: the schedule is paused (perintah ketua)") for reason in told)


@pytest.mark.slow
def test_killed_it_goes_on_with_the_accounts_that_are_left(village: Town):
    program = Path(sys.executable).with_name("scanner")
    days = [f"{at:%Y-%m-%dT%H:%M:%S+00:00}" for at in (WHOLE.since, WHOLE.until) if at]
    command = [program, "backfill", "--quiet", "-w", village.root, "--from", days[0], "--to", days[1]]
    slow: Any = village.platform
    slow.seconds = 30.0
    process = subprocess.Popen([*command, "--max-requests", "500"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert slow.asked.wait(60), process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    slow.released.set()
    done = subprocess.run([*command, "--max-requests", "500"], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert len(posted(village)) == len(village.platform.posts)
    with village.workspace.store.lease("test") as lease:
        last, killed = runs.last_runs(lease)
    assert (killed.ended_at, last.exit_code, last.complete) == (None, 0, 3)
    began = time.monotonic()
    assert subprocess.run([*command, "--max-requests", "1"], capture_output=True, check=False).returncode == 0
    assert time.monotonic() - began < 60
    with village.workspace.store.lease("test") as lease:
        assert len(runs.last_runs(lease)) == 2, "all is done: there was nothing to begin"
