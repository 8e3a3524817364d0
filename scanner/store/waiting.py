"""Which items wait for whom: none of one's own agency or kin, none twice, none that enough people have or had."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from scanner.domain.reviews import Stage
from scanner.domain.seats import Seat, part_of
from scanner.domain.users import Role, User
from scanner.store import assignments, tables
from scanner.store.connection import Lease
from scanner.store.fronts import OPEN_AMONG, questions_for

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when an item is due; for an election it does not know, the soonest
that any could be. What became known on one day (WIB) is due on one day."""

WIB = ZoneInfo("Asia/Jakarta")
BATCH, EACH = 100, 30
"""Items looked at first, with all others of their last day, and so many of what is due on one day; where that is not
enough, eight times as many."""

Turn: TypeAlias = tuple[int, date, int, str]
"""What an item is sorted by: when it was put off (microseconds since 1970, or 0), day of its deadline, severity, a
shuffle of the person's own that stays."""


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
        self._found: dict[str, _Candidate] | None = None
        self._most, self._each = BATCH, EACH
        self.seats: dict[str, Sequence[Seat]] = {}
        """Everybody's seats at the items that were looked at so far."""
        self._left: datetime | None = None
        """From when on items were known that are not read yet; None: all days are."""
        self._edges: list[Turn] = []
        """Turns behind which items of a day that is read are not."""

    def next(self, *, limit: int, but: Sequence[str] = (), draws: bool = True) -> list[Waiting]:
        """Return what waits: by day of the deadline, then severity, then a shuffle of the person's own that stays.

        What the person put off comes after the others of about the same deadline. `but`: items to leave out. Without
        `draws` only flags.
        """
        self._each = max(self._each, 2 * limit)
        wanted = self._wanted(self._read(), but, draws)
        while not self._reaches(wanted, limit):
            wanted = self._wanted(self._read_on(), but, draws)
        wanted.sort(key=lambda one: one.turn)
        return [Waiting(one.id, one.stage) for one in wanted[:limit]]

    def among(self, ids: Sequence[str], *, only: bool = False) -> set[str]:
        """Return which of these items wait for the person.

        Most are at the front, and nothing more is asked then; with `only` the front is not wanted besides.
        """
        found = self._read() if ids and not only else self._found or {}
        others = [one for one in ids if one not in found]
        return (set(ids) - set(others)) | (self._waiting_of(others) if others else set())

    def _waiting_of(self, ids: Sequence[str]) -> set[str]:
        marks, params = tables.among(ids)
        found = [key for (key,) in self._lease.rows(OPEN_AMONG + marks, {"hidden": self._who["hidden"]} | params)]
        seats = self._seats_at(found)
        return {key for key in found if _part(self._user, seats[key], overlap=self._overlap) is not None}

    def _seats_at(self, ids: Sequence[str]) -> Mapping[str, Sequence[Seat]]:
        seats = assignments.open_seats(self._lease, now=self._now, ids=ids) if ids else {}
        self.seats |= {key: seats.get(key, ()) for key in ids}
        return self.seats

    def _wanted(self, found: Mapping[str, _Candidate], but: Sequence[str], draws: bool) -> list[_Candidate]:
        return [one for one in found.values() if one.id not in but and (draws or not one.drawn)]

    def _reaches(self, found: Sequence[_Candidate], limit: int) -> bool:
        """Tell whether enough is found that nothing left can come before.

        What becomes known later may be due sooner under the other law: none of it is due before this day.
        """
        if self._left is None and not self._edges:
            return True
        day = date.max if self._left is None else self._due("", self._left).astimezone(WIB).date()
        return sum(one.due <= day and all(one.turn < edge for edge in self._edges) for one in found) >= limit

    def _read(self) -> Mapping[str, _Candidate]:
        """Return what was read; at first a batch."""
        return self._read_on() if self._found is None else self._found

    def _read_on(self) -> Mapping[str, _Candidate]:
        """Read from what is known longest, eight times as much as before."""
        rows = self._lease.dicts(self._ask.next, self._who | {"most": self._most, "each": self._each})
        last = rows[0]["last"] if rows else None
        self._left = _midnight_after(last) if last else None
        self._edges = [self._turn(row) for row in rows if row["many"] == self._each < row["all"]]
        self._most, self._each = self._most * 8, self._each * 8
        self._found = {one.id: one for one in self._candidates(rows)}
        return self._found

    def _turn(self, row: Mapping[str, Any], put_off: int = 0) -> Turn:
        due = self._due(row["election_id"], row["known_at"]).astimezone(WIB).date()
        return put_off, due, row["severity"], row["shuffle"]

    def _candidates(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[_Candidate]:
        """Yield those of some open items that wait for the person."""
        seats = self._seats_at([row["id"] for row in rows])
        for row in rows:
            at_it = seats[row["id"]]
            stage = _part(self._user, at_it, overlap=self._overlap)
            if stage is not None:
                put_off = next((one.put_off for one in at_it if one.person == self._user.name), 0)
                yield _Candidate(row["id"], stage, row["drawn"], self._turn(row, put_off))


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
    drawn: bool
    turn: Turn

    @property
    def due(self) -> date:
        """Day of its deadline (WIB)."""
        return self.turn[1]


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(WIB).date() + timedelta(days=1), time.min, tzinfo=WIB)


def _part(user: User, seats: Sequence[Seat], *, overlap: int) -> Stage | None:
    return part_of(user.name, seats, overlap=overlap, adjudicates=user.role is Role.ADJUDICATOR)
