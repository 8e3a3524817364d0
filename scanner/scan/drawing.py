"""After a scan: a few unflagged posts of each finished day, drawn at random, so that one learns what goes unseen."""

from __future__ import annotations

from datetime import datetime, timedelta

from scanner.rules.deadlines import WIB
from scanner.rules.elections import Election
from scanner.store import draws
from scanner.store.connection import Store

DAYS = 7
"""How many finished days are looked back on: a weekend without a scan loses none of them."""


def draw_finished_days(store: Store, election: Election, *, count: int, now: datetime, by: str) -> int:
    """Draw up to `count` unflagged posts captured on each of the last finished days (WIB); return how many were new.

    The day alone decides which: nobody can draw again until they like what comes.
    """
    today = now.astimezone(WIB).date()
    drawn = 0
    for back in range(DAYS, 0, -1) if count else ():
        day = today - timedelta(days=back)
        with store.lease("scan: draw unflagged posts") as lease:
            found = draws.draw_unflagged(
                lease,
                day=day,
                seed=day.isoformat(),
                election_id=election.id,
                phase_at=election.phase_at,
                count=count,
                by=by,
            )
        drawn += len(found)
    return drawn
