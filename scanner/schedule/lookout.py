"""Looks at how a workspace is doing and tells who wants to know: after runs, and beside whatever runs for long."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import ScannerError, StoreError
from scanner.logs import Word
from scanner.notify import outbox
from scanner.notify.changes import load_told, tell_changes
from scanner.notify.notes import Alarm
from scanner.report.status_file import LastRun, Standing, last_ping, write_status
from scanner.schedule.condition import chain_faults, condition_of
from scanner.schedule.metering import figures_of, write_configured
from scanner.schedule.telling import sender_of
from scanner.store import runs
from scanner.workspace import open_workspace

if TYPE_CHECKING:
    from scanner.report.figures import Figures
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)

BEAT = 120.0
"""Seconds between two looks: whatever breaks is told within five minutes."""
LEFT = timedelta(seconds=150)
"""For so long the desk leaves messages to whoever keeps the schedule: its own unit may have no way out."""
SOON = timedelta(hours=-1)
"""A timer fires seldom: what waits for its next try is tried each time."""
_SHARE = 100.0
"""Checking the audit chain takes no more than one part of so many of the time."""


@dataclass(slots=True)
class Lookout:
    """Looks again and again."""

    clock: Callable[[], datetime]
    lag: timedelta = timedelta()
    """For so long messages are left to other processes."""
    _chain_at: float = field(default=0.0, repr=False)
    """When the chain is checked again (monotonic)."""

    def look(self, workspace: Workspace) -> None:
        """Look once: tell what changed, send what waits, write status.json. Errors: ScannerError, OSError."""
        faults = self._chain_faults(workspace)
        look(workspace, self.clock(), faults=faults, ping=last_ping(workspace.data), lag=self.lag)

    def _chain_faults(self, workspace: Workspace) -> int | None:
        began = time.monotonic()
        if began < self._chain_at:
            return None
        found = chain_faults(workspace)
        self._chain_at = began + (time.monotonic() - began) * _SHARE
        return found

    def go_on(self, root: Path, ended: threading.Event, beat: float) -> None:
        """Look until ended, with the settings as they are then."""
        while not ended.wait(beat):
            with safely("the look at alarms"):
                self.look(open_workspace(root))


def look(
    workspace: Workspace,
    now: datetime,
    *,
    faults: int | None,
    failed: int | None = None,
    ping: str | None = None,
    lag: timedelta = timedelta(),
) -> None:
    """Look once. `faults`: of the audit chain, where it was checked; `failed`: whether a scan that just ended has.

    `ping`: why the last ping failed; `lag`: for so long messages are left to other processes.
    Errors: ScannerError, OSError.
    """
    told = load_told(workspace.data).alarms.get(Alarm.RUN_FAILED)
    figures = figures_of(workspace, now)
    with safely("writing the figures"):
        write_configured(workspace, figures)
    condition = condition_of(workspace, figures, now, failing_since=told.since if told else None)
    condition.setdefault(Alarm.CHAIN_BROKEN, faults)
    if failed is not None:
        condition[Alarm.RUN_FAILED] = failed
    sender = sender_of(workspace)
    try:
        tell_changes(sender, condition, now)
        sender.deliver(now, lag=lag)
    finally:
        write_status(workspace.data, standing_of(workspace, figures, now, ping=ping))


def standing_of(workspace: Workspace, figures: Figures, now: datetime, *, ping: str | None) -> Standing:
    """Return what status.json says. Errors: SettingsError, RulesError."""
    record, stuck = figures.record, outbox.stuck(workspace.data, now)
    return Standing(
        written_at=now,
        last_run=_last_run(workspace, now),
        last_success=record.succeeded_at if record else None,
        next_due=figures.next_due,
        paused=record.paused if record else None,
        accounts=record.accounts if record else {},
        waiting=sum(map(len, record.waiting.values())) if record else None,
        overdue=figures.overdue,
        alarms={alarm: standing.since for alarm, standing in load_told(workspace.data).alarms.items()},
        outbox=outbox.waiting(workspace.data),
        outbox_since=min((one.since for one in stuck), default=None),
        ping=ping,
        versions=_versions(workspace),
    )


def look_once(workspace: Workspace, now: datetime) -> None:
    """Look once, when a verb has done its work; what fails is logged."""
    with safely("the look at alarms"):
        look(workspace, now, faults=chain_faults(workspace), ping=last_ping(workspace.data), lag=SOON)


@contextlib.contextmanager
def looking(
    root: Path, clock: Callable[[], datetime], *, beat: float = BEAT, lag: timedelta = timedelta()
) -> Iterator[None]:
    """Look beside the block again and again; it ends without waiting for services that do not answer."""
    ended = threading.Event()
    thread = threading.Thread(target=Lookout(clock, lag).go_on, args=(root, ended, beat), name="lookout", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(1.0)


@contextlib.contextmanager
def safely(what: str) -> Iterator[None]:
    """Let what fails in the block fail nothing else; it is logged, and for whoever looks on stderr."""
    try:
        yield
    except (ScannerError, OSError) as error:
        log.warning("%s failed: %s", Word(what), error)
    except Exception:  # a fault of ours in telling must not end what is told of
        log.exception("%s failed", Word(what))


def _last_run(workspace: Workspace, now: datetime) -> LastRun | None:
    with contextlib.suppress(StoreError):
        with workspace.store.lease("status: the last run", reading=True) as lease:
            found = runs.last_runs(lease, limit=1, now=now)
        names = LastRun.__dataclass_fields__
        return next((LastRun(**{name: getattr(run, name) for name in names}) for run in found), None)
    return None


def _versions(workspace: Workspace) -> dict[str, str]:
    from scanner import __version__

    return {"scanner": __version__, "rules": workspace.ruleset.id, "election": workspace.election.id}
