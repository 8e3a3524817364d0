"""What the record tells of a schedule: whether it lives, and how its last scan ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.store import keepers, pauses
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Signs:
    """What the record tells of a schedule: whether it lives, and what it left behind."""

    paused: bool
    seen_at: datetime | None
    """When it was last heard of; None: nothing was ever begun by schedule."""
    first_at: datetime | None
    """When the first run of all began."""
    exit_code: int | None
    """Of the last scan that has an end; None: there was none."""
    ended_at: datetime | None


def read_signs(lease: Lease, now: datetime) -> Signs:
    """Read what the record tells of a schedule."""
    [row] = lease.dicts(
        """SELECT min(started_at) AS first_at,
                  max(coalesce(ended_at, started_at)) FILTER (trigger IN ('schedule', 'catch_up')) AS scheduled_at,
                  arg_max(exit_code, ended_at) FILTER (kind IN ('scan', 'demo')) AS exit_code,
                  max(ended_at) FILTER (kind IN ('scan', 'demo')) AS ended_at
           FROM runs WHERE started_at <= $now""",
        {"now": now},
    )
    keeper = keepers.load_keeper(lease)
    seen = [at for at in (row["scheduled_at"], keeper.seen_at if keeper else None) if at is not None]
    return Signs(
        paused=pauses.current(lease, now) is not None,
        seen_at=max(seen, default=None),
        first_at=row["first_at"],
        exit_code=row["exit_code"],
        ended_at=row["ended_at"],
    )
