"""Short leases on DuckDB: wait in line, open, one unit of work, commit, close.

Nobody keeps the file but the review desk (`owner`): while it runs, the same leases are lent by it over its socket.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import duckdb
import pyarrow as pa

from scanner.errors import StoreDamaged, StoreError, StoreInterrupted, StoreLocked
from scanner.store import locking, migrations
from scanner.store.locking import Lock

T = TypeVar("T")
Params = Sequence[Any] | Mapping[str, Any] | None

# NOTE: loading built-in extensions must be off only after opening: the replay of a killed writer's log may need
# functions of core_functions, and without them DuckDB 2.0 refuses the file ("Failure while replaying WAL").
_HARDEN = """
    SET autoload_known_extensions = false;
    SET GLOBAL TimeZone = 'UTC';
    SET enable_external_access = false;
    SET lock_configuration = true"""
_FOREIGN_LOCK = re.compile(r"Could not set lock.*?\(PID (\d+)\)", re.DOTALL)
_SAME_PROCESS = "same database file with a different configuration"
_ENVIRONMENT = re.compile(r"No space left|File too large|Permission denied|Read-only file|Is a directory|newer version")
_DAMAGE = re.compile(r"[Cc]orrupt|checksum|not a valid DuckDB|replaying WAL|[Ss]erializ")


class Result(Protocol):
    """What a query found."""

    def to_arrow_table(self) -> pa.Table:
        """Return the rows."""


class Connection(Protocol):
    """What a lease needs of DuckDB's connection: the process's own, or one to the process that keeps the database."""

    def commit(self) -> object:
        """Make everything durable that was done in the lease."""

    def rollback(self) -> object:
        """Forget everything that was done in the lease."""

    def execute(self, sql: str, params: Any = None, /) -> object:
        """Run one statement."""

    def sql(self, sql: str, /, *, params: Any = None) -> Result:
        """Run one statement and return its result."""

    def register(self, name: str, table: pa.Table, /) -> object:
        """Let SQL read an Arrow table under this name."""

    def close(self) -> object:
        """End it; what was not committed is rolled back."""


@dataclass(slots=True)
class Lease:
    """One unit of work on the open database: everything in it is stored together or not at all."""

    connection: Connection
    path: Path
    """The database file; evidence and the audit head lie in the same folder."""
    after_commit: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What must follow a successful commit while the lock is still held, by name; the last one set counts."""

    @property
    def folder(self) -> Path:
        """The data folder: the database, evidence/ and audit.head."""
        return self.path.parent

    def execute(self, sql: str, params: Params = None) -> None:
        """Run one statement; StoreError tells in one line what the database refused."""
        with translated(self.path):
            self.connection.execute(sql, params)

    def arrow(self, sql: str, params: Params = None) -> pa.Table:
        """Return the result of one statement as an Arrow table; times are UTC."""
        # NOTE: not execute(): DuckDB's fetchall() of TIMESTAMPTZ needs pytz, its Arrow output does not.
        with translated(self.path):
            return self.connection.sql(sql, params=params).to_arrow_table()

    def rows(self, sql: str, params: Params = None) -> list[tuple[Any, ...]]:
        """Return the result of one statement as tuples."""
        return list(zip(*(column.to_pylist() for column in self.arrow(sql, params).columns), strict=True))

    def dicts(self, sql: str, params: Params = None) -> list[dict[str, Any]]:
        """Return the result of one statement as dictionaries by column name."""
        rows: list[dict[str, Any]] = self.arrow(sql, params).to_pylist()
        return rows

    def register(self, name: str, table: pa.Table) -> None:
        """Let SQL read an Arrow table under this name until the lease ends or the name is given again."""
        with translated(self.path):
            self.connection.register(name, table)


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
    def _lent(self, purpose: str, *, reading: bool) -> Iterator[Connection]:
        """Lend a connection on which a transaction has begun: one's own, or one to the process that keeps the file."""

        def reach(keeper: locking.Holder, wait: float) -> Connection | None:
            from scanner.store import remote  # only where a desk runs

            return remote.enter(keeper, wait, path=self.path, purpose=purpose, reading=reading)

        deadline = time.monotonic() + self.wait
        with locking.held_or_reached(self.path, purpose, wait=self.wait, reach=reach) as found:
            if isinstance(found, Lock):
                with contextlib.closing(self.open(deadline)) as connection:
                    with translated(self.path):
                        begin(connection, reading=reading)
                    yield connection
            else:
                yield found

    def open(self, deadline: float) -> duckdb.DuckDBPyConnection:
        """Open the file, whose lock the caller holds, with every migration taken; waits for a notebook till `deadline`.

        Errors: StoreLocked, StoreDamaged, StoreError.
        """
        connection = self._open(deadline)
        try:
            with translated(self.path):
                migrations.migrate(connection)
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
                if not _FOREIGN_LOCK.search(str(error)) or time.monotonic() >= deadline:
                    raise self._open_failure(error) from error
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

    def _open_failure(self, error: duckdb.Error) -> StoreError:
        text = _one_line(error)
        if found := _FOREIGN_LOCK.search(str(error)):
            return StoreLocked(f"{self.path}: held by PID {found[1]}, which does not queue; waited {self.wait:g} s")
        if _SAME_PROCESS in text:
            return StoreLocked(f"{self.path}: held by PID {os.getpid()}, this very process, outside a lease")
        if _ENVIRONMENT.search(text):
            return StoreError(f"{self.path}: cannot be opened: {text}")
        return _damaged(self.path, text)


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
        text = _one_line(error)
        if "COMMIT succeeded and is durable" in text:
            report = StoreError(f"{lease.path}: saved, nothing is lost, but the disk is full or failing: {text}")
            report.__cause__ = error
            return report
        raise StoreError(
            f"{lease.path}: COMMIT failed, so it is not known whether this was saved; repeating it is safe: {text}"
        ) from error
    return None


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Tell DuckDB's errors as StoreError or StoreDamaged, in one line that names the file."""
    try:
        yield
    except duckdb.Error as error:
        text = _one_line(error)
        raise (_damaged(path, text) if _DAMAGE.search(text) else StoreError(f"{path}: {text}")) from error


def _damaged(path: Path, text: str) -> StoreDamaged:
    return StoreDamaged(
        f"{path}: cannot be trusted: {text.rstrip('.')}. Delete nothing: move the file and its WAL aside together, "
        f"restore the last backup, then run `scanner verify`"
    )


def _one_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).strip()
