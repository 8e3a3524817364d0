"""How far a reviewer is, for nobody but themself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scanner.domain.users import Role, User
from scanner.rules.deadlines import WIB
from scanner.store import assignments
from scanner.store import waiting as waiting_items
from scanner.store.connection import Lease

LASTING = timedelta(minutes=1)
"""So long a count of much is good enough: to count it anew reads everything that is open."""
MUCH = 200
"""Items; fewer are counted each time, so that the end of the work is told as it is."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reviewer is; for nobody but themself."""

    waiting: int
    held: int
    """Items kept for them now."""
    decided_today: int
    """By Jakarta's day."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What waited for somebody when it was counted last."""

    at: datetime
    waiting: int
    decided: int

    def left(self, now: datetime, decided: int) -> int | None:
        """Return what is left of it after one's own decisions since; None when it has to be counted anew."""
        left = self.waiting - (decided - self.decided)
        fits = timedelta() <= now - self.at < LASTING and decided >= self.decided and left >= MUCH
        return left if fits else None


class Counts:
    """What waited for whom a moment ago. Several threads may ask: an entry is put in its place at once."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, Role, frozenset[str], int], _Counted] = {}

    def waiting(self, lease: Lease, user: User, *, decided: int, now: datetime, overlap: int) -> int:
        """Return how much waits for a person who has decided so much today."""
        who = user.name, user.role, user.hidden, overlap
        known = self._counted.get(who)
        left = None if known is None else known.left(now, decided)
        if left is None:
            left = waiting_items.count_items(lease, user, now=now, overlap=overlap)
            self._counted[who] = _Counted(now, left, decided)
        return left


def progress(
    lease: Lease, user: User, *, now: datetime | None = None, overlap: int = 2, counts: Counts | None = None
) -> Progress:
    """Tell a reviewer how much waits for them and how much they decided today."""
    moment = now or datetime.now(UTC)
    midnight = moment.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    held, judged = assignments.count_own(lease, user.name, since=midnight, now=moment)
    waits = (counts or Counts()).waiting(lease, user, decided=judged, now=moment, overlap=overlap)
    return Progress(waiting=waits, held=held, decided_today=judged)
