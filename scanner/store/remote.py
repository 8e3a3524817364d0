"""The caller's side of a database that another process keeps open: the same calls as on a connection of one's own."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from scanner import errors
from scanner.errors import StoreError, StoreInterrupted
from scanner.store import locking, wire
from scanner.store.lasting import Answered
from scanner.store.locking import Holder
from scanner.store.wire import Answer, Aside, Channel, Do, Done, Enter, Execute, Failed, Register, Request

SILENCE = 300.0
"""Seconds that either side lets the other be silent in a lease before it is taken for hung, and the lease undone.

Erasing reads every raw answer between two statements, so this is minutes, not seconds.
"""
_GRACE = 2.0
"""Seconds more than was asked for until a turn that does not come means that nobody is there."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A lease in the process that keeps the database, as a connection: it raises DuckDB's own errors."""

    path: Path
    channel: Channel

    def commit(self) -> None:
        """Make everything durable that was done in the lease."""
        self._ask(Do("commit"))

    def rollback(self) -> None:
        """Forget everything that was done in the lease."""
        self._ask(Do("rollback"))

    def execute(self, sql: str, params: Any = None) -> None:
        """Run one statement."""
        self._ask(Execute(sql, wire.pack(params), answer=False))

    def sql(self, sql: str, *, params: Any = None) -> Answered:
        """Run one statement and fetch its result."""
        done = self._ask(Execute(sql, wire.pack(params), answer=True))
        with self._told():
            return Answered(self.channel.table(done.frames))

    def register(self, name: str, table: pa.Table) -> None:
        """Let SQL read an Arrow table under this name."""
        frames = wire.frames_of(table)
        self._ask(Register(name, len(frames)), frames)

    def close(self) -> None:
        """End the lease; what was not committed is rolled back there."""
        self.channel.socket.close()

    def _ask(self, request: Request, frames: list[pa.Buffer] | None = None) -> Done:
        with self._told():
            self.channel.send(request, frames or [])
            return _done(self.channel.answer())

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError) as error:
            raise StoreInterrupted(
                f"{self.path}: the process that keeps it ended in the middle of this; repeating it is safe"
            ) from error
        except UnicodeEncodeError as error:  # half a surrogate pair
            raise duckdb.InvalidInputException(f"Invalid Input Error: {error}") from error


@dataclass(frozen=True, slots=True)
class Handed:
    """The lock of a database that the process which keeps it has closed for us."""

    channel: Channel
    descriptor: int

    def close(self) -> None:
        """Let the lock go; the database is opened again there."""
        os.close(self.descriptor)
        self.channel.socket.close()


def enter(keeper: Holder, wait: float, *, path: Path, purpose: str, reading: bool) -> Remote | None:
    """Begin a lease in the process that keeps the database; None when it does not answer (any more)."""
    channel = _call(keeper, Enter(os.getpid(), purpose, wait, reading), wait)
    return Remote(path, channel) if channel else None


def take_aside(keeper: Holder, wait: float, *, purpose: str) -> Handed | None:
    """Have the database closed and its lock handed over; None when the process that keeps it does not answer."""
    if (channel := _call(keeper, Aside(os.getpid(), purpose, wait), wait)) is None:
        return None
    _, descriptors, _, _ = socket.recv_fds(channel.socket, 1, 1)
    if not descriptors:
        channel.socket.close()
        return None
    os.set_inheritable(descriptors[0], False)
    return Handed(channel, descriptors[0])


def answering(database: Path, wait: float) -> Holder | None:
    """Return the process that keeps a database open for others, if it answers; None when nobody does."""
    keeper = locking.holder(database)
    if keeper is None or not keeper.address:
        return None
    if (reached := enter(keeper, wait, path=database, purpose="who is there", reading=True)) is None:
        return None
    reached.close()
    return keeper


def _call(keeper: Holder, first: Request, wait: float) -> Channel | None:
    connected = socket.socket(socket.AF_UNIX)
    try:
        connected.settimeout(wait + _GRACE)
        connected.connect(keeper.address)
        channel = Channel(connected)
        channel.send(first)
        _done(channel.answer())
        connected.settimeout(SILENCE)
    except (OSError, EOFError, StoreInterrupted):
        connected.close()
        return None
    except BaseException:
        connected.close()
        raise
    return channel


def _done(answer: Answer) -> Done:
    match answer:
        case Done():
            return answer
        case Failed(kind=kind, text=text):
            raise _error(kind, text)


def _error(kind: str, text: str) -> Exception:
    """Return the error that was raised there; of a class unknown here it is a StoreError that names it."""
    for known in (getattr(errors, kind, None), getattr(duckdb, kind, None)):
        if isinstance(known, type) and issubclass(known, StoreError | duckdb.Error):
            return known(text)
    return StoreError(f"{kind}: {text}")
