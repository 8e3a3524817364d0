"""The listed accounts and when each is due, read from the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scanner.domain.accounts import Platform
from scanner.domain.runs import Looks
from scanner.scan import due
from scanner.scan.due import Found, Rhythm
from scanner.store import looks
from scanner.store.accounts import suspended_ids
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Timetable:
    """Who is due, at one moment."""

    rhythm: Rhythm
    now: datetime
    listed: Mapping[str, Platform]
    """By account."""
    looks: Mapping[str, Looks]
    suspended: frozenset[str] = frozenset()
    """Never looked at, and named nowhere: their coverage is kept on record as that of others is."""

    @property
    def suspended_due(self) -> frozenset[str]:
        """The suspended accounts whose turn it would be."""
        return frozenset(one.account_id for one in due.find_due(self.rhythm, self.suspended, self.looks, self.now).due)

    def due_campaigns(self, sources: Iterable[str]) -> frozenset[str]:
        """Return of these sources of comments those whose turn it is: once a slot, with the first account of it."""
        rhythm = replace(self.rhythm, jitter=0.0)
        return frozenset(one.account_id for one in due.find_due(rhythm, sources, self.looks, self.now).due)

    @property
    def found(self) -> Found:
        """The listed accounts that are due."""
        return due.find_due(self.rhythm, self.listed, self.looks, self.now)

    @property
    def shortest(self) -> timedelta:
        """The shortest interval of any listed account."""
        lengths = (self.rhythm.interval_of(account_id, self.now) for account_id in self.listed)
        return min(lengths, default=self.rhythm.interval)

    def last(self, account_id: str) -> datetime | None:
        """Return when the last look at an account began that counts; None when it never was looked at."""
        return due.last_look(self.rhythm, account_id, self.looks.get(account_id, Looks()), self.now)

    def stale(self) -> Iterator[str]:
        """Yield the accounts whose last look is more than two intervals ago, and those never looked at."""
        for account_id in self.listed:
            if self.rhythm.is_stale(account_id, self.last(account_id), self.now):
                yield account_id

    def upcoming(self) -> Iterator[tuple[datetime, str]]:
        """Yield the next due times and accounts in order, without end, as if each were looked at when it is due."""
        return due.upcoming(self.rhythm, self.listed, self.looks, self.now)

    @property
    def next_due(self) -> datetime | None:
        """When the next account is due; None when nobody is listed."""
        return next((at for at, _ in self.upcoming()), None)


def read_timetable(lease: Lease, rhythm: Rhythm, now: datetime) -> Timetable:
    """Read who is listed and when each was last looked at."""
    return Timetable(
        rhythm=rhythm,
        now=now,
        listed=looks.listed(lease),
        looks=looks.last_looks(lease, now),
        suspended=frozenset(suspended_ids(lease)),
    )
