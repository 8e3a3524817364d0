"""What a person may see of an item on which they have given their view: their own words, and the machine's flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.users import User, folded
from scanner.errors import NotGiven
from scanner.review.assign import require_seen_by
from scanner.store import assignments, audit, flags, judgements
from scanner.store.assignments import Assignment
from scanner.store.connection import Lease, Store


@dataclass(frozen=True, slots=True)
class Recalled:
    """One item after one's own view."""

    said: Judgement
    flag: Flag | None
    """With its scores; None for an unflagged post that was drawn at random."""
    awaits_ruling: bool
    """The person is to rule on it, and has seen what the two said."""
    sees_views: bool
    """They have asked for what others said, so they cannot judge it blind any more."""


def recall(store: Store, user: User, item_id: str, *, now: datetime | None = None) -> Recalled:
    """Return what a person may see of an item; NotGiven before their own view. The reading is on the audit chain."""
    moment = now or datetime.now(UTC)
    with store.lease("review: show what was decided") as lease:
        require_seen_by(lease, user, item_id)
        mine, said = assignments.assignment(lease, item_id, user.name), _said(lease, item_id, user)
        if mine is None or said is None or (mine.judgement_id is None and mine.revealed_at is None):
            raise NotGiven(f"{item_id}: there is nothing to see for you before your own view")
        audit.append(lease, actor=user.name, action="flag.reveal", subject=item_id, detail={}, at=moment)
        return Recalled(said, flags.load_flag(lease, item_id), _awaits_ruling(mine), mine.revealed_at is not None)


def _said(lease: Lease, item_id: str, user: User) -> Judgement | None:
    """Return the last thing they said that they did not take back."""
    own = [one for one in judgements.judgements_of(lease, item_id) if folded(one.reviewer) == user.name]
    return own[-1] if own and own[-1].verdict is not Verdict.WITHDRAWN else None


def _awaits_ruling(mine: Assignment) -> bool:
    return mine.stage is Stage.ADJUDICATION and mine.judgement_id is None
