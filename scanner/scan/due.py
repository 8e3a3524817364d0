"""Who is due for a look, by rhythm and record alone: the same question gets the same answer, whoever asks and when.

Time is cut into slots as long as an account's interval, counted from one midnight of the region, so that no change of
clocks shifts them. In each slot an account has one moment. A look that began in a slot is the look of that slot:
however many were missed before it, there is one, and a clock set back finds the slot looked at.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cache
from hashlib import blake2b

from scanner.domain.flags import Phase
from scanner.domain.runs import Looks

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often accounts are looked at."""

    interval: timedelta
    zone: tzinfo
    """In which slots begin at midnight."""
    phase_at: Callable[[datetime], Phase]
    jitter: float = 0.0
    """Share of an interval by which the moments of accounts are spread, 0 to 0.5."""
    phases: Mapping[Phase, timedelta] = field(default_factory=dict)
    """Intervals in phases of the election; they go before `interval`."""
    accounts: Mapping[str, timedelta] = field(default_factory=dict)
    """Intervals of single accounts by id; they go before those of phases."""

    def interval_of(self, account_id: str, at: datetime) -> timedelta:
        """Return the time between two looks at an account."""
        own = self.accounts.get(account_id)
        return own if own is not None else self.phases.get(self.phase_at(at), self.interval)

    def share_of_day(self, now: datetime) -> float:
        """Return how much of a day's budget (UTC) may be used by now: that of the hours gone and of one interval."""
        gone = now.astimezone(UTC) - datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        return min(1.0, (gone + self.phases.get(self.phase_at(now), self.interval)) / _DAY)

    def is_stale(self, account_id: str, last: datetime | None, now: datetime) -> bool:
        """Tell whether the last look is more than two intervals ago, its own and that of now, or never was.

        Where a phase with a shorter interval has begun, nobody had a turn in it yet.
        """
        if last is None:
            return True
        one, age = self.interval_of(account_id, now), now - last
        return age > 2 * one and age > one + self.interval_of(account_id, last)


@dataclass(frozen=True, slots=True)
class Slot:
    """One interval of an account."""

    begin: datetime
    """UTC."""
    end: datetime
    moment: datetime
    """From when on the account is due in it."""


@dataclass(frozen=True, slots=True)
class Due:
    """An account that is due."""

    account_id: str
    since: datetime
    late: bool
    """A whole slot has passed without a look."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who is due at one moment."""

    due: tuple[Due, ...]
    """Who waits longest comes first."""
    mistimed: tuple[str, ...]
    """Accounts whose last look lies so far ahead of the clock that it does not count."""

    @property
    def late(self) -> bool:
        """Tell whether anybody is more than one interval late, so that a look at them is a catch-up."""
        return any(one.late for one in self.due)


def slot_at(rhythm: Rhythm, account_id: str, at: datetime) -> Slot:
    """Return the slot of an account that a moment lies in."""
    length = rhythm.interval_of(account_id, at)
    first = _first(rhythm.zone)
    number = (at - first) // length
    begin = first + number * length
    delay = length * (rhythm.jitter * _chance(account_id, number, length))
    return Slot(begin=begin, end=begin + length, moment=begin + delay)


def find_due(rhythm: Rhythm, account_ids: Iterable[str], looks: Mapping[str, Looks], now: datetime) -> Found:
    """Return which accounts are due now."""
    due: list[Due] = []
    mistimed: list[str] = []
    for account_id in account_ids:
        given = looks.get(account_id, Looks())
        last = last_look(rhythm, account_id, given, now)
        if given.ahead is not None and last is not given.ahead:
            mistimed.append(account_id)
        if (one := _due(rhythm, account_id, last, now)) is not None:
            due.append(one)
    return Found(due=tuple(sorted(due, key=lambda one: (one.since, one.account_id))), mistimed=tuple(mistimed))


def last_look(rhythm: Rhythm, account_id: str, looks: Looks, now: datetime) -> datetime | None:
    """Return the last look that counts: one a little ahead of the clock does, so that nobody is looked at twice.

    One that lies further ahead than an interval was made under a wrong clock, and would keep the account from being
    looked at until then.
    """
    if looks.ahead is not None and looks.ahead - now <= rhythm.interval_of(account_id, now):
        return looks.ahead
    return looks.soon or looks.past


def next_due(rhythm: Rhythm, account_id: str, last: datetime | None, now: datetime) -> datetime:
    """Return from when on an account is due that was last looked at at `last`; `now` when it is already."""
    if _due(rhythm, account_id, last, now) is not None:
        return now
    slot = slot_at(rhythm, account_id, now)
    while last is not None and last >= slot.begin:
        slot = slot_at(rhythm, account_id, slot.end)
    for midnight in _midnights(rhythm.zone, now, slot.moment):  # a phase with a shorter interval may begin before
        sooner = slot_at(rhythm, account_id, midnight)
        if last is not None and last >= sooner.begin:  # its slots need not begin at midnight
            sooner = slot_at(rhythm, account_id, sooner.end)
        if sooner.moment < slot.moment and (last is None or last < sooner.begin):
            return max(sooner.moment, midnight)
    return slot.moment


def upcoming(
    rhythm: Rhythm, account_ids: Iterable[str], looks: Mapping[str, Looks], now: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yield the next due times in order, without end, as if each account were looked at when it is due."""
    waiting = [
        (next_due(rhythm, one, last_look(rhythm, one, looks.get(one, Looks()), now), now), one) for one in account_ids
    ]
    heapq.heapify(waiting)
    while waiting:
        at, account_id = waiting[0]
        yield at, account_id
        heapq.heapreplace(waiting, (next_due(rhythm, account_id, at, at), account_id))


def _due(rhythm: Rhythm, account_id: str, last: datetime | None, now: datetime) -> Due | None:
    slot = slot_at(rhythm, account_id, now)
    if last is None:
        return Due(account_id, since=slot.begin, late=False)
    if last >= slot.begin:
        return None
    before = slot_at(rhythm, account_id, slot.begin - _TICK)
    if last < before.begin:
        return Due(account_id, since=last + (before.end - before.begin), late=True)
    return Due(account_id, since=slot.moment, late=False) if now >= slot.moment else None


@cache
def _first(zone: tzinfo) -> datetime:
    """Return the midnight from which the slots of a zone are counted."""
    return datetime(2024, 1, 1, tzinfo=zone).astimezone(UTC)


def _chance(account_id: str, number: int, length: timedelta) -> float:
    """Return a number in [0, 1) that is always the same for one slot of one account."""
    said = f"{account_id} {number} {length.total_seconds():.0f}".encode()
    return int.from_bytes(blake2b(said, digest_size=4).digest()) / 2**32


def _midnights(zone: tzinfo, after: datetime, before: datetime) -> Iterator[datetime]:
    day = after.astimezone(zone).date() + _DAY
    while (midnight := datetime.combine(day, time(), zone).astimezone(UTC)) < before:
        yield midnight
        day += _DAY
