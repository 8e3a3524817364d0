"""Where snapshots lie: data/snapshots/<UTC>, one process at a time writing, whole folders only."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.errors import StoreLocked
from scanner.report.snapshot.telling import ABOUT, FORMAT, SUMS
from scanner.store import files

PART, LATEST = ".part-", "latest"


@dataclass(frozen=True, slots=True)
class Lying:
    """A snapshot on the disk."""

    path: Path
    told: dict[str, Any]
    """Its snapshot.json."""


def folder_of(data: Path) -> Path:
    """Return where the snapshots of a data folder lie."""
    return data / "snapshots"


def list_snapshots(data: Path) -> list[Lying]:
    """Return the snapshots, oldest first; folders that are none are passed over."""
    return [Lying(path, told) for path in sorted(folder_of(data).glob("*")) if (told := _about(path)) is not None]


@contextlib.contextmanager
def alone(data: Path) -> Iterator[Path]:
    """Hold the folder of the snapshots against a second publisher; what a killed one left is removed."""
    folder = folder_of(data)
    files.make_folder(folder)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreLocked(f"{folder}: another snapshot is being published; try again when it is done") from error
        for left in folder.glob(f"{PART}*"):
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        yield folder


def free_name(folder: Path, at: datetime, *, identifiable: bool) -> str:
    """Return a name that sorts by time and is not taken."""
    stem = f"{at:%Y-%m-%dT%H%M%SZ}"
    names = (
        f"{stem}{f'-{number}' if number else ''}{'-identifiable' if identifiable else ''}" for number in range(1000)
    )
    return next(name for name in names if not (folder / name).exists())


def seal(part: Path) -> str:
    """Write SHA256SUMS over all files, make them read-only and wait until all is on the disk; return its hash."""
    found = sorted(path for path in part.rglob("*") if path.is_file())
    sums = "".join(f"{digest(path)}  {path.relative_to(part).as_posix()}\n" for path in found)
    (part / SUMS).write_text(sums, "utf-8")
    for path in (*found, part / SUMS):
        path.chmod(0o444)
        with path.open("rb") as file:
            os.fsync(file.fileno())
    for folder in sorted({path.parent for path in found} | {part}):
        files.flush_folder(folder)
    return digest(part / SUMS)


def point_latest(folder: Path, name: str) -> None:
    """Let `latest` lead to a snapshot, in one step."""
    link = folder / f"{PART}{LATEST}"
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(folder / LATEST)
    files.flush_folder(folder)


def remove(snapshot: Path) -> None:
    """Remove a snapshot so that a kill leaves it whole or as something the next publisher clears away."""
    doomed = snapshot.with_name(f"{PART}{snapshot.name}")
    snapshot.rename(doomed)
    shutil.rmtree(doomed)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _about(path: Path) -> dict[str, Any] | None:
    if path.is_symlink() or not path.is_dir() or path.name.startswith("."):
        return None
    try:
        told: dict[str, Any] = json.loads((path / ABOUT).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and told.get("format") == FORMAT else None
