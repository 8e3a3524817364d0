"""One tick of the schedule: look at who is due, by the record alone. Firing too often, late or twice does no harm."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scanner.errors import ScannerError, StoreLocked
from scanner.scan.comments import source_of
from scanner.scan.run import alone
from scanner.scan.stopping import Stop
from scanner.scan.timetable import read_timetable
from scanner.schedule import after
from scanner.schedule.keeper import claim
from scanner.schedule.watch import watched
from scanner.store import locking, pauses

if TYPE_CHECKING:
    from scanner.scan.run import Summary
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)

SHARE = 0.8
"""Of the shortest interval, which a run may take: then the next one begins with those it did not reach."""


@dataclass(frozen=True, slots=True)
class Tick:
    """What became of one tick."""

    exit_code: int
    """As of a scan; 0 also when there was nothing to do."""
    reason: str
    """In one line, why there was nothing to do, or what failed; empty after a scan."""
    run_id: str | None = None
    """The run, when there was one."""
    next_due: datetime | None = None
    """When the next account is due; known where there was nothing to do."""
    summary: Summary | None = field(default=None, repr=False)
    """What the run did."""


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def tick(
    workspace: Workspace,
    now: datetime,
    *,
    stop: threading.Event | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Tick:
    """Scan the accounts that are due at `now`, when nothing speaks against it.

    Nothing due, a pause and another scan under way are no failures. Raises ScheduleKept when another machine keeps
    the schedule, and StoreError when the record cannot be read; what fails in the scan itself is told in the tick.
    """
    claim(workspace.store, now)
    if (waiting := _nothing_to_do(workspace, now)) is not None:
        return waiting
    with contextlib.ExitStack() as only:
        try:
            only.enter_context(alone(workspace.store))
        except StoreLocked:
            other = locking.holder(workspace.store.path.with_name("scan"))
            return Tick(0, f"another scan is under way: {other or 'it has just ended'}")
        if (waiting := _nothing_to_do(workspace, now)) is not None:  # another scan may have looked at them meanwhile
            return waiting
        return _scan(workspace, now, Stop(stop), clock)


def _nothing_to_do(workspace: Workspace, now: datetime) -> Tick | None:
    """Return the tick in which nothing is to be done, with the reason; None when accounts are due."""
    with workspace.store.lease("schedule: what is due", reading=True) as lease:
        pause = pauses.current(lease, now)
        timetable = read_timetable(lease, workspace.rhythm, now)
    if pause is not None:
        until = f"until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else "until `scanner schedule resume`"
        return Tick(0, f"the schedule is paused {until}: {pause.reason}")
    if timetable.found.due:
        return None
    at = timetable.next_due
    said = f"nothing is due before {at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else "no account is listed"
    return Tick(0, said, next_due=at)


def _scan(
    workspace: Workspace,
    now: datetime,
    stop: Stop,
    clock: Callable[[], datetime],
) -> Tick:
    """Scan who is due and tell of it; no other scan is under way."""
    after.before_run(workspace, now)
    try:
        done = _scan_due(workspace, now, stop, clock)
        result = Tick(done.exit_code, "", run_id=done.run.id, summary=done)
    except ScannerError as error:
        result = Tick(error.exit_code, str(error))
    except Exception:  # a fault of ours: who is told of ends learns of this one too
        after.after_run(workspace, Tick(1, "unexpected"), clock())
        raise
    after.after_run(workspace, result, clock())
    return result


def _scan_due(
    workspace: Workspace,
    now: datetime,
    stop: Stop,
    clock: Callable[[], datetime],
) -> Summary:
    with workspace.store.lease("schedule: what is due", reading=True) as lease:
        timetable = read_timetable(lease, workspace.rhythm, now)
    found = timetable.found
    if found.mistimed:
        log.info("%d accounts were last looked at ahead of the clock, which does not count", len(found.mistimed))
    schedule = workspace.settings.schedule
    seconds = timetable.shortest.total_seconds() * SHARE
    with workspace.scan(schedule.account_seconds, workspace.rhythm.share_of_day(now)) as scan:
        plan = scan.plan(
            now,
            only=frozenset(one.account_id for one in found.due) | timetable.suspended_due,
            first=schedule.first.get(workspace.election.phase_at(now), ()),
        )
        campaigns = timetable.due_campaigns(source_of(*one) for one in workspace.election.campaign_accounts)
        with watched(workspace.store, stop, seconds=seconds, clock=clock):
            trigger = "catch_up" if found.late else "schedule"
            done = scan.run_alone(plan, trigger=trigger, stop=stop, campaigns=campaigns)
    _stamp(workspace)
    return done


def _stamp(workspace: Workspace) -> None:
    """Ask for a timestamp where an authority is set; that it failed fails nothing."""
    if workspace.authority is not None:
        try:
            workspace.stamp(by="schedule")
        except (ScannerError, OSError) as error:
            log.warning("no timestamp was given: %s", error)
