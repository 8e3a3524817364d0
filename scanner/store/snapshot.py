"""Where snapshots are made and read: databases of this process's own, which never see the live file.

Rows come in as Arrow out of a lease; Parquet and a DuckDB file go out. Only here may SQL write files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from scanner.errors import StoreDamaged
from scanner.store.faults import translated

PARQUET, FILE = "parquet", "snapshot.duckdb"


@dataclass(frozen=True, slots=True)
class Workbench:
    """A database in memory in which rows are made ready; what does not fit goes into `folder` meanwhile."""

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def register(self, name: str, table: pa.Table) -> None:
        """Let SQL read an Arrow table under this name."""
        with translated(self.folder):
            self.connection.register(name, table)

    def forget(self, name: str) -> None:
        """Let go of an Arrow table, and of the memory it takes."""
        self.connection.unregister(name)

    def execute(self, sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> None:
        """Run one statement."""
        with translated(self.folder):
            self.connection.execute(sql, params)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the result of one statement as tuples."""
        with translated(self.folder):
            return self.connection.execute(sql).fetchall()

    def write(self, sql: str, path: Path) -> int:
        """Write the result of a query as a Parquet file, durably later; return how many rows it has."""
        # Level 1: of these rows it makes smaller files than the 3 that is usual, in two thirds of the time.
        copy = f"COPY ({sql}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        [(count,)] = self.rows(copy)
        return int(count)


@contextlib.contextmanager
def workbench(folder: Path, *, threads: int = 2, memory_limit: str = "1GB") -> Iterator[Workbench]:
    """Open a database in memory; `folder` is private and goes with the snapshot's unfinished files after a kill."""
    options: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory_limit,
        "temp_directory": str(folder / ".spill"),
        "autoinstall_known_extensions": False,
        "python_enable_replacements": False,
    }
    with contextlib.closing(duckdb.connect(":memory:", config=options)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield Workbench(connection, folder)


def build_file(path: Path, folder: Path, comments: Mapping[str, tuple[str, Mapping[str, str]]]) -> None:
    """Make the DuckDB file out of Parquet files named by its tables; comments: of a table, and of each column."""
    with translated(path), contextlib.closing(duckdb.connect(str(path), config=_alone())) as connection:
        # Kept in order, rows are packed twice, by one thread, and lie in larger blocks.
        connection.execute("SET preserve_insertion_order = false")
        connection.begin()
        for name, (row, columns) in comments.items():
            source = _quoted(folder / f"{name}.parquet")
            connection.execute(f'CREATE TABLE "{name}" AS FROM read_parquet({source})')
            connection.execute(f'COMMENT ON TABLE "{name}" IS {_text(row)}')
            for column, meaning in columns.items():
                connection.execute(f'COMMENT ON COLUMN "{name}"."{column}" IS {_text(meaning)}')
        connection.commit()
        connection.execute("CHECKPOINT")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says of one table."""

    columns: tuple[tuple[str, str], ...]
    """Name and type of each column in order."""
    rows: int
    mark: str
    """The same for the same rows in any order."""


_BESIDE = """
    SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE schema_name <> 'main'
    UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal
    UNION ALL SELECT function_name FROM duckdb_functions() WHERE NOT internal"""
"""Where a name could lead elsewhere, or something could hide; it is named, never run."""


def found_in_file(path: Path) -> dict[str, Found]:
    """Return what a snapshot's DuckDB file holds, by table. StoreDamaged when it holds more than tables."""
    with translated(path), contextlib.closing(_reading(path)) as connection:
        if beside := connection.execute(_BESIDE).fetchall():
            raise StoreDamaged(f"{path.name}: holds {', '.join(name for (name,) in beside)}, which is no table of it")
        names = connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        return {name: _found(connection, '"' + name.replace('"', '""') + '"') for (name,) in names}


def found_in_parquet(path: Path) -> Found:
    """Return what one Parquet file holds."""
    with translated(path), contextlib.closing(duckdb.connect(":memory:", config=_alone())) as connection:
        return _found(connection, f"read_parquet({_quoted(path)})")


def _found(connection: duckdb.DuckDBPyConnection, source: str) -> Found:
    described = connection.execute(f"DESCRIBE FROM {source}").fetchall()
    told = connection.execute(f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {source} AS t").fetchone()  # noqa: S608
    count, mark = told or (0, None)
    return Found(tuple((name, kind) for name, kind, *_ in described), int(count), str(mark))


def _reading(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), read_only=True, config=_alone() | {"enable_external_access": False})


def _alone() -> dict[str, str | bool | int | float | list[str]]:
    return {"threads": 2, "memory_limit": "1GB", "autoinstall_known_extensions": False}


def _quoted(path: Path) -> str:
    return _text(str(path))


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
