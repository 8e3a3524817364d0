"""What is settled, for the adjudicator who refers it or makes it gold: a list by state and deadline, opened by an act.

Nobody else is told what was settled, and nothing that is open is in the list: reviewers go on judging it blind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scanner.domain.accounts import Confidence
from scanner.domain.reviews import Verdict
from scanner.domain.seats import outcome
from scanner.domain.users import Role, User
from scanner.errors import NotGiven, UsageError
from scanner.review.assign import require_judge, require_seen_by
from scanner.review.clock import Clock, Due, safe_clock
from scanner.review.states import State
from scanner.store import assignments, audit, settled
from scanner.store.connection import Store
from scanner.store.settled import SettledItem

SUSPECTED = (State.SIAP_RUJUK, State.KLARIFIKASI, State.LEWAT_WAKTU, State.RUJUKAN)
"""States of a settled suspicion, in the order in which they are listed."""
STATES = (*SUSPECTED, State.BUKAN)


@dataclass(frozen=True, slots=True)
class Listed:
    """One settled item in the list."""

    item: SettledItem
    state: State
    due: Due


def list_settled(
    store: Store,
    user: User,
    state: State | None = None,
    *,
    size: int,
    offset: int = 0,
    overlap: int = 2,
    clock: Clock | None = None,
    now: datetime | None = None,
) -> list[Listed]:
    """Return suspicions by state and deadline, or those of one state; of BUKAN those settled last come first.

    One more than `size` tells that there are others behind them. That the posts were read is on the audit chain
    (guardrail G17). UsageError for anybody but an adjudicator.
    """
    _require_adjudicator(user)
    moment = now or datetime.now(UTC)
    with store.lease("review: list what is settled", reading=True) as lease:
        if state is State.BUKAN:
            cut = {"limit": size + 1, "offset": offset}
            found = settled.settled_items(lease, user, Verdict.NOT_VIOLATION, overlap=overlap, **cut)
        else:
            found = settled.settled_items(lease, user, Verdict.SUSPECTED, overlap=overlap)
    listed = [_listed(one, state, clock or safe_clock(), moment) for one in found]
    if state is not State.BUKAN:
        listed = _in_order(listed, state)[offset : offset + size + 1]
    if listed:
        detail = {"state": state or "", "items": [one.item.id for one in listed[:size]]}
        with store.lease("review: note what was listed") as lease:
            audit.append(lease, actor=user.name, action="settled.show", subject="settled", detail=detail, at=moment)
    return listed


def open_settled(store: Store, user: User, item_id: str, *, overlap: int = 2, now: datetime | None = None) -> None:
    """Lay a settled item open for an adjudicator, who knows what was said of it from then on; on record once.

    UsageError for anybody but an adjudicator; NotGiven for what is not settled, and it reads as for what is not there.
    """
    _require_adjudicator(user)
    moment = now or datetime.now(UTC)
    with store.lease("review: open a settled item") as lease:
        require_seen_by(lease, user, item_id)
        seats = [one.seat(moment) for one in assignments.assignments_of(lease, item_id)]
        if outcome(seats, overlap=overlap) is None:
            raise NotGiven(f"{item_id}: there is no such item for you")
        if settled.lay_open(lease, item_id, user.name, now=moment):
            audit.append(lease, actor=user.name, action="settled.open", subject=item_id, detail={}, at=moment)


def _require_adjudicator(user: User) -> None:
    require_judge(user)
    if user.role is not Role.ADJUDICATOR:
        raise UsageError(f"{user.name}: role {user.role} is not shown what is settled; adjudicator is")


def _listed(item: SettledItem, asked: State | None, clock: Clock, now: datetime) -> Listed:
    due = clock.due(item.election_id, item.known_at)
    return Listed(item, State.BUKAN if asked is State.BUKAN else _state(item, due, now), due)


def _state(item: SettledItem, due: Due, now: datetime) -> State:
    """Return what `states.state_of` says of a settled suspicion."""
    if item.referred:
        return State.RUJUKAN
    if due.expired(now):
        return State.LEWAT_WAKTU
    is_sure = item.confidence is Confidence.A and item.suspecting > 1 and not item.drawn
    return State.SIAP_RUJUK if is_sure else State.KLARIFIKASI


def _in_order(listed: Sequence[Listed], state: State | None) -> list[Listed]:
    wanted = (one for one in listed if state in (None, one.state))
    return sorted(wanted, key=lambda one: (SUSPECTED.index(one.state), one.due.at, one.item.id))
