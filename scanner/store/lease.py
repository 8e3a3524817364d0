"""A lease: one unit of work on the database, the same whoever lends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from scanner.store.faults import translated

Params = Sequence[Any] | Mapping[str, Any] | None

_PARSED: dict[str, duckdb.Statement | str] = {}
"""Statements that were run before, as DuckDB reads them: of a small one, parsing takes a quarter of its time."""
_MOST, _LONGEST = 1024, 4096
"""Statements that are remembered, and the letters of the longest one."""


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

    def execute(self, sql: Any, params: Any = None, /) -> object:
        """Run one statement."""

    def sql(self, sql: Any, /, *, params: Any = None) -> Result:
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
            self.connection.execute(parsed(self.connection, sql), params)

    def arrow(self, sql: str, params: Params = None) -> pa.Table:
        """Return the result of one statement as an Arrow table; times are UTC."""
        with translated(self.path):
            return self.connection.sql(parsed(self.connection, sql), params=params).to_arrow_table()

    def rows(self, sql: str, params: Params = None) -> list[tuple[Any, ...]]:
        """Return the result of one statement as tuples; times are UTC."""
        return self._fetched(sql, params)[1]

    def dicts(self, sql: str, params: Params = None) -> list[dict[str, Any]]:
        """Return the result of one statement as dictionaries by column name; times are UTC."""
        names, rows = self._fetched(sql, params)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def register(self, name: str, table: pa.Table) -> None:
        """Let SQL read an Arrow table under this name until the lease ends or the name is given again."""
        with translated(self.path):
            self.connection.register(name, table)

    def _fetched(self, sql: str, params: Params) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the names of the columns, and the rows."""
        if isinstance(self.connection, duckdb.DuckDBPyConnection):  # without Arrow a statement takes 0.4 ms less
            with translated(self.path):
                found = self.connection.execute(parsed(self.connection, sql), params)
                return [name for name, *_ in found.description or ()], found.fetchall()
        table = self.arrow(sql, params)
        return table.column_names, list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def parsed(connection: Connection, sql: str) -> duckdb.Statement | str:
    """Return a statement as this connection takes it soonest: parsed already, where it is DuckDB's own."""
    if not isinstance(connection, duckdb.DuckDBPyConnection) or len(sql) > _LONGEST:
        return sql
    if (known := _PARSED.get(sql)) is None:
        found = connection.extract_statements(sql)
        if len(_PARSED) >= _MOST:
            _PARSED.clear()
        known = _PARSED[sql] = found[0] if len(found) == 1 else sql
    return known
