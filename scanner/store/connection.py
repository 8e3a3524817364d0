"""Short leases on DuckDB: wait in line, open, one unit of work, commit, close.

Nobody keeps the file but the review desk (`owner`): while it runs, the same leases are lent by it over its socket.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import duckdb

from scanner.errors import StoreError, StoreInterrupted
from scanner.store import faults, locking, migrations
from scanner.store.faults import translated
from scanner.store.lasting import Lasting
from scanner.store.lease import Connection, Lease
from scanner.store.locking import Lock

__all__ = ["Lease", "Store"]

T = TypeVar("T")

# NOTE: loading built-in extensions must be off only after opening: the replay of a killed writer's log may need
# functions of core_functions, and without them DuckDB 2.0 refuses the file ("Failure while replaying WAL").
_HARDEN = """
    SET autoload_known_extensions = false;
    SET GLOBAL TimeZone = 'UTC';
    SET enable_external_access = false;
    SET lock_configuration = true"""


@dataclass(frozen=True, slots=True)
class Store:
    """The record: one DuckDB file in the data folder, lent out for one unit of work at a time."""

    path: Path
    wait: float = field(default=30.0, kw_only=True)
    """Seconds to stand in line before StoreLocked."""
    memory_limit: str = field(default="1GB", kw_only=True)
    threads: int = field(default=2, kw_only=True)

    @contextlib.contextmanager
    def lease(self, purpose: str, *, reading: bool = False) -> Iterator[Lease]:
        """Lend the database for one unit of work: commit when the block ends, roll back when it raises.

        `purpose` is shown to whoever waits meanwhile. A `reading` lease refuses to write; while the review desk runs it
        waits for no writer. Errors: StoreLocked, StoreDamaged, StoreError. After any of them repeating is safe, because
        every write is idempotent by key.
        """
        self._make_folder()
        with self._lent(purpose, reading=reading) as connection:
            yield from _transaction(Lease(connection=connection, path=self.path))

    def repeat(self, purpose: str, work: Callable[[Lease], T]) -> T:
        """Do a unit of work in a lease of its own, and once more when whoever kept the database ended in its middle."""
        try:
            with self.lease(purpose) as lease:
                return work(lease)
        except StoreInterrupted:
            with self.lease(purpose) as lease:
                return work(lease)

    @contextlib.contextmanager
    def aside(self, purpose: str) -> Iterator[None]:
        """Hold the lock of the closed file, to replace it. Errors: StoreLocked, StoreError."""

        def reach(keeper: locking.Holder, wait: float) -> locking.Reached | None:
            from scanner.store import remote

            return remote.take_aside(keeper, wait, purpose=purpose)

        with locking.held_or_reached(self.path, purpose, wait=self.wait, reach=reach):
            yield

    @contextlib.contextmanager
    def still(self, purpose: str) -> Iterator[None]:
        """Let nobody write while the bytes of the file and its WAL are read; at a running desk people read on.

        Errors: StoreLocked, StoreError; StoreInterrupted at the end when the desk ended meanwhile: what was read may be
        torn, reading it again is safe.
        """

        def reach(keeper: locking.Holder, wait: float) -> Connection | None:
            from scanner.store import remote

            return remote.enter(keeper, wait, path=self.path, purpose=purpose, reading=False)

        with locking.held_or_reached(self.path, purpose, wait=self.wait, reach=reach) as found:
            yield
            if not isinstance(found, Lock):
                found.commit()  # nothing; it answers only where nobody else could have had the file

    @contextlib.contextmanager
    def _lent(self, purpose: str, *, reading: bool) -> Iterator[Connection]:
        """Lend a connection on which a transaction has begun: one's own, or one to the process that keeps the file."""

        def reach(keeper: locking.Holder, wait: float) -> Connection | None:
            from scanner.store import remote  # only where a desk runs

            return remote.enter(keeper, wait, path=self.path, purpose=purpose, reading=reading)

        def lend() -> Connection:
            deadline = time.monotonic() + self.wait
            found = lent.enter_context(locking.held_or_reached(self.path, purpose, wait=self.wait, reach=reach))
            if not isinstance(found, Lock):
                return Lasting(self.path, found, again=lend)
            connection = lent.enter_context(contextlib.closing(self.open(deadline)))
            with translated(self.path):
                begin(connection, reading=reading)
            return connection

        with contextlib.ExitStack() as lent:
            yield lend()

    def open(self, deadline: float) -> duckdb.DuckDBPyConnection:
        """Open the file, whose lock the caller holds, with all its tables; waits for a notebook till `deadline`.

        Errors: StoreLocked, StoreDamaged, StoreOutdated, StoreError.
        """
        connection = self._open(deadline)
        try:
            with translated(self.path):
                migrations.make_ready(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def copy_to(self, fresh: Path) -> None:
        """Copy what is in the database, and nothing that was deleted, to a new file. The caller holds the lock."""
        quoted = str(fresh).replace("'", "''")
        attach = f"ATTACH '{quoted}' AS fresh;"
        with contextlib.closing(self._connect(first=attach)) as connection, translated(self.path):
            connection.execute(f'COPY FROM DATABASE "{self.path.stem}" TO fresh')
            connection.execute("DETACH fresh")

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{self.path.parent}: the data folder cannot be made: {error.strerror}") from error

    def _open(self, deadline: float) -> duckdb.DuckDBPyConnection:
        while True:
            try:
                return self._connect()
            except duckdb.Error as error:
                if faults.foreign_holder(error) is None or time.monotonic() >= deadline:
                    raise faults.of_opening(self.path, error, self.wait) from error
                # A program that does not queue (a notebook, the DuckDB shell) has the file.
                time.sleep(0.05)

    def _connect(self, first: str = "") -> duckdb.DuckDBPyConnection:
        options: dict[str, str | bool | int | float | list[str]] = {
            "threads": self.threads,
            "memory_limit": self.memory_limit,
            "autoinstall_known_extensions": False,
            "python_enable_replacements": False,
        }
        connection = duckdb.connect(str(self.path), config=options)
        connection.execute(first + _HARDEN)
        self.path.chmod(0o600)
        return connection


def begin(connection: duckdb.DuckDBPyConnection, *, reading: bool) -> None:
    """Begin a transaction, that refuses to write if it is for reading."""
    connection.execute("BEGIN TRANSACTION READ ONLY" if reading else "BEGIN TRANSACTION")


def _transaction(lease: Lease) -> Iterator[Lease]:
    try:
        yield lease
    except BaseException:
        with contextlib.suppress(duckdb.Error, StoreError):  # what is broken or gone has rolled back already
            lease.connection.rollback()
        raise
    failure = _commit(lease)
    for follow in lease.after_commit.values():
        follow()
    if failure is not None:
        raise failure


def _commit(lease: Lease) -> StoreError | None:
    """Commit; return what to report when it is durable although DuckDB raised, raise when it may not be.

    On a full disk DuckDB says "COMMIT succeeded and is durable, but the autocheckpoint failed" (reliability M6).
    """
    try:
        lease.connection.commit()
    except duckdb.Error as error:
        text = faults.one_line(error)
        if "COMMIT succeeded and is durable" in text:
            report = StoreError(f"{lease.path}: saved, nothing is lost, but the disk is full or failing: {text}")
            report.__cause__ = error
            return report
        raise StoreError(
            f"{lease.path}: COMMIT failed, so it is not known whether this was saved; repeating it is safe: {text}"
        ) from error
    return None
