"""Captures: the raw bytes an answer or file held, and where they came from (Berkeley Protocol)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Capture:
    """Provenance of one raw response or imported file. The bytes lie in the evidence folder by hash."""

    sha256: str
    size: int
    """Bytes."""
    url: str
    """Where it was read, secrets removed; file:<name> for imports."""
    method: str
    """GET, or import."""
    status: int | None
    """HTTP status; None for files."""
    media_type: str
    captured_at: datetime
    collector: str
    """Name and version of the collector or importer, for example mastodon/1."""
    headers: tuple[tuple[str, str], ...] = ()
    terms_approval: str | None = None
    """Reference of the platform's written approval, where its terms need one."""
    access: str = ""
    """Proof of visibility: `without login`, `app key` (no user's session); empty for files."""
    request: tuple[tuple[str, str], ...] = ()
    """Headers of the request, secrets removed, and its body under the name `body`."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A capture together with its bytes, on the way to the store."""

    capture: Capture
    body: bytes


def sha256(body: bytes) -> str:
    """Return the SHA-256 of raw bytes as 64 hex digits."""
    return hashlib.sha256(body).hexdigest()
