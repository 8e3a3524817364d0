"""Files that left the record and have to leave themselves, as far as they still lie where they were written."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from scanner.store import exports, posts
from scanner.store.connection import Lease
from scanner.store.exports import Export

SUMS = "SHA256SUMS"
"""File of an exported folder that lists the others; its own hash is the hash of the folder."""


VALID = timedelta(days=7)
"""So long a reviewer may judge from an offline file; the posts in it stay so long too."""


class Removal(Enum):
    """What became of a file that was to leave."""

    REMOVED = "removed"
    MISSING = "missing"  # it was not there any more: removed before, or moved
    STAYS = "stays"  # altered since, not to be removed, or on a disk that is not there


def leaving_exports(
    lease: Lease, *, before: datetime, words_leave: bool, now: datetime, due: Iterable[str] = ()
) -> list[Export]:
    """Return the files that leave: those made before a moment, and all with words or names once posts leave.

    Backups and pseudonymous snapshots are none of them: they have days of their own. So have offline review files.
    Evidence of a post leaves with it: once it is among the `due`, or on record no more.
    """
    found = exports.load_exports(lease)
    bundled = {one.series or "" for one in found if one.kind == exports.BUNDLE}
    gone = bundled.intersection(due) | bundled - posts.known_ids(lease, bundled) if bundled else set[str]()
    return [
        one
        for one in found
        if (one.series in gone if one.kind == exports.BUNDLE else _leaves(one, before, words_leave, now))
    ]


def remove_export(export: Export) -> Removal:
    """Remove a file, or a folder as far as its files are as they were written.

    What somebody altered, or put in its place, is somebody's own: it is told of and left alone. So is what the disk
    does not let go: one file must not keep everything else from leaving.
    """
    try:
        path = Path(export.path)
        if not path.is_symlink() and not path.exists():
            # A disk that is not mounted keeps what lies on it: only where its folder is there it is known to be gone.
            return Removal.MISSING if path.parent.is_dir() else Removal.STAYS
        return Removal.REMOVED if _remove(path, export.sha256) else Removal.STAYS
    except OSError:
        return Removal.STAYS


def forget_exports(lease: Lease, paths: Iterable[str]) -> None:
    """Cross off what has left."""
    lease.execute("DELETE FROM exports WHERE path = ANY(?::VARCHAR[])", [list(paths)])


def _leaves(export: Export, before: datetime, words_leave: bool, now: datetime) -> bool:
    if export.kind == "backup" or (export.kind == "snapshot" and not export.identifiable):
        return False
    if export.kind == exports.REVIEW:
        return export.made_at < now - VALID
    return export.made_at < before or (export.identifiable and words_leave)


def _remove(path: Path, sealed: str) -> bool:
    if path.is_symlink():
        return False
    if path.is_dir():
        return _remove_folder(path, sealed)
    if _digest(path) != sealed:
        return False
    path.unlink()
    return True


def _remove_folder(folder: Path, sealed: str) -> bool:
    """Remove the files that the folder lists, the list last: a kill leaves the rest to be found again."""
    sums = folder / SUMS
    if not sums.is_file() or _digest(sums) != sealed:
        return False
    for line in sums.read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = folder / name
        if path.is_file() and not path.is_symlink() and _digest(path) == digest:
            path.unlink()
    left = [path for path in folder.rglob("*") if (path.is_symlink() or not path.is_dir()) and path != sums]
    if left:
        return False
    sums.unlink()
    for one in sorted((path for path in folder.rglob("*")), reverse=True):
        one.rmdir()
    with contextlib.suppress(OSError):
        folder.rmdir()
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
