"""Bringing a record that an older scanner filled up to this one: on a copy, checked, and put in its place at once.

Killed anywhere, the record is as it was or wholly brought up.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from scanner import __version__
from scanner.errors import StoreDamaged, StoreError, StoreFull
from scanner.store import audit, faults, files, kept, locking, manifest, migrations, remote
from scanner.store.connection import Store
from scanner.store.faults import translated
from scanner.store.lease import Lease

_WORK = ".part-upgrade.duckdb"
Before = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Schema:
    """How far a record is."""

    applied: tuple[str, ...]
    """Names of the steps it has been through, in order."""
    pending: tuple[str, ...]
    """Names of those this scanner takes beyond."""

    @property
    def old(self) -> str:
        """The last step it has been through."""
        return self.applied[-1] if self.applied else "none"

    @property
    def new(self) -> str:
        """The last step this scanner knows."""
        return self.pending[-1] if self.pending else self.old


def read_schema(store: Store) -> Schema:
    """Tell how far the record is; nothing is written. StoreError when a newer scanner made it, StoreLocked."""
    if not store.path.exists():
        return Schema((), ())
    if remote.answering(store.path, store.wait):  # the desk has it open
        with store.lease("upgrade: look", reading=True) as lease:
            return _of([name for (name,) in lease.rows("SELECT name FROM migrations ORDER BY name")])
    with locking.held(store.path, "upgrade: look", wait=store.wait):
        return _schema(store.path)


def upgrade(store: Store, *, by: str, at: datetime, before: Before = lambda _kept: None) -> Path | None:
    """Take all pending steps; return the folder in which the record lies as it was, None when there was nothing to do.

    `before` is called with that folder before anything else is done. Errors: StoreLocked while the desk or another
    command runs, StoreFull without room for two more copies, StoreDamaged when the record does not hold, StoreError
    when a newer scanner made it.
    """
    data = store.path.parent
    with locking.held(store.path, "upgrade", wait=store.wait):
        schema = _schema(store.path)
        if not schema.pending:
            return None
        _require_room(store.path)
        with _or_none_of_it(store.path):
            _take_log_in(store)
            heads = [path for path in (audit.anchor_path(data), manifest.anchor_path(data)) if path.exists()]
            folder = kept.keep([store.path, *heads], data, f"{at:%Y%m%dT%H%M%SZ}-{schema.old}")
            before(folder)
            lease = _brought_up(store, schema, by=by, at=at)
            (data / _WORK).replace(store.path)
        files.flush_folder(data)
        for follow in lease.after_commit.values():
            follow()
        return folder


def bring_up(store: Store) -> None:
    """Take all pending steps in place: for a record that is being restored, which is begun anew when it is cut off."""
    with (
        locking.held(store.path, "restore: upgrade", wait=store.wait),
        contextlib.closing(store._connect()) as connection,
        translated(store.path),
    ):
        migrations.migrate(connection)


def _schema(database: Path) -> Schema:
    try:
        with contextlib.closing(duckdb.connect(str(database), read_only=True)) as connection:
            return _of(migrations.applied(connection))
    except duckdb.Error as error:
        raise faults.of_opening(database, error, 0.0) from error


def _of(applied: list[str]) -> Schema:
    return Schema(tuple(applied), tuple(step.__name__ for step in migrations.missing(applied)))


def _require_room(database: Path) -> None:
    needed, free = 2 * database.stat().st_size, shutil.disk_usage(database.parent).free
    if free < needed:
        told = f"{needed / 2**20:.0f} MiB are needed and {free / 2**20:.0f} MiB are free"
        raise StoreFull(f"{database}: no room to upgrade ({told}); nothing was changed")


@contextlib.contextmanager
def _or_none_of_it(database: Path) -> Iterator[None]:
    """Leave nothing behind of an upgrade that fails; say so plainly where the disk is full."""
    try:
        yield
    except BaseException as error:
        kept.forget(database.parent)
        _clear(database)
        if faults.is_full(error):
            raise StoreFull(f"{database}: the disk is full, so nothing was upgraded; make room, try again") from error
        raise


def _clear(database: Path) -> None:
    for name in (_WORK, f"{_WORK}.wal"):
        database.with_name(name).unlink(missing_ok=True)


def _take_log_in(store: Store) -> None:
    """Let the file alone hold everything: only then is a copy of it whole."""
    with contextlib.closing(store._connect()) as connection, translated(store.path):
        connection.execute("CHECKPOINT")
    if store.path.with_name(f"{store.path.name}.wal").exists():
        raise StoreError(f"{store.path}: its WAL was not taken in, so nothing was upgraded; try again")


def _brought_up(store: Store, schema: Schema, *, by: str, at: datetime) -> Lease:
    """Take the steps on a copy of the record; return what is still to follow once it is in its place."""
    _clear(store.path)
    work = replace(store, path=store.path.with_name(_WORK))
    kept.copy_whole(store.path, work.path)
    with contextlib.closing(work._connect()) as connection, translated(store.path):
        lease, rows = Lease(connection=connection, path=store.path), _counts(connection)
        migrations.migrate(connection)
        _require_whole(lease, rows)
        connection.begin()
        detail = {"from": schema.old, "to": schema.new, "version": __version__}
        audit.append(lease, actor=by, action="record.upgrade", subject="record", detail=detail, at=at)
        connection.commit()
        connection.execute("CHECKPOINT")
    if work.path.with_name(f"{_WORK}.wal").exists():
        raise StoreError(f"{work.path}: its WAL was not taken in, so nothing was upgraded; try again")
    kept.flush(work.path)
    return lease


def _counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Return how many rows each table has, but for the ledger of the steps."""
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name <> 'migrations'").fetchall()
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for (name,) in names}  # noqa: S608


def _require_whole(lease: Lease, rows: dict[str, int]) -> None:
    """Require that no table lost or won rows, and that the chain holds."""
    now = {name: lease.rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in rows}  # noqa: S608
    if other := sorted(name for name in rows if now[name] != rows[name]):
        raise StoreDamaged(f"{lease.path}: not upgraded: {other[0]} had {rows[other[0]]} rows, then {now[other[0]]}")
    if problems := audit.verify(lease).problems:
        raise StoreDamaged(f"{lease.path}: not upgraded: {problems[0]}; run `scanner verify`")
