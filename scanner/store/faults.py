"""What DuckDB says when something is wrong, told in one line as our errors."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from scanner.errors import StoreDamaged, StoreError, StoreLocked

_FOREIGN_LOCK = re.compile(r"Could not set lock.*?\(PID (\d+)\)", re.DOTALL)
_SAME_PROCESS = "same database file with a different configuration"
_ENVIRONMENT = re.compile(r"No space left|File too large|Permission denied|Read-only file|Is a directory|newer version")
_FULL = re.compile(r"No space left|File too large|quota exceeded", re.IGNORECASE)
_DAMAGE = re.compile(r"[Cc]orrupt|checksum|not a valid DuckDB|replaying WAL|[Ss]erializ")


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Tell DuckDB's errors as StoreError or StoreDamaged, in one line that names the file."""
    try:
        yield
    except duckdb.Error as error:
        text = one_line(error)
        raise (_damaged(path, text) if _DAMAGE.search(text) else StoreError(f"{path}: {text}")) from error


def of_opening(path: Path, error: duckdb.Error, wait: float) -> StoreError:
    """Return why a database cannot be opened: StoreLocked, StoreDamaged, or StoreError for its surroundings."""
    text = one_line(error)
    if (pid := foreign_holder(error)) is not None:
        return StoreLocked(f"{path}: held by PID {pid}, which does not queue; waited {wait:g} s")
    if _SAME_PROCESS in text:
        return StoreLocked(f"{path}: held by PID {os.getpid()}, this very process, outside a lease")
    if _ENVIRONMENT.search(text):
        return StoreError(f"{path}: cannot be opened: {text}")
    return _damaged(path, text)


def foreign_holder(error: duckdb.Error) -> str | None:
    """Return the PID of the program that has the file open, when that is what is wrong."""
    found = _FOREIGN_LOCK.search(str(error))
    return found[1] if found else None


def is_full(error: BaseException | None) -> bool:
    """Tell whether an error comes, or came in the first place, from a disk without room."""
    return error is not None and (_FULL.search(str(error)) is not None or is_full(error.__cause__))


def one_line(error: Exception) -> str:
    """Return the first line of what an error says."""
    return next(iter(str(error).splitlines()), type(error).__name__).strip()


def _damaged(path: Path, text: str) -> StoreDamaged:
    return StoreDamaged(
        f"{path}: cannot be trusted: {text.rstrip('.')}. Delete nothing: move the file and its WAL aside together, "
        f"restore the last backup, then run `scanner verify`"
    )
