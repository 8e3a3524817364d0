"""Times in which nothing is gathered by schedule: one command stops everything, another lets it go on."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from scanner.store import audit, tables
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which nothing is gathered by schedule."""

    id: str
    since: datetime
    until: datetime | None
    """None: until somebody lifts it."""
    paused_by: str
    reason: str
    lifted_at: datetime | None = None
    lifted_by: str | None = None


def pause(lease: Lease, *, until: datetime | None, reason: str, by: str, at: datetime) -> Pause:
    """Put a pause on record, and in the audit chain who wanted it and why."""
    made = Pause(
        id=f"pause-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", since=at, until=until, paused_by=by, reason=reason
    )
    tables.insert_one(lease, "pauses", asdict(made))
    detail = {"reason": reason, "until": until.isoformat() if until else None}
    audit.append(lease, actor=by, action="schedule.pause", subject=made.id, detail=detail, at=at)
    return made


def resume(lease: Lease, *, by: str, at: datetime) -> list[str]:
    """Lift every pause in force; return their ids. None in force is none lifted and no event."""
    rows = lease.rows(
        """UPDATE pauses SET lifted_at = $at, lifted_by = $by
           WHERE lifted_at IS NULL AND (until IS NULL OR until > $at) RETURNING id""",
        {"at": at, "by": by},
    )
    lifted = sorted(key for (key,) in rows)
    for key in lifted:
        audit.append(lease, actor=by, action="schedule.resume", subject=key, detail={}, at=at)
    return lifted


def current(lease: Lease, now: datetime) -> Pause | None:
    """Return the pause in force that lasts longest; None when nothing is paused.

    One that began ahead of the clock is in force too: the clock was set back since.
    """
    rows = lease.dicts(
        """FROM pauses WHERE lifted_at IS NULL AND (until IS NULL OR until > $now)
           ORDER BY until DESC NULLS FIRST, since LIMIT 1""",
        {"now": now},
    )
    return Pause(**rows[0]) if rows else None
