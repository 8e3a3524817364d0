"""The owner of the database: while the review desk runs it keeps the file open and lends it to itself and to others.

Its own threads take leases on cursors of the one connection; other processes come over a Unix socket, whose address
stands in the lock file. Everybody uses `Store.lease` and need not know.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

import duckdb

from scanner.errors import StoreError, StoreInterrupted, StoreLocked
from scanner.store import locking
from scanner.store.connection import Store, begin
from scanner.store.lease import Connection
from scanner.store.locking import Holder, Lock
from scanner.store.serving import PARTING, served
from scanner.store.turns import Turns


@contextlib.contextmanager
def own(store: Store, purpose: str = "review desk") -> Iterator[OwnedStore]:
    """Keep the database open and answer other processes until the block ends; yields the store for this process.

    Waits in line like everybody. Errors: StoreLocked (also when another desk runs), StoreDamaged, StoreError.
    """
    store._make_folder()
    with locking.held(store.path, purpose, wait=store.wait) as lock:
        owner = Owner(store, lock)
        try:
            owner.reopen()
            with served(owner) as address:
                lock.sign(Holder(os.getpid(), purpose, address=address))
                try:
                    yield OwnedStore(**{one.name: getattr(store, one.name) for one in fields(Store)}, owner=owner)
                finally:
                    lock.sign(Holder(os.getpid(), purpose))  # who comes now waits for the lock
                    owner.lend_no_more()
        finally:
            owner.end()


class Owner:
    """The one open connection, and whose turn it is on it."""

    def __init__(self, store: Store, lock: Lock) -> None:
        # Each lease has a thread of its own already: a second one for a small statement costs 0.25 ms of its 0.7.
        self._store = replace(store, threads=1)
        self._lock = lock
        self._turns = Turns(store.path)
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._ended = False

    @contextlib.contextmanager
    def lend(self, who: Holder, wait: float, *, reading: bool) -> Iterator[Connection]:
        """Lend a cursor on which a transaction has begun, when its turn has come.

        A file that could not be opened before, or whose instance broke as it does on a full disk, is opened anew.
        """
        turn = self._turns.reading if reading else self._turns.writing
        with contextlib.ExitStack() as lent:
            lent.enter_context(turn(who, wait))
            cursor = self._begun(reading=reading)
            if cursor is None:
                lent.close()
                lent.enter_context(self._turns.alone(who, wait))
                cursor = self._begun(reading=reading) or self._begun_anew(reading=reading)
            lent.callback(cursor.close)
            yield cursor

    @contextlib.contextmanager
    def lend_lock(self, who: Holder, wait: float) -> Iterator[int]:
        """Close the file, lend its lock to replace it, and open it again."""
        with self._turns.alone(who, wait):
            self.close()
            try:
                yield self._lock.descriptor
            finally:
                # Whoever asks next tries again to open it and is told why it cannot be.
                with contextlib.suppress(StoreError):
                    if not self._ended:  # or who has the lock may still be at work
                        self.reopen()

    def reopen(self) -> None:
        """Open the file, with all its tables."""
        self.close()
        self._connection = self._store.open(time.monotonic() + self._store.wait)

    def close(self) -> None:
        """Close the file: what is in its WAL goes into it."""
        if self._connection is not None:
            with contextlib.suppress(duckdb.Error):  # a broken instance says so when it is closed, too
                self._connection.close()
            self._connection = None

    def lend_no_more(self) -> None:
        """Begin no lease from now on: who waits in line is sent back to the lock's queue."""
        self._ended = True

    def end(self) -> None:
        """Close the file for good, after the leases that have begun."""
        self._ended = True
        with contextlib.ExitStack() as turn:
            with contextlib.suppress(StoreLocked):
                turn.enter_context(self._turns.alone(Holder(os.getpid(), "end"), PARTING))
            self.close()

    def _begun(self, *, reading: bool) -> duckdb.DuckDBPyConnection | None:
        """Return a cursor on which a transaction has begun; None when the instance is closed or broken."""
        if self._ended:
            raise StoreInterrupted(f"{self._store.path}: is no longer kept by PID {os.getpid()}; repeating it is safe")
        if self._connection is None:
            return None
        try:
            cursor = self._connection.cursor()
            begin(cursor, reading=reading)
        except duckdb.Error:
            return None
        return cursor

    def _begun_anew(self, *, reading: bool) -> duckdb.DuckDBPyConnection:
        self.reopen()
        if (cursor := self._begun(reading=reading)) is None:
            raise StoreError(f"{self._store.path}: was opened anew and is broken again; run `scanner doctor`")
        return cursor


@dataclass(frozen=True, slots=True)
class OwnedStore(Store):
    """The record, for the process that keeps it open."""

    owner: Owner = field(kw_only=True)

    @contextlib.contextmanager
    def aside(self, purpose: str) -> Iterator[None]:
        """Close the file for as long as the block takes, to replace it. Errors: StoreLocked, StoreError."""
        with self.owner.lend_lock(Holder(os.getpid(), purpose), self.wait):
            yield

    @contextlib.contextmanager
    def still(self, purpose: str) -> Iterator[None]:
        """Close the file while its bytes are read: a process that reads a file it has open lets go of DuckDB's lock."""
        with self.aside(purpose):
            yield

    @contextlib.contextmanager
    def _lent(self, purpose: str, *, reading: bool) -> Iterator[Connection]:
        with self.owner.lend(Holder(os.getpid(), purpose), self.wait, reading=reading) as connection:
            yield connection
