"""Who may hold the database: one process at a time, queued fairly, and whoever waits learns who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from scanner.errors import StoreError, StoreLocked

POLL = 0.005
"""Seconds between two attempts at a lock. A system call of a microsecond, so waiting costs nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the database now, as it wrote into the lock file."""

    pid: int
    purpose: str
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    """UTC, ISO 8601."""
    address: str = ""
    """Unix socket on which it answers other processes; empty when it holds the file for one unit of work."""

    def __str__(self) -> str:
        return f"PID {self.pid} ({self.purpose}, since {self.since})"


@dataclass(frozen=True, slots=True)
class Lock:
    """The database's lock while it is held."""

    descriptor: int
    """Of the lock file. Who is handed a duplicate holds the lock too, as long as it is open."""

    def sign(self, holder: Holder) -> None:
        """Tell who waits who holds it, and where it may be asked."""
        # A full disk must not keep anybody from reading the database, so an unsigned lock is good enough.
        with contextlib.suppress(OSError):
            os.ftruncate(self.descriptor, 0)
            os.pwrite(self.descriptor, json.dumps(asdict(holder)).encode(), 0)


class Reached(Protocol):
    """What stands for the database when a living process keeps it open and answers for it."""

    def close(self) -> object:
        """End what was begun there."""


Found = TypeVar("Found", bound=Reached)
Reach: TypeAlias = Callable[[Holder, float], Found | None]
"""Asks a holder that has an address, waiting no longer than so many seconds; None when nobody answers there."""


def lock_path(database: Path) -> Path:
    """Return the advisory lock file beside a database."""
    return database.with_name(f"{database.name}.lock")


def holder(database: Path) -> Holder | None:
    """Tell which process signed the lock file last and has not let go; None when nobody did."""
    try:
        return Holder(**json.loads(lock_path(database).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_under_way(database: Path) -> bool:
    """Tell whether the process that signed the lock file last still lives.

    It takes no lock, so that nobody is ever refused because somebody asked; who was killed has left its name behind.
    """
    if (found := holder(database)) is None:
        return False
    try:
        os.kill(found.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        pass
    return True


@contextlib.contextmanager
def held(database: Path, purpose: str, *, wait: float) -> Iterator[Lock]:
    """Hold the database's lock; StoreLocked with the holder's PID and purpose after `wait` seconds."""
    with held_or_reached(database, purpose, wait=wait, reach=_nobody) as lock:
        if isinstance(lock, Lock):
            yield lock


@contextlib.contextmanager
def held_or_reached(database: Path, purpose: str, *, wait: float, reach: Reach[Found]) -> Iterator[Lock | Found]:
    """Hold the database's lock, or what `reach` brought from the process that keeps it, whichever comes first.

    Two locks make the queue fair: only the process in the turnstile may wait for the lock itself, so one that lets
    go and wants it back at once stands behind those who wait. The kernel lets both go when a process dies.
    """
    deadline = time.monotonic() + wait
    with _opened(lock_path(database)) as descriptor:
        with _opened(database.with_name(f"{database.name}.queue")) as turnstile:
            found = _acquire(turnstile, database, deadline, wait, reach) or _acquire(
                descriptor, database, deadline, wait, reach
            )
        if found is not None:
            with contextlib.closing(found):
                yield found
            return
        lock = Lock(descriptor)
        lock.sign(Holder(pid=os.getpid(), purpose=purpose))
        try:
            yield lock
        finally:
            os.ftruncate(descriptor, 0)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"{path}: the lock file cannot be opened: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, database: Path, deadline: float, wait: float, reach: Reach[Found]) -> Found | None:
    """Take one of the two locks (None), or return what was reached meanwhile.

    NOTE: asked at every attempt, because the process that keeps the database may begin, end or be killed at any time;
    an address that a killed one left behind answers nobody.
    """
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            now = holder(database)
            if now and now.address and (found := reach(now, max(deadline - time.monotonic(), 0.0))) is not None:
                return found
            if time.monotonic() >= deadline:
                raise StoreLocked(locked_message(database, now, wait)) from None
            time.sleep(POLL)
        else:
            return None


def locked_message(database: Path, by: Holder | None, wait: float) -> str:
    """Say who holds a database that was waited for in vain."""
    return f"{database}: held by {by or 'another scanner process'}; waited {wait:g} s. Try again when it has finished"


def _nobody(_holder: Holder, _wait: float) -> None:
    """Reach nobody: who wants the lock itself waits for it."""
