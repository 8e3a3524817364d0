"""Marks by which a post that had to leave is known again, and the key they are made with.

A mark is an HMAC under a key of the workspace: ids are short and texts can be guessed, so that a plain hash of them
tells whoever has it what it was made of. The key leaves the house only inside an encrypted backup; without it a
restored record would not know what must not come back.
"""

from __future__ import annotations

import hmac
import secrets
import stat
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from scanner.errors import StoreError
from scanner.store import audit, files
from scanner.store.connection import Lease

_BYTES = 32


class Mark(StrEnum):
    """What a mark is made of."""

    VERSION = "version"  # versions.id, id and words: an edited post is another one
    POST = "post"  # posts.id: the post never comes back, whatever it says by then
    WITHDRAWN = "withdrawn"  # posts.id: gone there and here; nothing keeps it from coming back
    ACCOUNT = "account"  # accounts.id: its person was erased, so it is not listed again unless somebody says so
    PERSON = "person"  # accounts.person_id: what a person is called on the audit chain


def key_path(data: Path) -> Path:
    """Return where the key lies under a data folder."""
    return data / "keys" / "tombstones.key"


def load_key(lease: Lease) -> bytes:
    """Return the key, drawn when it is first asked for. StoreError when it is lost, damaged or others may read it."""
    path = key_path(lease.folder)
    if not path.exists():
        if lease.rows("SELECT mark FROM tombstones LIMIT 1"):
            raise StoreError(
                f"{path}: missing, so that posts that had to leave would come back; put it back from the backup, or "
                "begin anew with `scanner purge --new-key REASON`"
            )
        draw_key(lease.folder)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise StoreError(f"{path}: mode {mode:04o} lets others read it; run `chmod 600 {path}`")
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise StoreError(f"{path}: {len(key)} bytes; {_BYTES} would be a key: put the one from the backup back")
    return key


def draw_key(data: Path) -> None:
    """Draw the key of a record that has none yet."""
    if not key_path(data).exists():
        files.write_durably(key_path(data), secrets.token_bytes(_BYTES), mode=0o600)


def new_key(lease: Lease, *, reason: str, by: str, at: datetime) -> None:
    """Begin anew with another key: what left until now is still counted, and may come back."""
    key_path(lease.folder).unlink(missing_ok=True)
    audit.append(lease, actor=by, action="tombstones.key", subject="tombstones", detail={"reason": reason}, at=at)
    files.write_durably(key_path(lease.folder), secrets.token_bytes(_BYTES), mode=0o600)


def mark(key: bytes, kind: Mark, name: str) -> str:
    """Return the mark of a post or of one of its versions."""
    return hmac.digest(key, f"{kind}:{name}".encode("utf-8", "surrogatepass"), "sha256").hex()
