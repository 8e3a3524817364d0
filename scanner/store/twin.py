"""A copy of the record as it is at one moment, for work that reads much: nobody waits while it is read."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scanner.errors import StoreError, StoreFull
from scanner.store import faults
from scanner.store.connection import Store

PART = ".part-"
"""How the name of its folder begins; what a killed run leaves of it, `purge` removes."""


@contextlib.contextmanager
def twin(store: Store, purpose: str) -> Iterator[Store]:
    """Yield a copy of the record, which is gone afterwards; whoever writes to the record waits for its bytes alone.

    What reads through rows for minutes would slow every decision of a running desk, whose threads would do it. The copy
    holds what the file holds, names and words too. Errors: StoreLocked, StoreFull, StoreInterrupted, StoreError.
    """
    with store.lease(purpose):
        pass  # migrations are through, and the file is there
    with workplace(store.path.parent, purpose) as folder:
        with store.still(purpose):
            copy_bytes(store.path, folder / store.path.name)
        yield Store(folder / store.path.name)


@contextlib.contextmanager
def workplace(data: Path, purpose: str) -> Iterator[Path]:
    """Yield a private folder inside the data folder, which is gone afterwards. Errors: StoreFull, StoreError."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{PART}{purpose}-", dir=data))
    except OSError as error:
        raise _failure(data, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_bytes(database: Path, copy: Path) -> None:
    """Copy a database that nobody writes to, with its WAL if there is one. Errors: StoreFull, StoreError."""
    try:
        for suffix in ("", ".wal"):
            source, target = (path.with_name(f"{path.name}{suffix}") for path in (database, copy))
            target.unlink(missing_ok=True)
            if source.exists():
                target.touch(mode=0o600)
                shutil.copyfile(source, target)
    except OSError as error:
        raise _failure(copy, error) from error


def _failure(path: Path, error: OSError) -> StoreError:
    kind = StoreFull if faults.is_full(error) else StoreError
    return kind(f"{path}: the database cannot be copied ({error.strerror}); nothing is lost")
