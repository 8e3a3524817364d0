"""Seals: by them an import knows what left the house, for whom and until when. The key never leaves it."""

from __future__ import annotations

import hmac
import json
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scanner.errors import StoreError
from scanner.store.files import write_durably

KEY = "offline.key"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ticket:
    """One export: who judges, and until when what they say counts."""

    id: str
    """Random, 32 hex digits."""
    reviewer: str
    valid_until: datetime
    """UTC, whole seconds."""

    def expired(self, now: datetime) -> bool:
        """Tell whether what comes back now comes too late."""
        return now >= self.valid_until


def new_ticket(reviewer: str, valid_until: datetime) -> Ticket:
    """Return a ticket that nobody can guess."""
    return Ticket(secrets.token_hex(16), reviewer, valid_until.astimezone(UTC).replace(microsecond=0))


def make_key(folder: Path) -> bytes:
    """Return the key of a data folder, drawn when it is first asked for. Call it in a lease: one process at a time."""
    if not (folder / KEY).exists():
        write_durably(folder / KEY, secrets.token_bytes(_BYTES), mode=0o600)
    return load_key(folder)


def load_key(folder: Path) -> bytes:
    """Return the key of a data folder. StoreError when there is none, or others may read it."""
    path = folder / KEY
    try:
        mode, key = stat.S_IMODE(path.stat().st_mode), path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: the key of offline review cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise StoreError(f"{path}: mode {mode:04o} lets others read it; run `chmod 600 {path}`")
    if len(key) != _BYTES:
        raise StoreError(f"{path}: {len(key)} bytes; {_BYTES} would be a key: put the one from the backup back")
    return key


def seal(key: bytes, ticket: Ticket, item_id: str) -> str:
    """Return 64 hex digits that bind an item to its export; also the idempotency key of its judgement."""
    bound = [ticket.id, ticket.reviewer, ticket.valid_until.isoformat(), item_id]
    return hmac.new(key, json.dumps(bound).encode(), "sha256").hexdigest()


def fits(key: bytes, ticket: Ticket, item_id: str, given: str) -> bool:
    """Tell whether a seal is the one that was given out with an item."""
    return hmac.compare_digest(seal(key, ticket, item_id).encode(), given.encode("utf-8", "surrogatepass"))
