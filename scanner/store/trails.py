"""The audit chain page by page: by actor, action, subject and period, the newest event first."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from scanner.store.audit import Event
from scanner.store.connection import Lease
from scanner.store.hidden import hide_in_events


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; whatever is empty does not count."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    """Half open."""
    until: datetime | None = None


def events_like(lease: Lease, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Event]:
    """Return the events that fit, the newest first; who is suspended is not named."""
    rows = lease.dicts(
        """SELECT seq, happened_at, actor, action, subject, detail FROM audit
           WHERE ($actor = '' OR actor = $actor) AND ($action = '' OR action = $action)
             AND ($subject = '' OR subject = $subject)
             AND ($since IS NULL OR happened_at >= $since) AND ($until IS NULL OR happened_at < $until)
           ORDER BY seq DESC LIMIT $limit OFFSET $offset""",
        {**asdict(wanted), "limit": limit, "offset": offset},
    )
    return hide_in_events(lease, (Event(**{**row, "detail": json.loads(row["detail"])}) for row in rows))


def actions(lease: Lease) -> list[str]:
    """Return every action there is an event of, in order of name."""
    return [action for (action,) in lease.rows("SELECT DISTINCT action FROM audit ORDER BY action")]


def actors(lease: Lease) -> list[str]:
    """Return everybody who did something, in order of name."""
    return [actor for (actor,) in lease.rows("SELECT DISTINCT actor FROM audit ORDER BY actor")]
