"""Adjudications: what a third person ruled where two disagreed. The database itself refuses one of the two."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from scanner.store import tables
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Adjudication:
    """One ruling. It stays on record when its author takes it back."""

    judgement_id: str
    item_id: str
    adjudicator: str
    first_reviewer: str
    second_reviewer: str
    reason: str
    """The adjudicator's own words."""
    ruled_at: datetime


def save_adjudication(lease: Lease, adjudication: Adjudication) -> None:
    """Store a ruling beside its judgement; again changes nothing. StoreError when it is not by a third person."""
    tables.insert_new(lease, "adjudications", [asdict(adjudication)], keys=["judgement_id"])


def adjudications_of(lease: Lease, item_id: str) -> list[Adjudication]:
    """Return the rulings on an item in order of time, those taken back too."""
    rows = lease.dicts("FROM adjudications WHERE item_id = $id ORDER BY ruled_at, judgement_id", {"id": item_id})
    return [Adjudication(**row) for row in rows]
