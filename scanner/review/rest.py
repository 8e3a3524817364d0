"""When a break would do a reviewer good: reckoned when they ask from what is on record, kept nowhere, told nobody else.

Attention falls with time and with the number of posts read (reliability B2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from scanner.domain.users import User
from scanner.store import judgements
from scanner.store.connection import Store

LONG = timedelta(minutes=50)
"""Of judging without a break."""
MANY = 150
"""Posts judged without one."""
BREAK = timedelta(minutes=10)
"""So long without a decision is a break; it is also how long a post is kept for somebody who reads it."""


def wants_rest(store: Store, user: User, *, since: datetime, now: datetime) -> bool:
    """Tell a person whether they have judged for long since then without a break. There is no function for others."""
    with store.lease("review: time for a break", reading=True) as lease:
        said = judgements.last_of(lease, user.name, limit=MANY, since=since)
    return is_long((one.decided_at for one in said), now)


def is_long(moments: Iterable[datetime], now: datetime) -> bool:
    """Tell whether decisions at these moments, newest first, make a stretch that calls for a break."""
    begun, count = now, 0
    for moment in moments:
        if begun - moment >= BREAK:
            break
        begun, count = moment, count + 1
    return count >= MANY or now - begun >= LONG
