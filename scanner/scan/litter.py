"""Files that no row names and nobody needs any more: logs past their days, and what was never written to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

_PART = ".part-"
"""How the name of a file or folder begins that is still being written."""


def old_logs(folder: Path, before: datetime) -> list[Path]:
    """Return the logs last written to before a moment; not what running programs take turns by."""
    found = (path for path in _files(folder) if path.suffix != ".lock")
    return [path for path in found if path.stat().st_mtime < before.timestamp()]


def parts(data: Path, before: datetime) -> list[Path]:
    """Return what lies half written in a data folder since before a moment."""
    found = (path for path in _files(data) if any(part.startswith(_PART) for part in path.relative_to(data).parts))
    # NOTE: st_ctime, unlike st_mtime, is young in a folder that has just been restored from a backup.
    return [path for path in found if path.stat().st_ctime < before.timestamp()]


def beside(targets: Iterable[Path], before: datetime) -> list[Path]:
    """Return what lies half written beside these exports since before a moment: wherever somebody exported to."""
    folders = (target.with_name(f"{_PART}{target.name}") for target in targets)
    found = (path for folder in folders for path in _files(folder))
    return [path for path in found if path.stat().st_ctime < before.timestamp()]


def remove(paths: list[Path]) -> int:
    """Remove files, and what is left empty of half-written folders; return how many files."""
    for path in paths:
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else is in it
            for folder in _half_written(path):
                folder.rmdir()
    return len(paths)


def _half_written(path: Path) -> list[Path]:
    """Return the folders around a file up to the one that is half written itself; none for a file that is."""
    names = [folder.name.startswith(_PART) for folder in (path, *path.parents)]
    return list(path.parents)[: names.index(True)] if True in names else []


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
