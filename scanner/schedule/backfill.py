"""A backfill beside the schedule: it waits for every scheduled scan, and lets go when one is due or all is paused."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.errors import NotNow, StoreError
from scanner.scan.run import alone
from scanner.scan.stopping import Stop
from scanner.scan.timetable import read_timetable
from scanner.store import audit, keepers, pauses

if TYPE_CHECKING:
    from scanner.domain.runs import Coverage
    from scanner.scan.backfill import Backfill
    from scanner.scan.run import Scan, Summary
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks whether it has to let go."""


def run_backfill(
    workspace: Workspace,
    scan: Scan,
    backfill: Backfill,
    *,
    by: str,
    stop: Stop,
    clock: Callable[[], datetime],
    progress: Callable[[Coverage], None] | None = None,
) -> Summary:
    """Gather what a backfill planned, as a run of its own.

    Raises StoreLocked while another scan is under way, and NotNow while all is paused or scheduled accounts are due.
    """
    plan = backfill.plan
    with alone(workspace.store):
        if (first := goes_first(workspace, clock())) is not None:
            raise NotNow(f"no backfill now: {first}; try again later")
        with workspace.store.lease("backfill: who began it") as lease:
            since, until = (at.isoformat() if at else None for at in (plan.window.since, plan.window.until))
            detail = {"since": since, "until": until, "accounts": len(plan.planned)}
            audit.append(lease, actor=by, action="backfill.run", subject="backfill", detail=detail, at=clock())
        with _letting_go(workspace, stop, clock):
            return scan.run_alone(plan, trigger="backfill", progress=progress, stop=stop, campaigns=backfill.campaigns)


def goes_first(workspace: Workspace, now: datetime) -> str | None:
    """Say what a backfill waits for: a pause, or accounts due where somebody keeps the schedule; None: nothing."""
    with workspace.store.lease("backfill: is it its turn", reading=True) as lease:
        if (pause := pauses.current(lease, now)) is not None:
            return f"the schedule is paused ({pause.reason})"
        keeper = keepers.load_keeper(lease)
        if keeper is None or now - keeper.seen_at >= keepers.SILENT:
            return None
        due = read_timetable(lease, workspace.rhythm, now).found.due
    return f"{len(due)} accounts are due by schedule" if due else None


@contextlib.contextmanager
def _letting_go(workspace: Workspace, stop: Stop, clock: Callable[[], datetime]) -> Iterator[None]:
    """Set `stop` while the block runs once something goes first. A record that cannot be read is read again later."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK) and not stop.is_set():
            try:
                if (first := goes_first(workspace, clock())) is not None:
                    stop.because(f"the backfill let go: {first}")
            except (StoreError, OSError) as error:
                log.warning("whether a backfill has to let go cannot be read now: %s", error)

    watcher = threading.Thread(target=look, name="backfill", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
