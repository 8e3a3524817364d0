"""Who may hold the database: one process at a time, queued fairly, and whoever waits learns who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanner.errors import StoreError, StoreLocked

POLL = 0.005
"""Seconds between two attempts at a lock. A system call of a microsecond, so waiting costs nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the database now, as it wrote into the lock file."""

    pid: int
    purpose: str
    since: str
    """UTC, ISO 8601."""


def lock_path(database: Path) -> Path:
    """Return the advisory lock file beside a database."""
    return database.with_name(f"{database.name}.lock")


def holder(database: Path) -> Holder | None:
    """Tell which process signed the lock file last and has not let go; None when nobody did."""
    try:
        return Holder(**json.loads(lock_path(database).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


@contextlib.contextmanager
def held(database: Path, purpose: str, *, wait: float) -> Iterator[None]:
    """Hold the database's lock; StoreLocked with the holder's PID and purpose after `wait` seconds.

    Two locks make the queue fair: only the process in the turnstile may wait for the lock itself, so one that lets
    go and wants it back at once stands behind those who wait. The kernel lets both go when a process dies.
    """
    deadline = time.monotonic() + wait
    with _opened(lock_path(database)) as lock:
        with _opened(database.with_name(f"{database.name}.queue")) as turnstile:
            for descriptor in (turnstile, lock):
                _acquire(descriptor, database, deadline, wait)
        _sign(lock, purpose)
        try:
            yield
        finally:
            os.ftruncate(lock, 0)


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


def _acquire(descriptor: int, database: Path, deadline: float, wait: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise StoreLocked(_locked_message(database, wait)) from None
            time.sleep(POLL)
        else:
            return


def _locked_message(database: Path, wait: float) -> str:
    found = holder(database)
    by = f"PID {found.pid} ({found.purpose}, since {found.since})" if found else "another scanner process"
    return f"{database}: held by {by}; waited {wait:g} s. Try again when it has finished"


def _sign(lock: int, purpose: str) -> None:
    me = Holder(pid=os.getpid(), purpose=purpose, since=datetime.now(UTC).isoformat(timespec="seconds"))
    # A full disk must not keep anybody from reading the database, so an unsigned lock is good enough.
    with contextlib.suppress(OSError):
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(asdict(me)).encode(), 0)
