"""What waits to be sent: one file per note in data/outbox, which outlives kills and power cuts.

A try is put on record before it is made. So a kill between sending and removing costs one repeat at most, a full disk
cannot make every minute send the same again, and nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scanner.logs import Word
from scanner.notify.notes import Note
from scanner.store import files

log = logging.getLogger(__name__)

OUTBOX = "outbox"
"""Folder in the data folder."""
GIVE_UP = timedelta(hours=24)
"""After so long nothing is tried for the sake of a note alone; it goes along with the next one that is sent."""
KEEP = timedelta(days=30)
"""After so long what could not be sent is dropped."""
_LATE = timedelta(minutes=15)
"""After so long past its time a note waits because nobody sends."""


class Trouble(StrEnum):
    """Why something was not sent. Words of ours: what a service says may quote its address, and that is a secret."""

    UNTOLD = "untold"  # not tried to the end: it goes on at this moment, or was cut off
    UNREACHABLE = "unreachable"
    LATE = "late"  # not answered in time
    REFUSED = "refused"  # the service said no: key, address or right
    THROTTLED = "throttled"  # asks to come later
    BLOCKED = "blocked"  # our address guard refuses where it leads
    UNUSABLE = "unusable"  # the setting cannot be read
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Try:
    """How far sending a note to one address has come."""

    next_at: datetime
    """Nothing is tried before. UTC."""
    tries: int = 0
    trouble: Trouble | None = None
    """How the last try ended."""
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One note that waits, and for whom."""

    note: Note
    to: Mapping[str, Try]
    """By name of the channel."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """Notes that do not get through to one channel."""

    channel: str
    """Its name, which tells nothing secret."""
    messages: int
    given_up: int
    """Of these: no longer tried by themselves."""
    since: datetime
    """Of the oldest of them."""
    trouble: Trouble | None
    """None: nobody tried, although it was time."""


_ENTRY = TypeAdapter(Entry)


def put(data: Path, note: Note, channels: Iterable[str], *, not_before: datetime) -> None:
    """Keep a note until it was sent to every channel; one that is there already stays as it is. Errors: StoreError."""
    entry = Entry(note, {name: Try(next_at=not_before) for name in channels})
    if entry.to and not _path(data, note).exists():
        write(data, entry)


def write(data: Path, entry: Entry) -> None:
    """Keep how far a note has come; one that nobody waits for any more is removed. Errors: StoreError."""
    path = _path(data, entry.note)
    if entry.to:
        files.write_durably(path, _ENTRY.dump_json(entry), mode=0o600)
    else:
        path.unlink(missing_ok=True)


def entries(data: Path) -> list[Entry]:
    """Return what waits, the oldest first; a file that cannot be read is left where it is, and logged."""
    found = [entry for path in sorted((data / OUTBOX).glob("*.json")) for entry in _read(path)]
    return sorted(found, key=lambda entry: (entry.note.at, entry.note.id))


def waiting(data: Path) -> int:
    """Count the notes that were not sent to everybody yet."""
    return sum(1 for _ in (data / OUTBOX).glob("*.json"))


def stuck(data: Path, now: datetime) -> tuple[Stuck, ...]:
    """Return the channels that notes do not get through to, with how many and since when; none: all is well."""
    found: dict[str, list[tuple[Entry, Try]]] = {}
    for entry in entries(data):
        for name, tried in entry.to.items():
            if _is_stuck(tried, now):
                found.setdefault(name, []).append((entry, tried))
    return tuple(_stuck(name, waiting) for name, waiting in sorted(found.items()))


def _is_stuck(tried: Try, now: datetime) -> bool:
    failed = tried.trouble not in (None, Trouble.UNTOLD)
    return failed or now - tried.next_at > _LATE


def _stuck(name: str, found: list[tuple[Entry, Try]]) -> Stuck:
    return Stuck(
        channel=name,
        messages=len(found),
        given_up=sum(tried.given_up for _, tried in found),
        since=min(entry.note.at for entry, _ in found),
        trouble=next((tried.trouble for _, tried in reversed(found) if tried.trouble is not None), None),
    )


def _path(data: Path, note: Note) -> Path:
    return data / OUTBOX / f"{note.id}.json"


def _read(path: Path) -> Iterator[Entry]:
    try:
        entry = _ENTRY.validate_json(path.read_bytes())
    except FileNotFoundError:  # sent meanwhile by another process
        return
    except (OSError, ValidationError, ValueError) as error:
        log.warning("a file of the outbox cannot be read: %s", Word(type(error).__name__))
        return
    if _path(path.parent.parent, entry.note) == path:
        yield entry
