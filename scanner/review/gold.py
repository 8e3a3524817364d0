"""Gold: an adjudicator marks settled items that are beyond doubt; reviewers get them without knowing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.reviews import Verdict
from scanner.domain.seats import outcome
from scanner.domain.users import Role, User
from scanner.errors import ReviewError, UsageError
from scanner.review.assign import require_judge, require_seen_by
from scanner.review.texts import clean_note
from scanner.store import assignments, gold, judgements
from scanner.store.connection import Lease, Store
from scanner.store.gold import Gold


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled item as an adjudicator sees it who may mark it."""

    verdict: Verdict
    gold: Gold | None
    """Since when it measures reviewers, and by whose mark; None where it does not."""


def settled_item(
    store: Store, user: User, item_id: str, *, overlap: int = 2, now: datetime | None = None
) -> Settled | None:
    """Return an item that an adjudicator may mark; None for others, while it is open, and before they saw the views.

    That it is settled tells what others said of it, so it is told to nobody who could still judge it blind.
    """
    if user.role is not Role.ADJUDICATOR:
        return None
    moment = now or datetime.now(UTC)
    with store.lease("review: a settled item", reading=True) as lease:
        require_seen_by(lease, user, item_id)
        places = assignments.assignments_of(lease, item_id)
        mine = next((one for one in places if one.person == user.name), None)
        verdict = outcome([one.seat(moment) for one in places], overlap=overlap)
        if verdict is None or mine is None or mine.revealed_at is None:
            return None
        return Settled(verdict, gold.load_gold(lease, [item_id]).get(item_id))


def mark_gold(
    store: Store, user: User, item_id: str, *, reason: str, overlap: int = 2, now: datetime | None = None
) -> bool:
    """Let a settled item measure reviewers from now on, for a reason on the audit chain; False when it does already.

    UsageError without a reason and for anybody but an adjudicator; ReviewError while the item is not settled.
    """
    _require_adjudicator(user)
    moment, why = now or datetime.now(UTC), clean_note(reason, what="reason")
    if not why:
        raise UsageError(f"{item_id}: reason: empty; say why its verdict is beyond doubt")
    with store.lease("review: mark gold") as lease:
        require_seen_by(lease, user, item_id)
        seats = [one.seat(moment) for one in assignments.assignments_of(lease, item_id)]
        verdict = outcome(seats, overlap=overlap)
        if verdict is None:
            raise ReviewError(f"{item_id}: it is not settled; only what is settled can measure anybody")
        codes = _codes(lease, item_id, verdict)
        return gold.set_gold(lease, Gold(item_id, verdict, codes, set_by=user.name, set_at=moment), reason=why)


def retire_gold(store: Store, user: User, item_id: str, *, now: datetime | None = None) -> bool:
    """Let an item measure nobody from now on; False when it does not. UsageError for anybody but an adjudicator."""
    _require_adjudicator(user)
    with store.lease("review: retire gold") as lease:
        return gold.retire_gold(lease, item_id, by=user.name, at=now or datetime.now(UTC))


def _require_adjudicator(user: User) -> None:
    require_judge(user)
    if user.role is not Role.ADJUDICATOR:
        raise UsageError(f"{user.name}: role {user.role} marks no gold; adjudicator does")


def _codes(lease: Lease, item_id: str, verdict: Verdict) -> tuple[str, ...]:
    """Return the codes that those named who prevailed."""
    standing = judgements.current_judgements(lease, [item_id])
    named = (code for one in standing if one.verdict is verdict for code in one.codes)
    return tuple(dict.fromkeys(named))
