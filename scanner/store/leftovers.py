"""What lies on the disk though no row names it: erased and not yet removed, or left by a killed run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from scanner.errors import StoreDamaged, StoreError
from scanner.store import audit, evidence, manifest, media, tables
from scanner.store.connection import Lease

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = ".part-"
"""How the name of a file begins that is still being written."""


class Kind(StrEnum):
    """What has to leave the disk, or be written anew."""

    CAPTURE = "capture"
    PICTURE = "picture"
    DATABASE = "database"


_NAMED = {
    Kind.CAPTURE: "SELECT DISTINCT sha256 FROM captures",
    Kind.PICTURE: "SELECT DISTINCT display_sha256 FROM media WHERE display_sha256 NOT NULL",
}
"""The files of each kind that rows name."""


def note(lease: Lease, kind: Kind, names: Iterable[str]) -> None:
    """Remember, in the transaction that erases the rows, what must leave the disk after it."""
    tables.insert_new(lease, "erasing", [{"kind": kind, "name": name} for name in names], keys=["kind", "name"])


def waiting(lease: Lease) -> list[tuple[Kind, str]]:
    """Return what has left the rows and not yet the disk."""
    return [(Kind(kind), name) for kind, name in lease.rows("SELECT kind, name FROM erasing ORDER BY ALL")]


def cross_off(lease: Lease, done: Iterable[tuple[Kind, str]]) -> None:
    """Forget what has left the disk."""
    named = list(done)
    for kind in {kind for kind, _ in named}:
        names = [name for its, name in named if its is kind]
        lease.execute("DELETE FROM erasing WHERE kind = ? AND name = ANY(?::VARCHAR[])", [kind, names])


def unlink(lease: Lease, named: Sequence[tuple[Kind, str]]) -> None:
    """Remove files, but none that a row names (again): the same bytes may have been captured anew meanwhile."""
    for kind in _NAMED:
        names = {name for its, name in named if its is kind}
        for name in sorted(names - _of_rows(lease, kind) if names else ()):
            _remove(evidence.path_of(_folder(lease, kind), name))


def unnamed(lease: Lease, kind: Kind) -> set[str]:
    """Return the hashes that files are named by and no row knows, but for those that wait to be removed."""
    files = {path.name for path in _files(lease, kind)} - {name for its, name in waiting(lease) if its is kind}
    return {name for name in files if _SHA256.fullmatch(name)} - _of_rows(lease, kind) if files else set()


def sweep(lease: Lease, before: datetime, *, by: str, at: datetime) -> int:
    """Mark for removal what a killed run left before a moment, and return how many files that are.

    Bytes are written before their rows and under the same lease, so that whatever has no row now never gets one. What
    is half written goes at once. Where links of the manifest were lost, files may be all that is left of them: then
    nothing is touched.
    """
    try:
        manifest.head(lease)
    except StoreDamaged:
        return 0
    count = 0
    for kind in _NAMED:
        lost, files = unnamed(lease, kind), _files(lease, kind)
        # NOTE: st_ctime, unlike st_mtime, is young in a folder that has just been restored from a backup.
        old = [path.name for path in files if path.name in lost and path.stat().st_ctime < before.timestamp()]
        note(lease, kind, old)
        count += len(old)
        for path in files:
            if path.name.startswith(_PART):
                _remove(path)
    if count:
        audit.append(lease, actor=by, action="evidence.sweep", subject="evidence", detail={"files": count}, at=at)
    return count


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{path}: erased, but cannot be removed ({error.strerror}); try again") from error


def _of_rows(lease: Lease, kind: Kind) -> set[str]:
    return {name for (name,) in lease.rows(_NAMED[kind])}


def _folder(lease: Lease, kind: Kind) -> Path:
    return evidence.folder_of(lease.folder) if kind is Kind.CAPTURE else media.folder_of(lease.folder)


def _files(lease: Lease, kind: Kind) -> list[Path]:
    return sorted(path for path in _folder(lease, kind).glob("??/??/*") if path.is_file())
