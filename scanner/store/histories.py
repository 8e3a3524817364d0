"""What is on record of one account: its posts with every text they had, and the answers they were read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.captures import Capture
from scanner.store import manifest
from scanner.store.connection import Lease
from scanner.store.versions import Version, load_versions


@dataclass(frozen=True, slots=True)
class PostHistory:
    """One post and what became of it. No score, no flag, nobody's judgement."""

    id: str
    versions: tuple[Version, ...]
    """The first captured first."""
    last_seen: datetime
    missing_at: datetime | None
    """When a second look confirmed that it is gone."""


@dataclass(frozen=True, slots=True)
class Removal:
    """How an account was taken off the list."""

    at: datetime
    reason: str


def posts_of(lease: Lease, account_id: str, *, limit: int, offset: int = 0) -> list[PostHistory]:
    """Return an account's posts by when they were first seen, the latest first."""
    rows = lease.rows(
        """SELECT p.id, p.last_seen, p.missing_at, list(v.id ORDER BY v.captured_at, v.id)
           FROM posts AS p JOIN versions AS v ON v.post_id = p.id WHERE p.account_id = $account
           GROUP BY p.id, p.first_seen, p.last_seen, p.missing_at
           ORDER BY p.first_seen DESC, max(v.posted_at) DESC NULLS LAST, p.id LIMIT $limit OFFSET $offset""",
        {"account": account_id, "limit": limit, "offset": offset},
    )
    known = load_versions(lease, (version for *_, versions in rows for version in versions))
    return [
        PostHistory(id=key, versions=tuple(known[one] for one in versions), last_seen=seen, missing_at=missing)
        for key, seen, missing, versions in rows
    ]


def captures_of(lease: Lease, account_id: str, *, limit: int) -> Sequence[Capture]:
    """Return the answers and files from which an account's posts were read, the latest first."""
    rows = lease.dicts(
        """FROM captures WHERE sha256 IN (
               SELECT v.capture_sha256 FROM versions AS v JOIN posts AS p ON p.id = v.post_id
               WHERE p.account_id = $account)
           ORDER BY captured_at DESC, sha256, url LIMIT $limit""",
        {"account": account_id, "limit": limit},
    )
    return [manifest.capture_of(row) for row in rows]


def removal_of(lease: Lease, account_id: str) -> Removal | None:
    """Return how an account was taken off the list; None while it is on it, or never was."""
    rows = lease.rows(
        "SELECT removed_at, removed_reason FROM accounts WHERE id = $account AND removed_at IS NOT NULL",
        {"account": account_id},
    )
    return Removal(at=rows[0][0], reason=rows[0][1] or "") if rows else None
