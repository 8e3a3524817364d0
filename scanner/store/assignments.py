"""Assignments: who has which item in hand and who has judged it, so that nobody judges one twice and no third does.

A row holds an item for a person until a moment; once the person has judged, it tells what counts of it (`settling`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.domain.reviews import Stage, Verdict
from scanner.domain.seats import Seat
from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.connection import Lease

HOLD = timedelta(minutes=10)
"""How long an item is kept for the person who has it (reliability C3)."""

_SEATS = """
    SELECT item_id, person, stage, verdict, judgement_id IS NOT NULL, judgement_id IS NULL AND held_until > $now,
           revealed_at IS NOT NULL, coalesce(epoch_us(skipped_at), 0)
    FROM assignments WHERE NOT closed"""

_HELD = "(?, ?, ?, ?, ?, ?::TIMESTAMPTZ, false, ?::VARCHAR)"
# By VALUES, not through Arrow as elsewhere: of these few rows, in four fifths of the time.
_HOLD = """
    MERGE INTO assignments AS a
    USING (VALUES {rows}) AS s(item_id, person, stage, taken_at, held_until, shown_at, closed, before_id)
    USING (item_id, person)
    WHEN MATCHED AND a.judgement_id IS NULL THEN UPDATE SET
        stage = s.stage, held_until = greatest(a.held_until, s.held_until), skipped_at = NULL,
        shown_at = coalesce(a.shown_at, s.shown_at),
        taken_at = CASE WHEN a.held_until > s.taken_at THEN a.taken_at ELSE s.taken_at END,
        before_id = s.before_id
    WHEN NOT MATCHED THEN INSERT BY NAME"""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person's place at one item."""

    item_id: str
    person: str
    stage: Stage
    """BLIND, ADJUDICATION or GOLD."""
    taken_at: datetime
    held_until: datetime
    shown_at: datetime | None = None
    skipped_at: datetime | None = None
    revealed_at: datetime | None = None
    judgement_id: str | None = None
    """What the person said and has not taken back."""
    verdict: Verdict | None = None
    """What of it counts; None as well where it was made too fast."""
    closed: bool = False
    before_id: str | None = None
    """Of gold: the waiting item it is put before, whose deadline it borrows."""

    def holds(self, now: datetime) -> bool:
        """Tell whether the item is kept for the person."""
        return self.judgement_id is None and self.held_until > now

    def seat(self, now: datetime) -> Seat:
        """Return what of this decides who may read the item."""
        return Seat(
            person=self.person,
            stage=self.stage,
            verdict=self.verdict,
            judged=self.judgement_id is not None,
            held=self.holds(now),
            revealed=self.revealed_at is not None,
        )


def assignments_of(lease: Lease, item_id: str) -> list[Assignment]:
    """Return everybody's place at an item, in order of name."""
    return [_read(row) for row in lease.dicts("FROM assignments WHERE item_id = $id ORDER BY person", {"id": item_id})]


def assignment(lease: Lease, item_id: str, person: str) -> Assignment | None:
    """Return a person's place at an item; None where they never had it."""
    params = {"item": item_id, "person": folded(person)}
    rows = lease.dicts("FROM assignments WHERE item_id = $item AND person = $person", params)
    return _read(rows[0]) if rows else None


def standing(lease: Lease, person: str, judgement_ids: Iterable[str]) -> set[str]:
    """Return which of these judgements of a person stand at their places: they were not taken back."""
    marks, ids = tables.among(judgement_ids)
    sql = f"SELECT judgement_id FROM assignments WHERE person = $person AND judgement_id IN {marks}"  # noqa: S608
    return {one for (one,) in lease.rows(sql, ids | {"person": folded(person)})}


def open_seats(lease: Lease, *, now: datetime, ids: Sequence[str] | None = None) -> dict[str, list[Seat]]:
    """Return everybody's seats at open items, by item; at these items alone, or at all of them."""
    found: dict[str, list[Seat]] = defaultdict(list)
    marks, params = ("", {}) if ids is None else tables.among(ids)
    rows = lease.rows(_SEATS + (f" AND item_id IN {marks}" if marks else ""), params | {"now": now})
    for item, person, stage, verdict, *rest in rows:
        said = None if verdict is None else tables.word_of(Verdict, verdict, "assignments.verdict")
        found[item].append(Seat(person, Stage(stage), said, *rest))
    return found


def held_by(lease: Lease, person: str, now: datetime) -> list[Assignment]:
    """Return what is kept for a person: what they saw last comes first, what was fetched ahead follows in its order."""
    rows = lease.dicts(
        "FROM assignments WHERE NOT closed AND person = $person AND judgement_id IS NULL AND held_until > $now",
        {"person": folded(person), "now": now},
    )
    # Sorted here: of these few rows, in half the time of ORDER BY.
    found = sorted(map(_read, rows), key=lambda one: (one.taken_at, one.item_id))
    seen = [one for one in found if one.shown_at is not None]
    return [*reversed(seen), *(one for one in found if one.shown_at is None)]


@dataclass(frozen=True, slots=True)
class Hold:
    """One item to be kept for somebody."""

    item_id: str
    stage: Stage
    at: datetime
    shown: bool
    """They see it now; it is not only fetched ahead."""
    before_id: str | None = None
    until: datetime | None = None
    """For `HOLD` from now on where it is not given."""


def hold(lease: Lease, person: str, holds: Sequence[Hold]) -> None:
    """Keep items for a person; what was kept for longer stays so."""
    if not holds:
        return
    name = folded(person)
    values: list[Any] = []
    for one in holds:
        shown = one.at if one.shown else None
        values += (one.item_id, name, one.stage, one.at, one.until or one.at + HOLD, shown, one.before_id)
    lease.execute(_HOLD.format(rows=", ".join([_HELD] * len(holds))), values)


def prolong(lease: Lease, person: str, item_ids: Sequence[str], *, now: datetime) -> bool:
    """Keep for longer what is kept for a person; False where any of it is not, or not any more."""
    marks, ids = tables.among(item_ids)
    prolonged = lease.rows(
        f"""UPDATE assignments SET held_until = greatest(held_until, $until), skipped_at = NULL
            WHERE NOT closed AND person = $person AND judgement_id IS NULL AND held_until > $now AND item_id IN {marks}
            RETURNING item_id""",  # noqa: S608
        ids | {"person": folded(person), "now": now, "until": now + HOLD},
    )
    return len(prolonged) == len(item_ids)


def release(lease: Lease, item_id: str, person: str, *, now: datetime) -> bool:
    """Give an item back that its holder puts off; False when they did not hold it."""
    released = lease.rows(
        """UPDATE assignments SET held_until = $now, skipped_at = $now
           WHERE item_id = $item AND person = $person AND judgement_id IS NULL AND held_until > $now
           RETURNING item_id""",
        {"item": item_id, "person": folded(person), "now": now},
    )
    return bool(released)


def reveal(lease: Lease, item_id: str, person: str, *, now: datetime) -> bool:
    """Note that a person was shown the others' views; False when that was noted before."""
    revealed = lease.rows(
        """UPDATE assignments SET revealed_at = $now
           WHERE item_id = $item AND person = $person AND revealed_at IS NULL RETURNING item_id""",
        {"item": item_id, "person": folded(person), "now": now},
    )
    return bool(revealed)


def count_own(lease: Lease, person: str, *, since: datetime, now: datetime) -> tuple[int, int]:
    """Count what is kept for a person now, and what they have judged since a moment and not taken back."""
    [(held, judged)] = lease.rows(
        """SELECT count(*) FILTER (NOT closed AND judgement_id IS NULL AND held_until > $now),
                  count(*) FILTER (judgement_id IS NOT NULL AND held_until >= $since)
           FROM assignments WHERE person = $person""",
        {"person": folded(person), "since": since, "now": now},
    )
    return int(held), int(judged)


def _read(row: dict[str, Any]) -> Assignment:
    verdict = None if row["verdict"] is None else tables.word_of(Verdict, row["verdict"], "assignments.verdict")
    return Assignment(**{**row, "stage": Stage(row["stage"]), "verdict": verdict})
