from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from scanner.errors import StoreError
from scanner.store import migrations
from scanner.store.connection import Store


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        yield connection


def m900_colour(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE colours (name VARCHAR)")


def m901_broken(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE half (name VARCHAR)")
    raise ZeroDivisionError


def test_it_takes_each_step_once_and_in_order(connection: duckdb.DuckDBPyConnection) -> None:
    assert migrations.applied(connection) == []
    names = [step.__name__ for step in migrations.MIGRATIONS]
    assert migrations.migrate(connection) == names
    assert migrations.migrate(connection) == []
    assert migrations.migrate(connection, [*migrations.MIGRATIONS, m900_colour]) == ["m900_colour"]
    assert migrations.applied(connection) == [*names, "m900_colour"]


def test_asking_what_was_applied_writes_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    migrations.applied(connection)
    assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)


def test_a_step_that_fails_leaves_neither_change_nor_ledger_row(connection: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ZeroDivisionError):
        migrations.migrate(connection, [m900_colour, m901_broken])
    assert migrations.applied(connection) == ["m900_colour"]
    assert connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'half'").fetchone() == (0,)


def test_it_refuses_a_database_of_a_newer_scanner(store: Store) -> None:
    with store.lease("later") as lease:
        lease.execute("INSERT INTO migrations VALUES ('m999_future', now())")
    known = rf"newer scanner \(it has been through m999_future; .* up to {migrations.MIGRATIONS[-1].__name__}\)"
    with pytest.raises(StoreError, match=known):
        store.lease("now").__enter__()


def test_the_names_of_the_steps_sort_in_their_order() -> None:
    names = [step.__name__ for step in migrations.MIGRATIONS]
    assert names == sorted(set(names))
