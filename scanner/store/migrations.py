"""How the tables came to be: named steps in order, and a ledger of those a database has been through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import duckdb

from scanner.errors import StoreError, StoreOutdated
from scanner.store import additions, schema

Migration: TypeAlias = Callable[[duckdb.DuckDBPyConnection], None]


def m001_initial(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the first release."""
    for statement in schema.statements():
        connection.execute(statement)


def m002_gathering(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what gathering without gaps remembers: sweeps, budgets, and how a capture could be seen."""
    for statement in schema.statements(additions.GATHERING):
        connection.execute(statement)


def m003_manifest(connection: duckdb.DuckDBPyConnection) -> None:
    """Chain what was captured; what is on record already is taken up as it is now."""
    from scanner.store import manifest
    from scanner.store.connection import Lease  # which imports this module

    for statement in schema.statements(additions.MANIFEST):
        connection.execute(statement)
    if connection.execute("SELECT count(*) FROM captures").fetchone() != (0,):
        [(path,)] = connection.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchall()
        manifest.adopt(Lease(connection=connection, path=Path(path)))


def m004_media(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the pictures of flagged posts."""
    for statement in schema.statements(additions.MEDIA):
        connection.execute(statement)


def m005_erasing(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what is still to be done of an erasing, so that a kill cannot leave words behind."""
    for statement in schema.statements(additions.ERASING):
        connection.execute(statement)


def m006_days(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the ledger of coverage per account and day."""
    for statement in schema.statements(additions.LEDGER_OF_DAYS):
        connection.execute(statement)


def m007_users(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the people who use the review desk, their sessions and their tries to sign in."""
    for statement in schema.statements(additions.USERS):
        connection.execute(statement)


def m008_reviewing(connection: duckdb.DuckDBPyConnection) -> None:
    """Add who has which item in hand, rulings, gold, draws and drafts; what was judged before stays judged."""
    for statement in schema.statements(additions.REVIEWING):
        connection.execute(statement)
    connection.execute(additions.JUDGED_BEFORE)


def m009_waits(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what hosts asked for by Retry-After, which holds for later runs too."""
    for statement in schema.statements(additions.WAITS):
        connection.execute(statement)


def m010_leaving(connection: duckdb.DuckDBPyConnection) -> None:
    """Add who is suspended, what is left of posts that had to leave, and which files left the record."""
    for statement in schema.statements(additions.LEAVING):
        connection.execute(statement)


def m011_edits(connection: duckdb.DuckDBPyConnection) -> None:
    """Add which versions are of posts that have several; what was edited before stays known as edited."""
    for statement in schema.statements(additions.EDITS):
        connection.execute(statement)
    connection.execute(additions.EDITED_BEFORE)


def m012_running(connection: duckdb.DuckDBPyConnection) -> None:
    """Add what began a run and what it brought, pauses, and which machine keeps the schedule."""
    for statement in schema.statements(additions.RUNNING):
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (
    m001_initial,
    m002_gathering,
    m003_manifest,
    m004_media,
    m005_erasing,
    m006_days,
    m007_users,
    m008_reviewing,
    m009_waits,
    m010_leaving,
    m011_edits,
    m012_running,
)
"""In order; a released step is never changed, a change is a further step."""


def applied(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the steps this database has been through, in order. Writes nothing."""
    # Asking the catalogue first whether the ledger is there would cost every lease 20 ms.
    try:
        return [name for (name,) in connection.execute("SELECT name FROM migrations ORDER BY name").fetchall()]
    except duckdb.CatalogException:
        return []


def make_ready(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of a record in which nothing has happened yet.

    StoreOutdated for one that an older scanner filled: `upgrading` takes its steps, and keeps it as it was before.
    """
    waiting = pending(connection)
    if 0 < len(waiting) < len(MIGRATIONS) and connection.execute("FROM audit LIMIT 1").fetchone():
        raise StoreOutdated(
            f"the database was made by an older scanner ({waiting[0].__name__} to {waiting[-1].__name__} are still to "
            "be done): run `scanner upgrade`, which keeps a copy of it as it is"
        )
    for step in waiting:
        _take(connection, step)


def migrate(connection: duckdb.DuckDBPyConnection, steps: Sequence[Migration] = MIGRATIONS) -> list[str]:
    """Take the steps a database has not been through, each with its ledger row in one transaction.

    Returns the names of the steps taken. Errors as of `pending`.
    """
    waiting = pending(connection, steps)
    for step in waiting:
        _take(connection, step)
    return [step.__name__ for step in waiting]


def pending(connection: duckdb.DuckDBPyConnection, steps: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Return the steps a database has not been through. Writes nothing.

    One that has been through steps unknown here was made by a newer scanner and is refused with StoreError, because
    writing it with older code could spoil it.
    """
    return missing(applied(connection), steps)


def missing(done: Sequence[str], steps: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Return the steps that are not among those done. Errors as of `pending`."""
    known = [step.__name__ for step in steps]
    if newer := [name for name in done if name not in known]:
        raise StoreError(
            f"the database was made by a newer scanner (it has been through {', '.join(newer)}; "
            f"this scanner knows up to {known[-1]}): update the scanner"
        )
    return [step for step in steps if step.__name__ not in done]


def _take(connection: duckdb.DuckDBPyConnection, step: Migration) -> None:
    connection.begin()
    try:
        connection.execute(schema.LEDGER)
        step(connection)
        connection.execute("INSERT INTO migrations VALUES (?, now())", [step.__name__])
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
