"""Alarms are told when they begin and when they are over, once each: what was told last lies in data/told.json.

A channel that is set later is told once what stands then.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scanner.errors import StoreLocked
from scanner.logs import Word
from scanner.notify.deliver import Sender
from scanner.notify.notes import Alarm, Kind, Note
from scanner.store import files, locking

log = logging.getLogger(__name__)

TOLD = "told.json"

Condition = Mapping[Alarm, int | None]
"""How a workspace is doing: by alarm what its note counts; 0: all is well. Not known: None, or left out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm that was told and is not over."""

    since: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last."""

    alarms: Mapping[Alarm, Standing] = field(default_factory=dict)
    changes: int = 0
    """Number of the last note: numbers notes, so that a kill in between makes the same ones again."""
    channels: frozenset[str] | None = None
    """Who was ever there to be told, by name; None: this was not kept yet."""


_TOLD = TypeAdapter(Told)


def load_told(data: Path) -> Told:
    """Return what was told last; nothing where nobody told anything yet, or the file cannot be read."""
    try:
        return _TOLD.validate_json((data / TOLD).read_bytes())
    except FileNotFoundError:
        return Told()
    except (OSError, ValidationError, ValueError) as error:
        log.warning("what was told last cannot be read, so alarms are told again: %s", Word(type(error).__name__))
        return Told()


def tell_changes(sender: Sender, condition: Condition, now: datetime) -> tuple[Note, ...]:
    """Let what changed wait to be sent; return it. Nothing while another process does. Errors: StoreError.

    The notes are kept before what was told, so that a kill in between loses none.
    """
    with _alone(sender.data) as alone:
        if not alone:
            return ()
        told = _numbered(sender.data, now)
        notes = tuple(changes(told, condition, now))
        for note in notes:
            sender.put(note, now)
        after = updated(told, notes)
        after = _welcomed(sender, told, after, standing(told, after, condition, now))
        if after != told:
            _keep(sender.data, after)
        return notes


def changes(told: Told, condition: Condition, now: datetime) -> Iterator[Note]:
    """Yield what is to be told: alarms that began, and those that are over."""
    number = told.changes
    for alarm in Alarm:
        found = condition.get(alarm)
        if found is None or bool(found) == (alarm in told.alarms):
            continue
        number += 1
        kind = Kind.ALARM if found else Kind.OVER
        yield Note(id=f"{kind}-{alarm}-{number}", kind=kind, at=now, alarm=alarm, number=found)


def updated(told: Told, notes: tuple[Note, ...]) -> Told:
    """Return what was told when these notes are."""
    alarms = dict(told.alarms)
    for note in notes:
        if note.alarm is not None:
            alarms.pop(note.alarm, None)
            if note.kind is Kind.ALARM:
                alarms[note.alarm] = Standing(since=note.at, number=note.number)
    return replace(told, alarms=alarms, changes=told.changes + len(notes))


def standing(before: Told, after: Told, condition: Condition, now: datetime) -> tuple[Note, ...]:
    """Return what channels are told that are new: alarms that stood before and still do, with their beginning."""
    stood = [(alarm, one) for alarm, one in before.alarms.items() if after.alarms.get(alarm) == one]
    return tuple(
        Note(
            id=f"{Kind.ALARM}-{alarm}-{number}",
            kind=Kind.ALARM,
            at=now,
            alarm=alarm,
            number=condition.get(alarm) or one.number,
            since=one.since,
        )
        for number, (alarm, one) in enumerate(stood, after.changes + 1)
    )


def _welcomed(sender: Sender, before: Told, after: Told, notes: tuple[Note, ...]) -> Told:
    """Let channels that are new wait for what stands; return what was told then.

    Names are never forgotten: processes with other settings than this one's would make them new again and again.
    """
    names = frozenset(one.name for one in sender.channels)
    known = names if before.channels is None else before.channels
    fresh = names - known
    if fresh:
        for note in notes:
            sender.put(note, note.at, only=fresh)
    return replace(after, channels=names | known, changes=after.changes + len(notes) * bool(fresh))


def _numbered(data: Path, now: datetime) -> Told:
    """Return what was told last; where that is lost, as in a restore, numbers begin at a moment."""
    told = load_told(data)
    if told.changes:
        return told
    told = replace(told, changes=int(now.timestamp()))
    _keep(data, told)
    return told


def _keep(data: Path, told: Told) -> None:
    files.write_durably(data / TOLD, _TOLD.dump_json(told), mode=0o600)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[bool]:
    with contextlib.ExitStack() as only:
        try:
            only.enter_context(locking.held(data / "told", "alarms", wait=0))
        except StoreLocked:
            yield False
        else:
            yield True
