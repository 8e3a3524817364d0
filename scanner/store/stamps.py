"""Timestamps of the heads of both chains: statement and token lie beside the heads, an event tells of each."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.store import audit, files, manifest, tables
from scanner.store.audit import GENESIS, Head
from scanner.store.connection import Lease

FORMAT = "scanner-heads/1"
_ACTION = "timestamp.keep"
_NAME = re.compile(r"[0-9]{8,}-[0-9]{8,}")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an authority vouched for."""

    name: str
    statement: bytes
    """JSON: the heads of both chains. Its SHA-256 is what the token is over."""
    token: bytes
    """The authority's whole answer (RFC 3161, DER)."""

    @property
    def heads(self) -> dict[str, Head]:
        """The heads stated, by chain: `manifest` and `audit`."""
        told = json.loads(self.statement)
        return {chain: Head(**told[chain]) for chain in ("manifest", "audit")}


@dataclass(frozen=True, slots=True)
class Kept:
    """A timestamp as its event tells of it."""

    name: str
    statement_sha256: str
    token_sha256: str


def folder_of(data: Path) -> Path:
    """Return the folder of the timestamps of a data folder."""
    return data / "timestamps"


def state_heads(lease: Lease) -> tuple[str, bytes]:
    """Return name and bytes of the statement of both heads as they are now."""
    rows = lease.rows("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    heads = {"manifest": manifest.last_link(lease), "audit": Head(*rows[0]) if rows else GENESIS}
    statement = {"format": FORMAT, **{chain: asdict(head) for chain, head in heads.items()}}
    return f"{heads['audit'].seq:08}-{heads['manifest'].seq:08}", tables.to_json(statement).encode()


def keep(lease: Lease, stamp: Stamp, *, by: str, authority: str, told_at: datetime) -> None:
    """Keep a timestamp: its files first, then the event, so that a kill between leaves files nobody counts on."""
    statement, token = paths_of(folder_of(lease.folder), stamp.name)
    files.write_durably(statement, stamp.statement, mode=0o400)
    files.write_durably(token, stamp.token, mode=0o400)
    detail = {
        "statement_sha256": hashlib.sha256(stamp.statement).hexdigest(),
        "token_sha256": hashlib.sha256(stamp.token).hexdigest(),
        "authority": authority,
        "told_at": told_at.isoformat(),
    }
    audit.append(lease, actor=by, action=_ACTION, subject=stamp.name, detail=detail)


def kept(lease: Lease) -> Iterator[Kept]:
    """Yield all timestamps that events tell of, the oldest first."""
    rows = lease.rows("SELECT subject, detail FROM audit WHERE action = $action ORDER BY seq", {"action": _ACTION})
    for name, detail in rows:
        told: Mapping[str, Any] = json.loads(detail)
        yield Kept(name=name, statement_sha256=told["statement_sha256"], token_sha256=told["token_sha256"])


def newest(lease: Lease, *, at_least: int) -> Stamp | None:
    """Return the newest timestamp that vouches for this link of the manifest; None when there is none to be read."""
    for one in reversed(list(kept(lease))):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            stamp = read(folder_of(lease.folder), one.name)
            if stamp.heads["manifest"].seq >= at_least and holds(lease, "manifest", stamp.heads["manifest"]):
                return stamp
    return None


def read(folder: Path, name: str) -> Stamp:
    """Return a timestamp from its files; OSError when they cannot be read."""
    statement, token = paths_of(folder, name)
    return Stamp(name=name, statement=statement.read_bytes(), token=token.read_bytes())


def paths_of(folder: Path, name: str) -> tuple[Path, Path]:
    """Return where statement and token lie; ValueError for what is no name, so no path can leave the folder."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not the name of a timestamp; valid: two numbers of at least eight digits")
    return folder / f"{name}.json", folder / f"{name}.tsr"


def holds(lease: Lease, chain: str, head: Head) -> bool:
    """Tell whether a chain still holds a head that was stated."""
    if head == GENESIS:
        return True
    table = {"manifest": "manifest", "audit": "audit"}[chain]
    return bool(lease.rows(f"FROM {table} WHERE seq = ? AND hash = ?", [head.seq, head.hash]))
