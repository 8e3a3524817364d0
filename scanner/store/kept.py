"""The record as it was before an upgrade: a copy that was read back, until the next erasing or for some days."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path

from scanner.errors import StoreDamaged
from scanner.store import files

STAYS = timedelta(days=7)
"""After these `purge` removes it; an erasing removes it at once, because what was erased is in it."""
_FOLDER, _PART = "before-upgrade", ".part-before-upgrade"


def keep(paths: list[Path], data: Path, name: str) -> Path:
    """Copy files into a folder of the data folder, which is there wholly or not at all, in the place of earlier ones.

    StoreDamaged when a copy is not what was copied. OSError when the disk refuses.
    """
    part, kept = data / _PART, data / _FOLDER / name
    shutil.rmtree(part, ignore_errors=True)
    files.make_folder(part)
    for path in paths:
        copy_whole(path, part / path.name)
    shutil.rmtree(kept.parent, ignore_errors=True)
    files.make_folder(kept.parent)
    part.rename(kept)
    files.flush_folder(kept.parent)
    return kept


def forget(data: Path) -> None:
    """Remove what was kept, and what a killed call left of it."""
    for name in (_FOLDER, _PART):
        shutil.rmtree(data / name, ignore_errors=True)


def past_days(data: Path, now: datetime) -> list[Path]:
    """Return the files that have been kept long enough."""
    found = (path for path in sorted((data / _FOLDER).rglob("*")) if path.is_file())
    return [path for path in found if path.stat().st_mtime < (now - STAYS).timestamp()]


def copy_whole(path: Path, copy: Path) -> None:
    """Copy a file durably, read it back and compare. StoreDamaged when it is another one, OSError."""
    shutil.copyfile(path, copy)
    copy.chmod(0o600)
    flush(copy)
    with path.open("rb") as one, copy.open("rb") as other:
        if file_digest(one, "sha256").digest() != file_digest(other, "sha256").digest():
            raise StoreDamaged(f"{copy}: is not what was copied; nothing was upgraded: check the disk")


def flush(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
