"""What a judgement means for its author's place and its item: judged, set aside as too fast, settled.

What counts is what `judgements` says; in `assignments` it stands beside the holding, so that the queue need not read
all that was ever said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.seats import outcome
from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.assignments import Assignment, assignments_of
from scanner.store.connection import Lease

_SPEAK = """
    UPDATE assignments SET stage = $stage, held_until = $held_until, judgement_id = $judgement_id, verdict = $verdict,
           shown_at = coalesce(shown_at, $shown_at), closed = closed OR $closed
    WHERE item_id = $item_id AND person = $person RETURNING item_id"""

_SETTLE = (
    "UPDATE flags SET settled_at = $at WHERE id = $item AND (settled_at IS NULL) <> ($at IS NULL)",
    "UPDATE draws SET settled_at = $at WHERE id = $item AND (settled_at IS NULL) <> ($at IS NULL)",
)

_SET_ASIDE = """
    UPDATE assignments AS a SET verdict = NULL
    WHERE judgement_id = ANY($ids::VARCHAR[]) AND stage = 'blind'
      AND NOT EXISTS (FROM referrals AS r WHERE r.flag_id = a.item_id)
      AND NOT EXISTS (FROM gold AS g WHERE g.item_id = a.item_id)
      AND NOT EXISTS (FROM adjudications AS j WHERE j.item_id = a.item_id)
    RETURNING judgement_id, item_id"""


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
    if not lease.rows(_SPEAK, {key: value for key, value in row.items() if key != "taken_at"}):
        tables.insert_one(lease, "assignments", row)


def discount(lease: Lease, judgement_ids: Sequence[str], *, now: datetime) -> list[str]:
    """Note that judgements were made too fast; return the items of which they count no more.

    What a third person ruled on, what was referred, and gold stay as they are.
    """
    rows = lease.rows(_SET_ASIDE, {"ids": list(judgement_ids)})
    aside = dict(rows)
    noted = [{"judgement_id": one, "set_aside": one in aside, "noted_at": now} for one in judgement_ids]
    tables.insert_new(lease, "hasty", noted, keys=["judgement_id"])
    return sorted(aside.values())


def judged(places: Sequence[Assignment], said: Judgement) -> list[Assignment]:
    """Return everybody's places at an item once `record` has taken over a blind judgement or one of gold."""
    person, at = folded(said.reviewer), said.decided_at
    new = Assignment(item_id=said.flag_id, person=person, stage=said.stage, taken_at=at, held_until=at)
    mine = next((one for one in places if one.person == person), new)
    spoken = replace(
        mine,
        stage=said.stage,
        held_until=at,
        shown_at=mine.shown_at or at,
        judgement_id=said.id,
        verdict=said.verdict,
        closed=mine.closed or said.stage is Stage.GOLD,
    )
    return [*(one for one in places if one.person != person), spoken]


def settle(
    lease: Lease, item_id: str, *, overlap: int, at: datetime, places: Sequence[Assignment] | None = None
) -> Verdict | None:
    """Bring an item's state in line with what counts of it; return the verdict it is settled with, or None.

    `places`: everybody's at it, where they are known.
    """
    every = assignments_of(lease, item_id) if places is None else places
    counting = [one for one in every if one.stage is not Stage.GOLD]
    settled = outcome([one.seat(at) for one in counting], overlap=overlap)
    if any(one.closed is (settled is None) for one in counting):
        for statement in _SETTLE:
            lease.execute(statement, {"item": item_id, "at": None if settled is None else at})
        lease.execute(
            "UPDATE assignments SET closed = $closed WHERE item_id = $item AND stage <> 'gold'",
            {"item": item_id, "closed": settled is not None},
        )
    return settled
