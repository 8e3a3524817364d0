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

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when an item is due; for an election it does not know, the soonest
that any could be."""

WIB = ZoneInfo("Asia/Jakarta")
BATCH = 100
"""Items looked at first, with all others of their last day; each further batch is eight times as large."""

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


def next_items(
    lease: Lease,
    user: User,
    *,
    now: datetime,
    overlap: int,
    due: Due,
    limit: int,
    but: Sequence[str] = (),
    draws: bool = True,
) -> list[Waiting]:
    """Return what waits for a person: by day of the deadline, then severity, then a shuffle of the person's own.

    The shuffle stays the same. What the person put off comes after the others of about the same deadline. `but`: items
    to leave out. Without `draws` only flags. There is no parameter for a participant (guardrail G8).
    """
    found: list[_Candidate] = []
    for rows, until in _batches(lease, user):
        wanted = [row for row in rows if row["id"] not in but and (draws or not row["drawn"])]
        found += _candidates(lease, user, wanted, now=now, overlap=overlap)
        # What becomes known later may be due sooner under the other law: none of it is due before this day.
        floor = None if until is None else due("", until).astimezone(WIB).date()
        if floor is not None and sum(one.due_day(due) <= floor for one in found) >= limit:
            break
    found.sort(key=lambda one: one.turn(user.name, due))
    return [Waiting(one.id, one.stage) for one in found[:limit]]


def still_waiting(lease: Lease, user: User, ids: Sequence[str], *, now: datetime, overlap: int) -> dict[str, Waiting]:
    """Return which of these items wait for a person, by id."""
    rows = lease.dicts(_THESE, _who(user) | {"ids": list(ids)})
    found = _candidates(lease, user, rows, now=now, overlap=overlap)
    return {one.id: Waiting(one.id, one.stage) for one in found}


def count_items(lease: Lease, user: User, *, now: datetime, overlap: int, draws: bool = True) -> int:
    """Count what waits for a person; without `draws` only flags."""
    seats = assignments.open_seats(lease, now=now)
    taken = [item for item, at_it in seats.items() if _part(user, at_it, overlap=overlap) is None]
    params = _who(user) | {"taken": taken, "draws": draws}
    return int(lease.rows(_COUNT, params)[0][0])


_VISIBLE = """items AS i JOIN accounts AS a ON a.id = i.account_id
    WHERE i.settled_at IS NULL AND a.removed_at IS NULL
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))
      AND i.id NOT IN (FROM assignments SELECT item_id WHERE NOT closed AND person = $person AND stage = 'blind'
                       AND (judgement_id IS NOT NULL OR revealed_at IS NOT NULL))"""
"""Open items but for those of accounts that were removed or that the person is recused from, and what they know."""
_OPEN = f"SELECT i.id, i.election_id, i.phase, i.known_at, i.drawn FROM {_VISIBLE}"  # noqa: S608
_THESE = f"{_OPEN} AND i.id IN (SELECT unnest($ids::VARCHAR[]))"
_BETWEEN = f"{_OPEN} AND i.known_at >= $since AND ($until IS NULL OR i.known_at < $until)"
_LAST = f"SELECT i.known_at FROM {_VISIBLE} AND i.known_at >= $since ORDER BY 1 LIMIT 1 OFFSET $most"  # noqa: S608
_COUNT = f"""
    SELECT count(*) FROM {_VISIBLE}
      AND ($draws OR NOT i.drawn) AND i.id NOT IN (SELECT unnest($taken::VARCHAR[]))"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An item that waits for a person, with all that decides about its turn."""

    id: str
    stage: Stage
    election_id: str
    known_at: datetime
    phase: Phase
    put_off: int
    """Microseconds since 1970; 0 where the person never put it off."""

    def turn(self, person: str, due: Due) -> tuple[int, date, int, str]:
        """Return what it is sorted by."""
        shuffle = hashlib.md5(f"{self.id}{person}".encode(), usedforsecurity=False).hexdigest()
        return self.put_off, self.due_day(due), _SEVERITY.get(self.phase, 1), shuffle

    def due_day(self, due: Due) -> date:
        """Return the day of its deadline (WIB)."""
        return due(self.election_id, self.known_at).astimezone(WIB).date()


def _batches(lease: Lease, user: User) -> Iterator[tuple[list[dict[str, Any]], datetime | None]]:
    """Yield what may wait for a person, known longest first, and from when on others are left; None: none are."""
    since, most = datetime.min.replace(tzinfo=UTC), BATCH
    while True:
        last = lease.rows(_LAST, _who(user) | {"since": since, "most": most})
        until = _midnight_after(last[0][0]) if last else None
        yield lease.dicts(_BETWEEN, _who(user) | {"since": since, "until": until}), until
        if until is None:
            return
        since, most = until, most * 8


def _who(user: User) -> dict[str, Any]:
    return {"person": user.name, "hidden": sorted(user.hidden)}


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(WIB).date() + timedelta(days=1), time.min, tzinfo=WIB)


def _candidates(
    lease: Lease, user: User, rows: Sequence[Mapping[str, Any]], *, now: datetime, overlap: int
) -> Iterator[_Candidate]:
    """Yield those of some open items that wait for a person."""
    seats = assignments.open_seats(lease, now=now, ids=[row["id"] for row in rows]) if rows else {}
    for row in rows:
        at_it = seats.get(row["id"], ())
        stage = _part(user, at_it, overlap=overlap)
        if stage is not None:
            put_off = next((one.put_off for one in at_it if one.person == user.name), 0)
            yield _Candidate(row["id"], stage, row["election_id"], row["known_at"], Phase(row["phase"]), put_off)


def _part(user: User, seats: Sequence[Seat], *, overlap: int) -> Stage | None:
    return part_of(user.name, seats, overlap=overlap, adjudicates=user.role is Role.ADJUDICATOR)
