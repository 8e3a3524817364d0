"""Daily chores: purge and backup, each once per local day. The record says whether it was done; the timer only asks.

Each is a step of its own: that one fails stops neither the other nor scanning. It is tried again after an hour.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from scanner.errors import ScannerError, SettingsError, StoreLocked
from scanner.logs import Word
from scanner.store import audit, locking

if TYPE_CHECKING:
    from scanner.store.connection import Store
    from scanner.workspace import Workspace

log = logging.getLogger(__name__)

ACTOR = "schedule"
_AGAIN = timedelta(hours=1)
"""After so long a chore that failed is tried again."""


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done once a day."""

    name: str
    at: time | None
    """Time of day from which on it is due; None: never."""
    do: Callable[[], None]

    @property
    def action(self) -> str:
        """What it is called in the audit chain."""
        return f"schedule.{self.name}"


@dataclass(frozen=True, slots=True)
class _Tried:
    """How a chore last ended."""

    day: date
    at: datetime
    done: bool


def do_chores(workspace: Workspace, now: datetime) -> tuple[str, ...]:
    """Do what is due at `now`; return in one line each what failed. What another process is doing is left to it."""
    local = now.astimezone(workspace.zone)
    failed = []
    for chore in _chores(workspace, now):
        with _nobody_else(workspace.store) as free:
            if free and is_due(chore.at, _last(workspace.store, chore, local), local):
                failed += [f"{chore.name}: {why}" for why in _try(workspace.store, chore, now, local.date())]
    return tuple(failed)


def is_due(at: time | None, last: _Tried | None, local: datetime) -> bool:
    """Tell whether a chore is due: its time has come today, or a whole day has passed without it."""
    if at is None:
        return False
    if last is not None and not last.done:
        return local - last.at >= _AGAIN
    if last is not None and last.day >= local.date():
        return False
    missed = last is not None and last.day < local.date() - timedelta(days=1)
    return missed or local.time() >= at


def _chores(workspace: Workspace, now: datetime) -> tuple[Chore, ...]:
    chosen = workspace.settings.schedule
    return (
        Chore("backup", chosen.backup_at, lambda: _back_up(workspace, now)),
        Chore("purge", chosen.purge_at, lambda: _purge(workspace, now)),
    )


def _purge(workspace: Workspace, now: datetime) -> None:
    prepared = workspace.purge(now, by=ACTOR)
    prepared.require_clock()
    prepared.run()


def _back_up(workspace: Workspace, now: datetime) -> None:
    from scanner.report.backup.backup import Order, make_backup
    from scanner.report.backup.keys import recipient_of

    chosen = workspace.settings.backups
    if not chosen.folder or not chosen.recipient:
        raise SettingsError("scanner.toml [backups]: folder and recipient are not set; schedule.backup_at needs both")
    make_backup(
        workspace.store,
        Order(
            folder=workspace.root / chosen.folder,
            recipient=recipient_of(chosen.recipient),
            by=ACTOR,
            at=now,
            keep_days=chosen.keep_days,
            model=workspace.settings.model,
        ),
    )


def _try(store: Store, chore: Chore, now: datetime, day: date) -> Iterator[str]:
    """Do a chore and put on record how it ended; yield why it failed."""
    why = ""
    try:
        chore.do()
        log.info("%s is done", Word(chore.name))
    except (ScannerError, OSError) as error:
        why = str(error)
        log.warning("%s failed: %s", Word(chore.name), error)
    except Exception as error:  # a fault of ours in one chore must not stop the schedule
        log.exception("%s failed", Word(chore.name))
        why = f"unexpected {type(error).__name__}; see the log and report it"
    with store.lease(f"schedule: {chore.name}") as lease:
        detail = {"done": not why}
        audit.append(lease, actor=ACTOR, action=chore.action, subject=day.isoformat(), detail=detail, at=now)
    if why:
        yield why


def _last(store: Store, chore: Chore, local: datetime) -> _Tried | None:
    """Return how a chore last ended; what was done under a clock that was ahead does not count."""
    with store.lease("schedule: which chores are due", reading=True) as lease:
        rows = lease.rows(
            """SELECT subject, happened_at, detail FROM audit WHERE action = $action AND subject <= $today
               ORDER BY seq DESC LIMIT 1""",
            {"action": chore.action, "today": local.date().isoformat()},
        )
        began = [at.astimezone(local.tzinfo) for (at,) in lease.rows("SELECT min(happened_at) FROM audit") if at]
    found = [_Tried(date.fromisoformat(day), at, json.loads(said)["done"]) for day, at, said in rows]
    # Never done on a record that is days old, it is missed: a machine that is off at its time would never do it.
    found += [_Tried(at.date(), at, done=True) for at in began if at.date() < local.date() - timedelta(days=1)]
    return next(iter(found), None)


@contextlib.contextmanager
def _nobody_else(store: Store) -> Iterator[bool]:
    """Tell whether no other process does chores; none begins while the block runs."""
    with contextlib.ExitStack() as only:
        try:
            only.enter_context(locking.held(store.path.with_name("chores"), "chores", wait=0))
        except StoreLocked:
            yield False
        else:
            yield True
