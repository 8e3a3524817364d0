"""Assignments: who has which item in hand and who has judged it, so that nobody judges one twice and no third does.

A row holds an item for a person until a moment; once the person has judged, it tells what counts of it. What counts is
what `judgements` says; here it stands beside the holding, so that the queue need not read all that was ever said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.connection import Lease

HOLD = timedelta(minutes=10)
"""How long an item is kept for the person who has it (reliability C3)."""

_SETTLE = (
    "UPDATE flags SET settled_at = $at WHERE id = $item AND (settled_at IS NULL) <> ($at IS NULL)",
    "UPDATE draws SET settled_at = $at WHERE id = $item AND (settled_at IS NULL) <> ($at IS NULL)",
)


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

    def holds(self, now: datetime) -> bool:
        """Tell whether the item is kept for the person."""
        return self.judgement_id is None and self.held_until > now


def assignments_of(lease: Lease, item_id: str) -> list[Assignment]:
    """Return everybody's place at an item, in order of name."""
    return [_read(row) for row in lease.dicts("FROM assignments WHERE item_id = $id ORDER BY person", {"id": item_id})]


def held_by(lease: Lease, person: str, now: datetime) -> list[Assignment]:
    """Return what is kept for a person: shown items first, then in order of taking."""
    rows = lease.dicts(
        """FROM assignments WHERE NOT closed AND person = $person AND judgement_id IS NULL AND held_until > $now
           ORDER BY shown_at IS NULL, taken_at, item_id""",
        {"person": folded(person), "now": now},
    )
    return [_read(row) for row in rows]


def hold(lease: Lease, item_id: str, person: str, stage: Stage, *, now: datetime, shown: bool) -> None:
    """Keep an item for a person for `HOLD` from now on; `shown`: they see it now, it is not only fetched ahead."""
    row = {
        "item_id": item_id,
        "person": folded(person),
        "stage": stage,
        "taken_at": now,
        "held_until": now + HOLD,
        "shown_at": now if shown else None,
        "closed": False,
    }
    tables.stage(lease, "incoming", "assignments", [row])
    lease.execute("""
        MERGE INTO assignments AS a USING incoming AS s USING (item_id, person)
        WHEN MATCHED AND a.judgement_id IS NULL THEN UPDATE SET
            stage = s.stage, held_until = s.held_until, shown_at = coalesce(a.shown_at, s.shown_at), skipped_at = NULL,
            taken_at = CASE WHEN a.held_until > s.taken_at THEN a.taken_at ELSE s.taken_at END
        WHEN NOT MATCHED THEN INSERT BY NAME""")


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


def record(lease: Lease, judgement: Judgement) -> None:
    """Take over what a judgement means for its author's place: judged, or after an undo no more."""
    said = judgement.verdict is not Verdict.WITHDRAWN
    if judgement.stage is Stage.PREVIEW:  # an adjudicator has looked and goes on holding the item
        return
    row = {
        "item_id": judgement.flag_id,
        "person": folded(judgement.reviewer),
        "stage": judgement.stage,
        "taken_at": judgement.decided_at,
        "held_until": judgement.decided_at,
        "shown_at": judgement.decided_at,
        "judgement_id": judgement.id if said else None,
        "verdict": judgement.verdict if said else None,
        "closed": judgement.stage is Stage.GOLD,
    }
    tables.stage(lease, "incoming", "assignments", [row])
    lease.execute("""
        MERGE INTO assignments AS a USING incoming AS s USING (item_id, person)
        WHEN MATCHED THEN UPDATE SET
            stage = s.stage, held_until = s.held_until, judgement_id = s.judgement_id, verdict = s.verdict,
            shown_at = coalesce(a.shown_at, s.shown_at), closed = a.closed OR s.closed
        WHEN NOT MATCHED THEN INSERT BY NAME""")


def discount(lease: Lease, judgement_ids: Iterable[str], *, now: datetime) -> list[str]:
    """Let judgements count no more because they were made too fast; return the items they were of."""
    ids = list(judgement_ids)
    tables.insert_new(lease, "hasty", ({"judgement_id": one, "noted_at": now} for one in ids), keys=["judgement_id"])
    rows = lease.rows(
        "UPDATE assignments SET verdict = NULL WHERE judgement_id = ANY($ids::VARCHAR[]) RETURNING item_id",
        {"ids": ids},
    )
    return sorted(item for (item,) in rows)


def settle(lease: Lease, item_id: str, *, overlap: int, at: datetime) -> Verdict | None:
    """Bring an item's state in line with what counts of it; return the verdict it is settled with, or None."""
    outcome = outcome_of(assignments_of(lease, item_id), overlap=overlap)
    for statement in _SETTLE:
        lease.execute(statement, {"item": item_id, "at": None if outcome is None else at})
    lease.execute(
        "UPDATE assignments SET closed = $closed WHERE item_id = $item AND stage <> 'gold' AND closed <> $closed",
        {"item": item_id, "closed": outcome is not None},
    )
    return outcome


def outcome_of(places: Iterable[Assignment], *, overlap: int) -> Verdict | None:
    """Return what an item is settled with: the ruling, or else what enough said who are more than half; None if open.

    Nothing is settled as unsure.
    """
    counting = [one for one in places if one.verdict is not None and one.stage is not Stage.GOLD]
    for one in counting:
        if one.stage is Stage.ADJUDICATION:
            return one.verdict
    said = [one.verdict for one in counting]
    for verdict in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION):
        if said.count(verdict) >= overlap and 2 * said.count(verdict) > len(said):
            return verdict
    return None


def _read(row: dict[str, Any]) -> Assignment:
    verdict = row["verdict"]
    return Assignment(**{**row, "stage": Stage(row["stage"]), "verdict": None if verdict is None else Verdict(verdict)})
