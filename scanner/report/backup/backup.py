"""Making a backup: packed, encrypted, read back and compared; older ones leave, and the erasure list is laid beside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pyrage

from scanner import __version__
from scanner.errors import StoreDamaged, StoreError
from scanner.report.backup import archive
from scanner.report.backup.archive import Member
from scanner.report.backup.contents import copied
from scanner.store import audit, erasures, files
from scanner.store.connection import Store
from scanner.store.exports import Export, save_export

FORMAT = "scanner-backup-1"
SUFFIX = ".tar.zst.age"
_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Order:
    """What to write and for whose key."""

    folder: Path
    recipient: pyrage.x25519.Recipient
    by: str
    at: datetime
    keep_days: int
    secrets: bool = False
    model: str = ""
    """Of the settings: a model in the workspace goes in."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was read whole."""

    made_at: datetime
    expires_at: datetime
    files: int
    version: str
    """Of the scanner that made it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written and read back."""

    path: Path
    sha256: str
    checked: Checked
    pruned: tuple[str, ...]
    """Names of those whose days were over."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A backup that was written and read back, and is not on record yet."""

    path: Path
    sha256: str
    checked: Checked


def make_backup(store: Store, order: Order) -> Made:
    """Write a backup into a folder and prune those that have expired. It is there wholly or not at all.

    Errors: StoreError when a disk refuses, StoreDamaged when what was written is not what was read.
    """
    packed = pack(order, copied(store, secrets=order.secrets, model=order.model))
    return note(store, order, packed)


def pack(order: Order, source: AbstractContextManager[Iterator[Member]]) -> Packed:
    """Write what goes in into a file and read it back.

    It is encrypted for the recipient and for a key that lives as long as this call, by which it is read back and
    compared. Errors as of `make_backup`.
    """
    expires = order.at + timedelta(days=order.keep_days)
    path = order.folder / f"{order.at.astimezone(UTC):{_TIME}}-until-{expires.astimezone(UTC):{_TIME}}{SUFFIX}"
    part, once = path.with_name(f".part-{path.name}"), pyrage.x25519.Identity.generate()
    try:
        files.make_folder(order.folder)
        for left in order.folder.glob(f".part-*{SUFFIX}"):
            left.unlink()
        part.touch(mode=0o600, exist_ok=False)
        with part.open("wb") as target:
            with source as members:
                archive.write(target, _head(order), members, [order.recipient, once.to_public()])
            target.flush()
            os.fsync(target.fileno())
        checked = check(part, once)
        part.replace(path)
        files.flush_folder(order.folder)
    except OSError as error:
        raise archive.as_error(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return Packed(path, _digest(path), checked)


def note(store: Store, order: Order, packed: Packed) -> Made:
    """Put a backup on record, lay the erasure list beside it, and prune those that have expired."""
    with store.lease("backup: note it") as lease:
        detail = {"sha256": packed.sha256, "secrets": order.secrets, "keep_days": order.keep_days}
        audit.append(lease, actor=order.by, action="backup.make", subject=packed.path.name, detail=detail, at=order.at)
        path = str(packed.path.absolute())
        save_export(lease, Export(path, "backup", order.at, order.by, packed.sha256, identifiable=True))
    erasures.share(store)
    return Made(packed.path, packed.sha256, packed.checked, tuple(prune(order.folder, order.at)))


def check(path: Path, identity: pyrage.x25519.Identity) -> Checked:
    """Read a backup whole and compare every file with its manifest. StoreDamaged when anything does not agree."""
    found: dict[str, str] = {}
    told: dict[str, Any] = {}

    def take(name: str, body: IO[bytes]) -> None:
        if name in (archive.HEAD, archive.MANIFEST):
            raw = body.read()
            told[name] = json.loads(raw)
            if name == archive.MANIFEST:
                return
            found[name] = hashlib.sha256(raw).hexdigest()
        else:
            found[name], _ = archive.hashed(body)

    with path.open("rb") as source:
        archive.read(source, identity, take)
    return agreed(told, found)


def agreed(told: Mapping[str, Any], found: Mapping[str, str]) -> Checked:
    """Compare what was read with what head and manifest say. StoreDamaged when anything does not agree."""
    head, manifest = told.get(archive.HEAD), told.get(archive.MANIFEST)
    if not isinstance(head, dict) or not isinstance(manifest, dict) or head.get("format") != FORMAT:
        raise StoreDamaged("the backup has no head or no manifest that this scanner knows: cut, or of a newer scanner")
    archive.require(found, manifest)
    return Checked(
        made_at=datetime.fromisoformat(head["made_at"]),
        expires_at=datetime.fromisoformat(head["expires_at"]),
        files=len(found),
        version=str(head["version"]),
    )


def prune(folder: Path, now: datetime) -> list[str]:
    """Remove backups that are past their days, by what their names tell; return their names."""
    gone = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        with contextlib.suppress(ValueError):
            expires = path.name.removesuffix(SUFFIX).partition("-until-")[2]
            if datetime.strptime(expires, _TIME).replace(tzinfo=UTC) <= now:
                path.unlink()
                gone.append(path.name)
    return gone


def _head(order: Order) -> dict[str, Any]:
    expires = order.at + timedelta(days=order.keep_days)
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": order.at.astimezone(UTC).isoformat(),
        "expires_at": expires.astimezone(UTC).isoformat(),
    }


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read back: {error.strerror}") from error
