"""What a person may see of an item on which they have given their view: their own words, and the machine's flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.flags import Flag
from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.seats import is_disputed, outcome
from scanner.domain.users import Role, User, folded
from scanner.errors import NotGiven
from scanner.review.assign import require_seen_by
from scanner.store import assignments, audit, flags, judgements
from scanner.store.assignments import Assignment
from scanner.store.connection import Lease, Store


@dataclass(frozen=True, slots=True)
class Recalled:
    """One item after one's own view."""

    said: Judgement | None
    """None for an adjudicator who opened it when it was settled."""
    flag: Flag | None
    """With its scores; None for an unflagged post that was drawn at random."""
    awaits_ruling: bool
    """The person is to rule on it, and may see what the two said."""
    sees_views: bool
    """They have asked for what others said, so they cannot judge it blind any more."""


def recall(store: Store, user: User, item_id: str, *, overlap: int = 2, now: datetime | None = None) -> Recalled:
    """Return what a person may see of an item; NotGiven before their own view. The reading is on the audit chain.

    An adjudicator who opened it when it was settled gives no view of their own first (`may_look`).
    """
    moment = now or datetime.now(UTC)
    with store.lease("review: show what was decided") as lease:
        require_seen_by(lease, user, item_id)
        places, said = assignments.assignments_of(lease, item_id), own_view(lease, item_id, user)
        mine = may_look(user, places, said, overlap=overlap, now=moment)
        if mine is None:
            raise NotGiven(f"{item_id}: there is nothing to see for you before your own view")
        awaits = _awaits_ruling(mine, places, overlap=overlap, now=moment)
        audit.append(lease, actor=user.name, action="flag.reveal", subject=item_id, detail={}, at=moment)
        return Recalled(said, flags.load_flag(lease, item_id), awaits, mine.revealed_at is not None)


def may_look(
    user: User, places: Sequence[Assignment], said: Judgement | None, *, overlap: int, now: datetime
) -> Assignment | None:
    """Return a person's place at an item of which they may see all that was said; None where they may not.

    After their own view. An adjudicator who opened it without one: as long as it is settled, or is theirs to rule on;
    not while reviewers judge it blind again.
    """
    mine = next((one for one in places if one.person == user.name), None)
    if mine is None or (mine.judgement_id is None and mine.revealed_at is None):
        return None
    if said is not None:
        return mine
    is_settled = outcome([one.seat(now) for one in places], overlap=overlap) is not None
    is_open_to_them = is_settled or _awaits_ruling(mine, places, overlap=overlap, now=now)
    return mine if is_open_to_them and user.role is Role.ADJUDICATOR else None


def own_view(lease: Lease, item_id: str, user: User) -> Judgement | None:
    """Return the last thing they said that they did not take back."""
    own = [one for one in judgements.judgements_of(lease, item_id) if folded(one.reviewer) == user.name]
    return own[-1] if own and own[-1].verdict is not Verdict.WITHDRAWN else None


def _awaits_ruling(mine: Assignment, places: Sequence[Assignment], *, overlap: int, now: datetime) -> bool:
    is_theirs = mine.stage is Stage.ADJUDICATION and mine.judgement_id is None
    return is_theirs and is_disputed([one.seat(now) for one in places], overlap=overlap)
