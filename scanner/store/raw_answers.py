"""Which raw answers leave by themselves, and which stay whole as evidence."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from scanner.store.connection import Lease

_NEW = timedelta(days=2)
"""So long what was just gathered may still be flagged or drawn."""


def old_captures(lease: Lease, before: datetime) -> list[str]:
    """Return the raw answers last captured before a moment, but those that items were read from, and pictures."""
    rows = lease.rows(
        """SELECT sha256 FROM captures GROUP BY sha256 HAVING max(captured_at) < $before
           EXCEPT SELECT capture_sha256 FROM versions WHERE post_id IN (SELECT post_id FROM items)
           EXCEPT SELECT sha256 FROM media WHERE sha256 NOT NULL ORDER BY ALL""",
        {"before": before},
    )
    return [digest for (digest,) in rows]


def count_captures(lease: Lease, hashes: Collection[str]) -> int:
    """Return how many raw answers have these hashes."""
    [(count,)] = lease.rows("SELECT count(*) FROM captures WHERE sha256 = ANY(?::VARCHAR[])", [sorted(hashes)])
    return int(count)


def posts_with_evidence(lease: Lease, *, but: Collection[str] = (), now: datetime) -> set[str]:
    """Return the posts whose raw answers stay whole, but for these: flagged or drawn, or so new that they may yet be.

    A scan scores what it has stored only later, and a day is drawn from when it is over.
    """
    rows = lease.rows(
        "SELECT post_id FROM items UNION SELECT post_id FROM versions WHERE captured_at > $since", {"since": now - _NEW}
    )
    return {post for (post,) in rows}.difference(but)
