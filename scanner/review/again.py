"""What a person has in hand, shown again: that is noted while it is read, and within a minute not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from scanner.domain.users import User
from scanner.review.assign import Asker, Place, kept
from scanner.review.clock import Clock
from scanner.review.items import Item, load_items
from scanner.review.queue import asker_for, note_shown_again
from scanner.store.assignments import HOLD
from scanner.store.connection import Lease, Store

Painted = TypeVar("Painted")

SAME = timedelta(minutes=1)
"""What is shown again so soon is one showing: it is on record, kept for long enough, and nobody waits for a writer."""


def show_held(
    store: Store,
    user: User,
    paint: Callable[[Lease, list[Item]], Painted],
    *,
    ahead: int = 2,
    now: datetime | None = None,
    overlap: int = 2,
    clock: Clock | None = None,
) -> Painted | None:
    """Paint what is kept for a person already, the first of it seen before; None where `take` has to choose.

    As by `take` it is kept for them anew, and on record that it is shown (guardrail G17) before anything is returned;
    within `SAME` of the last time it is both already.
    """
    asker = asker_for(user, now, overlap, clock)
    with ThreadPoolExecutor(1) as beside:
        with store.lease("review: show what is in hand", reading=True) as lease:
            front = asker.front(lease)
            places = kept(lease, asker, front, wanted=1 + ahead)[: 1 + ahead]
            if len(places) <= ahead or not places[0].shown:
                return None
            noted = beside.submit(_note, store, asker, places) if _is_long_ago(asker, places) else None
            painted = paint(lease, load_items(lease, asker, places, held=True, seats=front.seats))
        # Not within the lease: who wants the file alone waits for all who read, and whoever writes then waits for them.
        return painted if noted is None or noted.result() else None


def _is_long_ago(asker: Asker, places: list[Place]) -> bool:
    return any(one.held_until is None or one.held_until <= asker.now + HOLD - SAME for one in places)


def _note(store: Store, asker: Asker, places: list[Place]) -> bool:
    return store.repeat("review: note what is shown", lambda lease: note_shown_again(lease, asker, places))
