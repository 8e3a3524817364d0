"""Links: how captures are bound together in hashes alone, so that none changes or vanishes unseen.

Every capture has a leaf, the hash of its record and of a random salt; a link hashes the leaves that came with one saved
page, and the hash of the link before. A leaf without its salt tells nothing of the capture it was made from.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scanner.domain.captures import Capture

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Link:
    """What one saved page brought, in hashes."""

    seq: int
    """From 1, without gap."""
    saved_at: datetime
    captures: int
    """How many leaves there are."""
    digest: str
    """Of the leaves: see `digest_of`."""
    prev_hash: str
    """Hash of the link before; 64 zeros for the first."""
    hash: str
    """Of everything above: see `hash_of`."""


def new_salt() -> str:
    """Return a random number for one leaf: whoever knows a short text cannot find out whether it was captured."""
    return secrets.token_hex(16)


def record_of(capture: Capture, salt: str) -> dict[str, Any]:
    """Return what a leaf is the hash of. What is empty is left out, so a field added later changes no old leaf."""
    values = asdict(capture) | {"captured_at": capture.captured_at.astimezone(UTC).isoformat(), "salt": salt}
    return {name: value for name, value in values.items() if value not in ("", None, ())}


def leaf_of(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record as JSON: UTF-8, sorted keys, no blanks."""
    told = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def digest_of(leaves: Iterable[str]) -> str:
    """Return the SHA-256 of leaves in the order of their digits, one per line."""
    return hashlib.sha256("".join(f"{leaf}\n" for leaf in sorted(leaves)).encode()).hexdigest()


def hash_of(seq: int, saved_at: datetime, captures: int, digest: str, prev_hash: str) -> str:
    """Return the SHA-256 of what a link says as a JSON list; its time in microseconds since 1970."""
    told = [seq, (saved_at - _EPOCH) // timedelta(microseconds=1), captures, digest, prev_hash]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def next_link(seq: int, prev_hash: str, leaves: Iterable[str], saved_at: datetime) -> Link:
    """Return the link that binds these leaves to the link before."""
    listed = list(leaves)
    digest = digest_of(listed)
    return Link(
        seq=seq,
        saved_at=saved_at,
        captures=len(listed),
        digest=digest,
        prev_hash=prev_hash,
        hash=hash_of(seq, saved_at, len(listed), digest, prev_hash),
    )


def rehash(link: Link) -> str:
    """Return the hash a link should have by what it says."""
    return hash_of(link.seq, link.saved_at, link.captures, link.digest, link.prev_hash)
