"""How a workspace is doing, as far as somebody must be told: by alarm how much of it there is, 0 where all is well."""

from __future__ import annotations

import contextlib
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from scanner.errors import StoreDamaged, StoreError
from scanner.notify.notes import Alarm
from scanner.report.health import Problem, Signal, account_health, alarms_of
from scanner.review.clock import clock_for
from scanner.store import audit
from scanner.store.signs import Signs, read_signs

if TYPE_CHECKING:
    from scanner.notify.changes import Condition
    from scanner.report.figures import Figures
    from scanner.report.health import Health
    from scanner.workspace import Workspace

FINE = (0, 3)
"""Exit codes of scans that did what they could: 3 is an account that is private, or one of thousands that failed."""
SILENT = timedelta(minutes=30)
"""So long beyond an interval a schedule may show no sign of life: timers fire every quarter of an hour."""
BACKUP_AGE = timedelta(hours=26)
"""So old a daily backup may get."""
_LAG = 2
"""Days: the daily purge leaves what is past its days for one at most."""
_RED = 0.01
"""Share of the accounts from which on those that are not seen are an alarm: of thousands some always fail."""
_LEFT = {
    *(Problem.PRIVATE, Problem.GONE, Problem.RENAMED, Problem.LISTING, Problem.OFF),  # no hand could mend it
    *(Problem.TERMS, Problem.ROBOTS, Problem.BLOCKED),  # decided
    *(Problem.DRIFT, Problem.SILENT, Problem.CANARY),  # alarms of their own
}
"""Problems of accounts that are not seen for which they are not red."""
FREE = 0.1
"""Share of the disk that has to be free."""


def condition_of(
    workspace: Workspace, figures: Figures, now: datetime, *, failing_since: datetime | None = None
) -> dict[Alarm, int | None]:
    """Read how a workspace is doing, but for the audit chain.

    `failing_since`: when it was told that scans fail; one that ended before proves nothing. A record that cannot be
    read leaves unknown what stands in it. Errors: SettingsError, RulesError.
    """
    found: dict[Alarm, int | None] = dict(_beside(workspace))
    with contextlib.suppress(StoreError):
        try:
            found |= _recorded(workspace, figures, now, failing_since)
        except StoreDamaged:
            found[Alarm.CHAIN_BROKEN] = 1
    return found


def _recorded(workspace: Workspace, figures: Figures, now: datetime, failing_since: datetime | None) -> Condition:
    rhythm = workspace.rhythm
    with workspace.store.lease("alarms", reading=True) as lease:
        signs, health = read_signs(lease, now), account_health(lease, now, rhythm.is_stale)
    interval = figures.interval or rhythm.interval
    backup = figures.record.backed_up_at if figures.record else None
    return {
        Alarm.RUN_FAILED: failed(signs, failing_since),
        **of_accounts(health, paused=signs.paused),
        Alarm.SCHEDULE_SILENT: silent_minutes(signs, interval, now),
        Alarm.BACKUP_OLD: backup_hours(signs, backup, now, daily=workspace.settings.schedule.backup_at is not None),
        Alarm.PURGE_LAG: _lag(figures),
        Alarm.DEADLINE_NEAR: _near(workspace, figures, now),
    }


def failed(signs: Signs, failing_since: datetime | None) -> int | None:
    """Tell whether scans fail: what fails before it is a run is on no record, so only a later run ends the alarm."""
    if signs.exit_code is None or signs.ended_at is None:
        return None
    if signs.exit_code not in FINE:
        return 1
    return 0 if failing_since is None or signs.ended_at > failing_since else None


def silent_minutes(signs: Signs, interval: timedelta, now: datetime) -> int:
    """Return for how long a schedule has shown no sign of life; 0 while it may, and where there is none."""
    if signs.paused or signs.seen_at is None or now - signs.seen_at <= interval + SILENT:
        return 0
    return (now - signs.seen_at) // timedelta(minutes=1)


def backup_hours(signs: Signs, last: datetime | None, now: datetime, *, daily: bool) -> int:
    """Return how old the last backup is; 0 while it is fresh, and where none was ever made or is due daily."""
    since = last or (signs.first_at if daily else None)
    return 0 if since is None or now - since <= BACKUP_AGE else (now - since) // timedelta(hours=1)


def of_accounts(health: list[Health], *, paused: bool) -> Condition:
    """Count what concerns accounts; while the schedule is paused nobody is seen, and that is no alarm."""
    signals = alarms_of((one.platform, one.problem) for one in health)
    red = sum(map(is_red, health))
    return {
        Alarm.ACCOUNTS_RED: None if paused else red * (red >= _RED * len(health)),
        Alarm.FORMAT_DRIFT: sum(one.accounts for one in signals if one.signal is Signal.FORMAT_DRIFT),
        Alarm.CANARY: sum(one.signal is Signal.CANARY for one in signals),
    }


def is_red(one: Health) -> bool:
    """Tell whether an account is not seen and somebody can do something about it; a refused key counts at once."""
    if one.looked_at is None or one.problem in _LEFT:
        return False
    return one.stale or one.problem is Problem.KEY


def _lag(figures: Figures) -> int | None:
    days = figures.purge_lag_days
    return days if days is None or days >= _LAG else 0


def _near(workspace: Workspace, figures: Figures, now: datetime) -> int | None:
    """Count the posts that wait for reviewers and are due soon; those past their deadline are no news."""
    if figures.record is None:
        return None
    at = clock_for([workspace.election]).at
    soon = now + timedelta(hours=workspace.settings.notifications.deadline_hours)
    return sum(
        bisect_right(moments, soon, key=partial(at, election)) - bisect_right(moments, now, key=partial(at, election))
        for election, moments in figures.record.waiting.items()
    )


def _beside(workspace: Workspace) -> Iterator[tuple[Alarm, int | None]]:
    """Yield what can be told without the record."""
    disk = shutil.disk_usage(workspace.data)
    size = workspace.store.path.stat().st_size if workspace.store.path.exists() else 0
    low = disk.free < max(FREE * disk.total, size)
    yield Alarm.DISK_LOW, max(1, disk.free // 2**20) if low else 0


def chain_faults(workspace: Workspace) -> int | None:
    """Count what is wrong with the whole audit chain: 25 s per million events. None: it cannot be read now."""
    try:
        with workspace.store.lease("alarms: the audit chain", reading=True) as lease:
            return len(audit.verify(lease).problems)
    except StoreDamaged:
        return 1
    except StoreError:
        return None
