"""Which items wait for whom: none of one's own agency or kin, none twice, none that enough people have or had."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scanner.domain.flags import Phase
from scanner.domain.reviews import Stage
from scanner.domain.seats import Seat, part_of
from scanner.domain.users import Role, User
from scanner.store import assignments
from scanner.store.connection import Lease
from scanner.store.fronts import questions_for

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when an item is due; for an election it does not know, the soonest
that any could be."""

WIB = ZoneInfo("Asia/Jakarta")
BATCH = 100
"""Items looked at first, with all others of their last day; each further batch is eight times as large."""

_EVER = datetime.min.replace(tzinfo=UTC)

_SEVERITY = {Phase.TENANG: 0, Phase.HARI_H: 0, Phase.PSU: 0, Phase.NON: 2, Phase.PRA: 2}
"""How much waiting harms: quiet days and polls first, then from penetapan on (1), then the time before it.

By the phase alone, which the reviewer sees anyway: codes and sanction class have no part in it, so that the order tells
nothing of them.
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item that waits for a person."""

    id: str
    stage: Stage
    """BLIND or ADJUDICATION."""


class Front:
    """What waits for a person at one moment, read in batches from what is known longest, as far as it is asked for.

    It belongs to one lease. There is no parameter for a participant (guardrail G8).
    """

    def __init__(self, lease: Lease, user: User, *, now: datetime, overlap: int, due: Due) -> None:
        self._lease, self._user, self._now, self._overlap, self._due = lease, user, now, overlap, due
        self._ask, self._who = questions_for(user, overlap=overlap)
        self._found: dict[str, _Candidate] = {}
        self._left: datetime | None = _EVER
        """From when on items were known that are not read yet; None: all are."""
        self._most = BATCH

    def next(self, *, limit: int, but: Sequence[str] = (), draws: bool = True) -> list[Waiting]:
        """Return what waits: by day of the deadline, then severity, then a shuffle of the person's own that stays.

        What the person put off comes after the others of about the same deadline. `but`: items to leave out. Without
        `draws` only flags.
        """
        wanted = self._wanted(but, draws)
        while self._left is not None and not self._reaches(wanted, limit):
            self._read_on(self._left)
            wanted = self._wanted(but, draws)
        wanted.sort(key=lambda one: one.turn(self._user.name, self._due))
        return [Waiting(one.id, one.stage) for one in wanted[:limit]]

    def among(self, ids: Sequence[str]) -> set[str]:
        """Return which of these items wait for the person; most are at the front, and nothing more is asked then."""
        if ids and self._left == _EVER:
            self._read_on(_EVER)
        others = [one for one in ids if one not in self._found]
        rows = self._lease.dicts(self._ask.these, self._who | {"ids": others}) if others else []
        return (set(ids) - set(others)) | {one.id for one in self._candidates(rows)}

    def _wanted(self, but: Sequence[str], draws: bool) -> list[_Candidate]:
        return [one for one in self._found.values() if one.id not in but and (draws or not one.drawn)]

    def _reaches(self, found: Sequence[_Candidate], limit: int) -> bool:
        """Tell whether enough is found that nothing left can come before.

        What becomes known later may be due sooner under the other law: none of it is due before this day.
        """
        floor = self._due("", self._left or _EVER).astimezone(WIB).date()
        return self._left != _EVER and sum(one.due_day(self._due) <= floor for one in found) >= limit

    def _read_on(self, since: datetime) -> None:
        """Read a further batch, and all others of its last day."""
        rows = self._lease.dicts(self._ask.next, self._who | {"since": since, "most": self._most})
        last = rows[0].get("last") if rows else None
        self._left, self._most = (_midnight_after(last) if last else None), self._most * 8
        self._found |= {one.id: one for one in self._candidates(rows)}

    def _candidates(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[_Candidate]:
        """Yield those of some open items that wait for the person."""
        ids = [row["id"] for row in rows]
        seats = assignments.open_seats(self._lease, now=self._now, ids=ids) if rows else {}
        for row in rows:
            at_it = seats.get(row["id"], ())
            stage = _part(self._user, at_it, overlap=self._overlap)
            if stage is not None:
                put_off = next((one.put_off for one in at_it if one.person == self._user.name), 0)
                known_at, phase = row["known_at"], Phase(row["phase"])
                yield _Candidate(row["id"], stage, row["election_id"], known_at, phase, row["drawn"], put_off)


def count_items(lease: Lease, user: User, *, now: datetime, overlap: int, draws: bool = True) -> int:
    """Count what waits for a person; without `draws` only flags."""
    seats = assignments.open_seats(lease, now=now)
    taken = [item for item, at_it in seats.items() if _part(user, at_it, overlap=overlap) is None]
    ask, who = questions_for(user, overlap=overlap)
    return int(lease.rows(ask.count, who | {"taken": taken, "draws": draws})[0][0])


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An item that waits for a person, with all that decides about its turn."""

    id: str
    stage: Stage
    election_id: str
    known_at: datetime
    phase: Phase
    drawn: bool
    put_off: int
    """Microseconds since 1970; 0 where the person never put it off."""

    def turn(self, person: str, due: Due) -> tuple[int, date, int, str]:
        """Return what it is sorted by."""
        shuffle = hashlib.md5(f"{self.id}{person}".encode(), usedforsecurity=False).hexdigest()
        return self.put_off, self.due_day(due), _SEVERITY.get(self.phase, 1), shuffle

    def due_day(self, due: Due) -> date:
        """Return the day of its deadline (WIB)."""
        return due(self.election_id, self.known_at).astimezone(WIB).date()


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(WIB).date() + timedelta(days=1), time.min, tzinfo=WIB)


def _part(user: User, seats: Sequence[Seat], *, overlap: int) -> Stage | None:
    return part_of(user.name, seats, overlap=overlap, adjudicates=user.role is Role.ADJUDICATOR)
