"""A lease that outlives the process that lends it: begun anew elsewhere, and gone on with if nothing has changed.

Until it is committed nothing of a lease is stored, so all that was asked is asked again. If every answer is the one the
caller was given before, it need not know; if one differs, what it did may rest on what is no longer true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from scanner.errors import StoreInterrupted
from scanner.store.lease import Connection, Result


@dataclass(frozen=True, slots=True)
class Answered:
    """The result of a query."""

    table: pa.Table

    def to_arrow_table(self) -> pa.Table:
        """Return the rows."""
        return self.table


@dataclass(slots=True)
class Lasting:
    """A connection to the process that keeps the database, or to whoever comes after it. It raises DuckDB's errors."""

    path: Path
    connection: Connection
    again: Callable[[], Connection]
    """Lends a connection anew, whoever has the database then."""
    _asked: list[tuple[Callable[[Connection], pa.Table | None], pa.Table | None]] = field(default_factory=list)
    """What was asked until now, with the answers."""

    def execute(self, sql: str, params: Any = None) -> None:
        """Run one statement."""
        self._ask(lambda connection: _no_answer(connection.execute(sql, params)))

    def sql(self, sql: str, *, params: Any = None) -> Result:
        """Run one statement and fetch its result."""
        return Answered(self._ask(lambda connection: connection.sql(sql, params=params).to_arrow_table()))

    def register(self, name: str, table: pa.Table) -> None:
        """Let SQL read an Arrow table under this name."""
        self._ask(lambda connection: _no_answer(connection.register(name, table)))

    def commit(self) -> None:
        """Make everything durable; StoreInterrupted when it cannot be known whether it was."""
        self.connection.commit()

    def rollback(self) -> None:
        """Forget everything that was done in the lease."""
        self.connection.rollback()

    def close(self) -> None:
        """End the lease."""
        self.connection.close()

    def _ask(self, call: Callable[[Connection], pa.Table | None]) -> pa.Table | None:
        try:
            answer = call(self.connection)
        except StoreInterrupted:
            self._begin_again()
            answer = call(self.connection)
        self._asked.append((call, answer))
        return answer

    def _begin_again(self) -> None:
        self.connection.close()
        self.connection = self.again()
        for call, before in self._asked:
            if call(self.connection) != before:
                raise StoreInterrupted(
                    f"{self.path}: the process that keeps it ended in the middle of this, and somebody has written "
                    f"since; repeating it is safe"
                )


def _no_answer(_answer: object) -> None:
    """Leave out what DuckDB returns of a statement: the connection itself."""
