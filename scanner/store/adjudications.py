"""Adjudications: what a third person ruled where two disagreed. The database itself refuses one of the two."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from scanner.domain.reviews import Verdict
from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.connection import Lease

_RULINGS = """
    SELECT r.verdict, arg_max(own.verdict, own.seq) AS own_verdict, arg_max(own.seconds, own.seq) AS own_seconds
    FROM standing_judgements AS r
    LEFT JOIN judgements AS own ON own.flag_id = r.flag_id AND own.stage = 'preview'
                               AND lower(trim(own.reviewer)) = $person
    WHERE r.stage = 'adjudication' AND lower(trim(r.reviewer)) = $person
    GROUP BY r.flag_id, r.verdict, r.seq ORDER BY r.seq DESC LIMIT $limit"""


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


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody ruled, beside what they thought before they saw the two."""

    verdict: Verdict
    own_verdict: Verdict | None
    """None where they gave no view of their own, having seen the two's when the item was settled before."""
    own_seconds: float | None
    """From showing to giving it."""


def rulings_of(lease: Lease, person: str, *, limit: int) -> list[Ruling]:
    """Return a person's last rulings that stand, newest first."""
    rows = lease.rows(_RULINGS, {"person": folded(person), "limit": limit})
    return [
        Ruling(Verdict(verdict), Verdict(own) if own is not None else None, seconds) for verdict, own, seconds in rows
    ]
