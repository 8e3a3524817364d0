"""When a break would do a reviewer good: reckoned when they ask from what is on record, kept nowhere, told nobody else.

Attention falls with time and with the number of posts read, and where it has, gold is judged worse than in the morning
(reliability B2). Which of these it is, is not said: that some answer of late was wrong would tell which item was gold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from scanner.domain.users import User
from scanner.store import gold, judgements
from scanner.store.connection import Lease

LONG = timedelta(minutes=50)
"""Of judging without a break."""
MANY = 150
"""Posts judged without one."""
BREAK = timedelta(minutes=10)
"""So long without a decision is a break; it is also how long a post is kept for somebody who reads it."""
SPAN = 50
"""Decisions at the beginning and at the end of a session whose gold is compared."""
STEP = 10
"""Decisions after which it is compared anew."""
ENOUGH = 3
"""Gold items at either end: of 50 decisions with 5% gold about half have so many. Coarse; it only suggests."""
DROP = 5
"""Points by which the share of gold judged right may fall."""


def wants_rest(lease: Lease, user: User, *, since: datetime, now: datetime) -> bool:
    """Tell a person whether a break would do them good in the session since then. There is no function for others."""
    said = judgements.last_of(lease, user.name, limit=MANY, since=since)
    begun, count = stretch((one.decided_at for one in said), now)
    if is_long(begun, count, now):
        return True
    if count < SPAN + STEP or len(said) < 2 * SPAN:
        return False
    return has_fallen(*gold.gold_ends(lease, user.name, since=since, span=SPAN, step=STEP))


def is_long(begun: datetime, count: int, now: datetime) -> bool:
    """Tell whether so many decisions since then without a break call for one."""
    return count >= MANY or now - begun >= LONG


def has_fallen(first: tuple[int, int], last: tuple[int, int]) -> bool:
    """Tell whether gold, judged and judged right, is judged worse by more than 5 points; not before enough of it."""
    if min(first[0], last[0]) < ENOUGH:
        return False
    return 100 * (first[1] * last[0] - last[1] * first[0]) > DROP * first[0] * last[0]  # shares of 5 are not exact


def stretch(moments: Iterable[datetime], now: datetime) -> tuple[datetime, int]:
    """Return since when, and how often, somebody has decided without a break, of moments newest first."""
    begun, count = now, 0
    for moment in moments:
        if begun - moment >= BREAK:
            break
        begun, count = moment, count + 1
    return begun, count
