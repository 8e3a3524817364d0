"""Which posts the platforms' terms make us ask for again, and which may not stay; only of those that were gathered.

What came by a file did not come through the platform's interface, and its duties of storage do not bind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from scanner.store.connection import Lease

# NOTE: a post counts as imported by the run that brought its words, not only by its capture: raw answers leave after
# their days, and a post without one must go on being refreshed.
_UNSEEN = """
    SELECT p.account_id, p.native_id, p.id FROM posts AS p
    WHERE p.platform = $platform
    AND NOT ($missing AND p.account_id IN (SELECT id FROM accounts WHERE suspended_at IS NOT NULL))
    AND (p.last_seen < $before OR ($missing AND p.first_missing_at IS NOT NULL))
    AND EXISTS (
        FROM versions AS v WHERE v.post_id = p.id
        AND NOT EXISTS (FROM captures AS c WHERE c.sha256 = v.capture_sha256 AND c.method = 'import')
        AND NOT EXISTS (FROM runs AS r WHERE r.id = v.run_id AND r.kind = 'import'))
    ORDER BY ALL"""


def due(lease: Lease, platform: str, before: datetime) -> dict[str, dict[str, str]]:
    """Return by account, and by the platform's id, ours of the posts last seen before a moment, or missed since.

    Suspended people's posts are not asked for; that they grow overdue, suspending does not change.
    """
    found: dict[str, dict[str, str]] = {}
    rows = lease.rows(_UNSEEN, {"platform": platform, "before": before, "missing": True})
    for account, native, post in rows:
        found.setdefault(account, {})[native] = post
    return found


def overdue(lease: Lease, platform: str, before: datetime) -> list[str]:
    """Return the posts last seen before a moment."""
    rows = lease.rows(_UNSEEN, {"platform": platform, "before": before, "missing": False})
    return [post for _, _, post in rows]


def missing_since(lease: Lease, ids: Iterable[str], before: datetime) -> list[str]:
    """Return which of these posts were first not found at a moment or earlier, and have not been seen since."""
    rows = lease.rows(
        "SELECT id FROM posts WHERE id = ANY($ids::VARCHAR[]) AND first_missing_at <= $before ORDER BY ALL",
        {"ids": list(ids), "before": before},
    )
    return [post for (post,) in rows]
