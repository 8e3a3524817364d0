"""Posts that a walk did not show: gone only when a second, later look did not find them either."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from scanner.store.connection import Lease


def mark_missing(lease: Lease, ids: Iterable[str], *, seen_at: datetime) -> list[str]:
    """Record that these posts were looked for and not found; return those that a second, later look now confirmed.

    One look may fail for many reasons; a post counts as gone only after two, and not at all once it is seen again.
    """
    wanted = list(ids)
    confirmed = lease.rows(
        """UPDATE posts SET missing_at = $at WHERE id = ANY($ids::VARCHAR[])
           AND missing_at IS NULL AND first_missing_at < $at RETURNING id""",
        {"ids": wanted, "at": seen_at},
    )
    lease.execute(
        """UPDATE posts SET first_missing_at = $at
           WHERE id = ANY($ids::VARCHAR[]) AND first_missing_at IS NULL AND last_seen < $at""",
        {"ids": wanted, "at": seen_at},
    )
    return sorted(key for (key,) in confirmed)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A post that a walk did not show."""

    native_id: str
    id: str
    posted_at: datetime

    def local_day(self, zone: ZoneInfo) -> date:
        """Return the day it was posted on in the region."""
        return self.posted_at.astimezone(zone).date()


def unseen_since(
    lease: Lease, account_id: str, moment: datetime, *, since: datetime | None, until: datetime | None
) -> list[Unseen]:
    """Return an account's own posts last seen before a moment and not known as missing.

    Only posts of a known time inside the half-open window count: a walk that did not look there cannot miss them. Nor
    can it miss comments, which stand under other people's posts.
    """
    rows = lease.dicts(
        """SELECT p.native_id, p.id, v.posted_at FROM posts AS p JOIN versions AS v ON v.id = p.version_id
           WHERE p.account_id = $account AND p.last_seen < $moment AND p.missing_at IS NULL AND p.role <> 'commented'
             AND v.posted_at IS NOT NULL AND v.posted_at >= coalesce($since, v.posted_at)
             AND v.posted_at < coalesce($until, $moment) ORDER BY p.id""",
        {"account": account_id, "moment": moment, "since": since, "until": until},
    )
    return [Unseen(**row) for row in rows]
