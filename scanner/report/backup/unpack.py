"""Unpacking a backup warily: plain files below the root alone, as many as there is room for, each as its hash says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyrage

from scanner.errors import StoreDamaged, StoreError, UsageError
from scanner.report.backup import archive
from scanner.report.backup.backup import Checked, agreed

_TOPS = frozenset({"data", "elections", "scanner.toml", "roster.csv", "secrets.toml"})
"""What may lie at the top of a workspace, beside the folder of a model."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to restore, where to, and what was erased since it was made."""

    backup: Path
    identity: pyrage.x25519.Identity
    root: Path
    marker: str
    """File of the data folder that is there until all is done; no door opens the workspace before."""
    by: str
    at: datetime
    erasures: Path | None = None
    without_erasures: str = ""
    """Why there is no newer list."""


def unpack(order: Order) -> Checked:
    """Write all files below the root and compare them with the manifest.

    UsageError for a backup past its days; StoreDamaged for one that is not whole or leads elsewhere; StoreError when
    there is no room.
    """
    found: dict[str, str] = {}
    told: dict[str, Any] = {}
    left = shutil.disk_usage(order.root).free

    def take(name: str, body: IO[bytes]) -> None:
        nonlocal left
        if name in (archive.HEAD, archive.MANIFEST):
            raw = body.read()
            told[name] = json.loads(raw)
            if name == archive.HEAD:
                found[name] = hashlib.sha256(raw).hexdigest()
                _require_days(order, str(told[name]["expires_at"]))
            return
        _require_place(order, name, told)
        found[name], size = _write(order.root / name, body, left)
        left -= size

    with order.backup.open("rb") as source:
        archive.read(source, order.identity, take)
    return agreed(told, found)


def _require_days(order: Order, expires: str) -> None:
    """Refuse a backup past its days, of which nothing has been unpacked yet."""
    if datetime.fromisoformat(expires) <= order.at:
        (order.root / "data" / order.marker).unlink()
        (order.root / "data").rmdir()
        raise UsageError(f"{order.backup}: expired on {expires[:10]}; what was erased must not live longer in a backup")


def _require_place(order: Order, name: str, told: dict[str, Any]) -> None:
    """Refuse what belongs nowhere in a workspace, comes before the head, or would take the marker's place."""
    top, _, rest = name.partition("/")
    if archive.HEAD not in told or (top not in _TOPS and not rest) or name == f"data/{order.marker}":
        raise StoreDamaged(f"{order.backup}: {name[:80]!r} belongs into no workspace")


def _write(path: Path, body: IO[bytes], left: int) -> tuple[str, int]:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = 0o400 if path.parts[-4:-3] in (("evidence",), ("media",)) else 0o600
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        with os.fdopen(descriptor, "wb") as file:
            digest, size = archive.hashed(_Bounded(body, left, path), file)
    except OSError as error:
        raise archive.as_error(error, path) from error
    return digest, size


class _Bounded:
    """Reads no more than there is room for."""

    def __init__(self, body: IO[bytes], left: int, path: Path) -> None:
        self._body, self._left, self._path = body, left, path

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise StoreError(f"{self._path}: the backup holds more than the disk has room for")
        return piece
