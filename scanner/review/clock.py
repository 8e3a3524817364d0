"""Legal clocks of the queue: which deadline runs for an item, and how much of it is left (rules catalogue, 5d)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from scanner.rules.deadlines import Contest, Deadlines, load_deadlines
from scanner.rules.elections import Election


@dataclass(frozen=True, slots=True)
class Due:
    """When something must have been reported, and by which timer."""

    timer: str
    at: datetime

    def left(self, now: datetime) -> timedelta:
        """Return the time left; negative when it has run out."""
        return self.at - now

    def expired(self, now: datetime) -> bool:
        """Tell whether it has run out: the item is LEWAT-WAKTU, still of use for guidance, never silently referred."""
        return now >= self.at


_KEPT = 100_000
"""Moments remembered, some 30 MB."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells deadlines from first knowledge."""

    deadlines: Deadlines
    contests: Mapping[str, Contest] = field(default_factory=dict)
    """By election the law it is held under. For an election that is not named here the timers of all laws run."""
    _found: dict[tuple[str, datetime], Due] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was reckoned before: the queue asks for the same moments with each decision."""

    def due(self, election_id: str, known_at: datetime) -> Due:
        """Return the earliest deadline that began with first knowledge: of several readings the safe one counts."""
        asked = election_id, known_at
        if asked not in self._found:
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[asked] = self._earliest(*asked)
        return self._found[asked]

    def at(self, election_id: str, known_at: datetime) -> datetime:
        """Return the moment of that deadline."""
        return self.due(election_id, known_at).at

    def _earliest(self, election_id: str, known_at: datetime) -> Due:
        timers = self.deadlines.started_by("known_at", self.contests.get(election_id))
        return min((Due(one.timer, one.ends(known_at)) for one in timers), key=lambda due: (due.at, due.timer))


def clock_for(elections: Iterable[Election]) -> Clock:
    """Return a clock that knows under which law each of these elections is held."""
    return Clock(shipped(), {one.id: Contest.of(one.type) for one in elections})


@cache
def safe_clock() -> Clock:
    """Return a clock that knows no election: the earliest deadline of any law counts."""
    return Clock(shipped())


@cache
def shipped() -> Deadlines:
    """Return the shipped deadlines, read once."""
    return load_deadlines()
