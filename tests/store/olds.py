"""Records as older scanners left them: the tables of one release, filled with what they could hold then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from scanner.store import manifest, migrations
from scanner.store.connection import Store

RELEASES = range(1, len(migrations.MIGRATIONS))
"""Steps a record of each older release has been through."""


def make_old(full: Store, path: Path, steps: int) -> Store:
    """Make a record that has been through so many steps, and holds what of a full one fits into its tables."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with full.lease("test") as lease, duckdb.connect(str(path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        migrations.migrate(connection, migrations.MIGRATIONS[:steps])
        for name, columns in _tables(connection).items():
            rows = lease.arrow(f"SELECT {', '.join(columns)} FROM {name}")
            connection.register("rows", rows)
            connection.execute(f"INSERT INTO {name} BY NAME FROM rows")
            connection.unregister("rows")
    for head in full.path.parent.glob("*.head"):
        if steps >= 3 or head.name != manifest.anchor_path(path.parent).name:
            path.with_name(head.name).write_bytes(head.read_bytes())
    return Store(path)


def rows_of(path: Path, columns: dict[str, Sequence[str]] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows of every table, or of the named columns, without opening the record as the scanner does."""
    with duckdb.connect(str(path), read_only=True) as connection:
        named = columns or _tables(connection)
        return {
            name: connection.execute(f"SELECT {', '.join(its)} FROM {name} ORDER BY ALL").fetchall()
            for name, its in named.items()
        }


def columns_of(path: Path) -> dict[str, Sequence[str]]:
    """Return the columns of every table but those that a step fills for rows that are there already."""
    with duckdb.connect(str(path), read_only=True) as connection:
        later = {'"link"', '"salt"', '"leaf"'}
        return {name: [one for one in its if one not in later] for name, its in _tables(connection).items()}


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Sequence[str]]:
    rows = connection.execute("""
        SELECT c.table_name, list('"' || c.column_name || '"' ORDER BY c.column_index) FROM duckdb_columns() AS c
        JOIN duckdb_tables() AS t USING (table_oid) WHERE c.table_name <> 'migrations' GROUP BY 1""").fetchall()
    return dict(rows)
