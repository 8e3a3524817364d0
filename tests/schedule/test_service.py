"""The service ticks until it is stopped, survives what fails in a tick, and is alone."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.errors import ScheduleKept
from scanner.scan.stopping import Stop
from scanner.schedule import service, watch
from scanner.schedule.service import BEAT, LONGEST, Service
from scanner.schedule.tick import Tick
from scanner.store import keepers
from scanner.workspace import Workspace
from tests.scan.conftest import Town
from tests.schedule.test_tick import ran


def serve(town: Town, monkeypatch: pytest.MonkeyPatch, ticks: int) -> list[Tick]:
    """Let a service tick so many times, without waiting in between."""
    told: list[Tick] = []
    stop = Stop()

    def tell(done: Tick) -> None:
        told.append(done)
        if len(told) == ticks:
            stop.set()

    monkeypatch.setattr(service, "BEAT", 0.01)
    monkeypatch.setattr(Workspace, "store", property(lambda _: town.store))
    Service(town.root, stop, tell=tell).run()
    return told


def test_it_looks_at_who_is_due_then_waits_and_lets_go_at_its_end(kept: Town, monkeypatch: pytest.MonkeyPatch):
    first, second = serve(kept, monkeypatch, 2)
    assert (first.run_id, second.run_id) == (ran(kept)[0].id, None)
    with kept.workspace.store.lease("test") as lease:
        assert keepers.load_keeper(lease) is None


def test_a_tick_that_fails_does_not_end_it(kept: Town, monkeypatch: pytest.MonkeyPatch):
    real, failures = service.tick, [OSError("no"), RuntimeError("a fault of ours")]

    def failing(*args: object, **kwargs: object) -> Tick:
        if failures:
            raise failures.pop(0)
        return real(*args, **kwargs)

    monkeypatch.setattr(service, "tick", failing)
    first, second, third = serve(kept, monkeypatch, 3)
    assert (first.exit_code, first.reason) == (1, "no")
    assert (second.exit_code, second.reason) == (1, "unexpected RuntimeError; see the log and report it")
    assert (third.exit_code, third.reason) == (0, "")


def test_settings_that_change_hold_from_the_next_tick_on(kept: Town, monkeypatch: pytest.MonkeyPatch):
    config = kept.root / "scanner.toml"
    whole, real = config.read_text(), service.tick
    seen: list[int] = []

    def noting(workspace: Workspace, *args: object, **kwargs: object) -> Tick:
        seen.append(workspace.settings.schedule.interval)
        config.write_text(whole + "\n[schedule]\ninterval = 45\n" if len(seen) == 1 else "not toml")
        return real(workspace, *args, **kwargs)

    monkeypatch.setattr(service, "tick", noting)
    done = serve(kept, monkeypatch, 3)
    assert seen == [180, 45]
    assert "not valid TOML" in done[2].reason


def test_it_ends_when_another_machine_keeps_the_schedule(kept: Town, monkeypatch: pytest.MonkeyPatch):
    with kept.workspace.store.lease("test") as lease:
        keepers.claim(lease, machine="1a2b3c4d", process=4711, now=datetime.now(UTC))
    with pytest.raises(ScheduleKept, match="machine 1a2b3c4d"):
        serve(kept, monkeypatch, 9)


def test_a_second_one_on_the_same_machine_refuses(kept: Town, monkeypatch: pytest.MonkeyPatch):
    stop, begun = Stop(), threading.Event()
    monkeypatch.setattr(Workspace, "store", property(lambda _: kept.store))
    first = threading.Thread(target=Service(kept.root, stop, tell=lambda _: begun.set()).run)
    first.start()
    try:
        assert begun.wait(10)
        with pytest.raises(ScheduleKept, match=r"PID \d+ \(schedule run"):
            Service(kept.root, Stop()).run()
    finally:
        stop.set()
        first.join()


def test_it_waits_a_minute_at_most_and_longer_the_more_ticks_fail(tmp_path: Path):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    one = Service(tmp_path, Stop(), clock=lambda: now)
    due = [one._seconds_after(Tick(0, "", next_due=now + timedelta(seconds=seconds))) for seconds in (-5, 7, 900)]
    assert due == [0.1, 7.0, BEAT]
    waits = []
    for _ in range(6):
        one.failures += 1
        waits.append(one._seconds_after(Tick(1, "no")))
    assert waits == [60, 120, 240, LONGEST, LONGEST, LONGEST]
    one.failures = 5000  # a mandate that ran out over the holidays
    assert one._seconds_after(Tick(1, "no")) == LONGEST


def test_other_machines_hear_of_this_one_while_it_does_something_long(kept: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "HEARTBEAT", 0.02)
    with watch.beating(kept.workspace.store, lambda: datetime.now(UTC)):
        time.sleep(0.2)
    with kept.workspace.store.lease("test") as lease:
        assert keepers.load_keeper(lease) is not None
