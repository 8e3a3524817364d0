"""What waits for a reviewer, one item after the other: kept for them while they read, given back by itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scanner.domain.reviews import Stage
from scanner.domain.users import User
from scanner.errors import NotGiven
from scanner.review.assign import (
    Asker,
    Chance,
    Place,
    fresh,
    judge_named,
    kept,
    next_places,
    require_judge,
    require_reader,
    require_seen_by,
)
from scanner.review.clock import Clock, safe_clock
from scanner.review.items import Item, load_items
from scanner.store import assignments, audit
from scanner.store import waiting as waiting_items
from scanner.store.assignments import Assignment, Hold
from scanner.store.connection import Lease, Store

by_chance: Chance = secrets.SystemRandom().random


def take_next(
    store: Store,
    user: User,
    *,
    now: datetime | None = None,
    after: str | None = None,
    overlap: int = 2,
    clock: Clock | None = None,
    hints: bool = False,
    chance: Chance = by_chance,
) -> Item | None:
    """Show a reviewer their next item and keep it for them for ten minutes; None when nothing waits.

    What is kept for them comes first, so that a lost page comes back. `after`: the item they leave undecided; that is
    noted, and it comes back after the others. With `hints`, as at the terminal, codes and signals
    stand beside the post, and only flags are shown. One event on the audit chain tells of the showing (guardrail G17).
    """
    asker = asker_for(user, now, overlap, clock, hints=hints)
    with store.lease("review: show an item") as lease:
        put_off(lease, asker, after)
        front = asker.front(lease)
        places = kept(lease, asker, front, wanted=1)[:1] or fresh(lease, asker, front, but=_named(after), chance=chance)
        return next(iter(_show(lease, asker, places)), None)


def show(
    store: Store,
    user: User,
    item_id: str,
    *,
    now: datetime | None = None,
    overlap: int = 2,
    clock: Clock | None = None,
) -> Item:
    """Show a reviewer again what was shown to them; what is still theirs to judge is kept for them anew.

    NotGiven for everything else, whether there is such an item or not.
    """
    asker = asker_for(user, now, overlap, clock)
    with store.lease("review: show an item again") as lease:
        require_seen_by(lease, user, item_id)
        mine = assignments.assignment(lease, item_id, user.name)
        if mine is None or mine.shown_at is None:
            raise NotGiven(f"{item_id}: there is no such item for you")
        return show_again(lease, asker, mine)


def show_again(lease: Lease, asker: Asker, mine: Assignment) -> Item:
    """Show a person an item they had, and keep it for them when it is still theirs to judge."""
    waits = asker.front(lease).among([mine.item_id], only=True)
    theirs = mine.judgement_id is None and (mine.item_id in waits or mine.stage is Stage.GOLD)
    return _show(lease, asker, [Place(mine.item_id, mine.stage, mine.before_id, shown=True)], held=theirs)[0]


def waiting(
    store: Store, *, reviewer: str, overlap: int, limit: int, now: datetime | None = None, clock: Clock | None = None
) -> list[Item]:
    """List the flags that wait for this reviewer in their order, and keep nothing for them.

    That somebody read the posts is recorded in the audit chain (guardrail G17).
    """
    with store.lease("review: read the queue") as lease:
        asker = asker_for(_reader(lease, reviewer), now, overlap, clock, hints=True)
        items = load_items(lease, asker, next_places(asker, asker.front(lease), limit=limit), held=False)
        if items:
            detail = {"items": len(items)}
            audit.append(lease, actor=asker.user.name, action="queue.show", subject="queue", detail=detail)
        return items


def count_waiting(store: Store, *, reviewer: str, overlap: int, now: datetime | None = None) -> int:
    """Count the flags that wait for this reviewer."""
    with store.lease("review: count the queue") as lease:
        user = _reader(lease, reviewer)
        return waiting_items.count_items(lease, user, now=now or datetime.now(UTC), overlap=overlap, draws=False)


def reviewer_named(store: Store, name: str) -> User:
    """Return who judges under this name, as one of the two; UsageError for who does not: rulings are for the desk."""
    with store.lease("review: who is judging") as lease:
        return _reader(lease, name)


def _reader(lease: Lease, name: str) -> User:
    user = judge_named(lease, name)
    require_reader(user)
    return user


def asker_for(user: User, now: datetime | None, overlap: int, clock: Clock | None, *, hints: bool = False) -> Asker:
    """Return who is given items, when and by which rules; UsageError for who judges nothing."""
    require_judge(user)
    return Asker(user=user, now=now or datetime.now(UTC), overlap=overlap, clock=clock or safe_clock(), hints=hints)


def put_off(lease: Lease, asker: Asker, item_id: str | None) -> None:
    """Give back what a person leaves undecided; that is noted (guardrail G8)."""
    name, now = asker.user.name, asker.now
    if item_id is not None and assignments.release(lease, item_id, name, now=now):
        audit.append(lease, actor=name, action="item.skip", subject=item_id, detail={}, at=now)


def _show(lease: Lease, asker: Asker, places: Sequence[Place], *, held: bool = True) -> list[Item]:
    note_shown(lease, asker, places, held=held)
    return load_items(lease, asker, places, held=held) if places else []


def note_shown(lease: Lease, asker: Asker, places: Sequence[Place], *, ahead: int = 0, held: bool = True) -> None:
    """Note that items are shown, the last `ahead` only fetched, and keep those for the person that are theirs."""
    now, shown = asker.now, len(places) - min(ahead, len(places))
    if held:  # a microsecond after each other: in this order they come later
        holds = [
            Hold(one.id, one.stage, now + number * timedelta.resolution, shown=number < shown, before_id=one.before_id)
            for number, one in enumerate(places)
        ]
        assignments.hold(lease, asker.user.name, holds)
    _note(lease, asker, places, shown=shown)


def note_shown_again(lease: Lease, asker: Asker, places: Sequence[Place]) -> bool:
    """Note that the first of what is kept for a person is shown again; False where any of it is theirs no more."""
    if not assignments.prolong(lease, asker.user.name, [one.id for one in places], now=asker.now):
        return False
    _note(lease, asker, places, shown=1)
    return True


def _note(lease: Lease, asker: Asker, places: Sequence[Place], *, shown: int) -> None:
    if places:
        acts = [("item.show" if number < shown else "item.prefetch", one.id) for number, one in enumerate(places)]
        audit.append_all(lease, actor=asker.user.name, acts=acts, detail={}, at=asker.now)


def _named(item_id: str | None) -> list[str]:
    return [] if item_id is None else [item_id]
