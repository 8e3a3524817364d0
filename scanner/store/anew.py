"""The database written anew, because deleted words lie in the old file still (design, decision 4)."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from scanner.errors import StoreError, StoreFull
from scanner.store import faults, files, kept
from scanner.store.connection import Store


def write_anew(store: Store) -> None:
    """Write the database into a new file and put it in the place of the old.

    `DELETE`, `CHECKPOINT` and `VACUUM` leave words in a file. Killed half-way, or without room (StoreFull), the old
    file is whole. The copy from before an upgrade leaves too: the words are in it.
    """
    with store.lease("write the record anew") as lease:  # migrations are through, and the WAL is taken in at its end
        [(needed,)] = lease.rows("SELECT used_blocks * block_size FROM pragma_database_size()")
    fresh = store.path.with_name(f"{store.path.name}.fresh")
    with store.aside("write the record anew"):
        _remove(fresh, _wal(fresh))
        shutil.rmtree(store.path.with_name(f"{store.path.name}.tmp"), ignore_errors=True)  # of a killed process
        _require_room(store.path, int(needed))
        with _or_none_of_it(fresh, store.path):
            store.copy_to(fresh)
        if _wal(store.path).exists():
            raise StoreError(f"{store.path}: its WAL was not taken in, so nothing was replaced; try again")
        fresh.chmod(0o600)
        fresh.replace(store.path)
        kept.forget(store.path.parent)
        files.flush_folder(store.path.parent)


def _require_room(database: Path, needed: int) -> None:
    free = shutil.disk_usage(database.parent).free
    if free < needed:
        raise _full(database, f"{needed / 2**20:.0f} MiB are needed and {free / 2**20:.0f} MiB are free")


@contextlib.contextmanager
def _or_none_of_it(fresh: Path, database: Path) -> Iterator[None]:
    """Leave nothing behind of a copy that fails; say so plainly where the disk is full."""
    try:
        yield
    except (StoreError, OSError) as error:
        _remove(fresh, _wal(fresh))
        if faults.is_full(error):
            raise _full(database, "the disk is full") from error
        raise


def _full(database: Path, why: str) -> StoreFull:
    return StoreFull(
        f"{database}: no room to write it anew ({why}); nothing is lost, but deleted words lie in it until it is done: "
        "make room and run `scanner purge` again"
    )


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _wal(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")
