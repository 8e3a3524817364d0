"""What the desk does with each key: a decision is recorded, and the next item and those after it are there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.domain.reviews import Judgement
from scanner.domain.users import User
from scanner.errors import TooLate
from scanner.review.assign import Asker, Chance, Place, fresh, kept
from scanner.review.clock import Clock
from scanner.review.decide import keep
from scanner.review.items import Item, Seats, load_items
from scanner.review.queue import asker_for, by_chance, note_shown, put_off
from scanner.review.record import Recorded
from scanner.store import flags
from scanner.store.connection import Lease, Store


@dataclass(frozen=True, slots=True)
class Onward:
    """What a decision leads to."""

    stored: bool
    """False when this very judgement had been stored before (the form was sent twice)."""
    codes: tuple[str, ...] | None
    """What the machine saw, which may be told now; None for an unflagged post that was drawn at random."""
    items: list[Item]
    """The next one and those fetched ahead."""


def take(
    store: Store,
    user: User,
    *,
    ahead: int = 2,
    now: datetime | None = None,
    after: str | None = None,
    overlap: int = 2,
    clock: Clock | None = None,
    chance: Chance = by_chance,
) -> list[Item]:
    """Show the next item and fetch up to `ahead` more, and keep them all for the person; none when nothing waits.

    What is fetched ahead counts as shown only when it comes to the front. `after` as of `take_next`.
    """
    asker = asker_for(user, now, overlap, clock)

    def work(lease: Lease) -> _Held:
        put_off(lease, asker, after)
        return _hold(lease, asker, ahead, chance, but=after)

    mine = store.repeat("review: show an item, fetch ahead", work)
    with store.lease("review: read items", reading=True) as lease:
        return load_items(lease, asker, mine.places, held=True, seats=mine.seats)


def decide_and_take(
    store: Store,
    user: User,
    said: Judgement,
    *,
    ahead: int = 2,
    overlap: int = 2,
    clock: Clock | None = None,
    chance: Chance = by_chance,
) -> Onward:
    """Do as `decide` and then `take` would, in one transaction. What is read of them afterwards holds up nobody."""
    asker = asker_for(user, said.decided_at, overlap, clock)

    def work(lease: Lease) -> tuple[Recorded | TooLate, _Held]:
        done = keep(lease, said, overlap=overlap)
        return done, _Held([], {}) if isinstance(done, TooLate) else _hold(lease, asker, ahead, chance)

    done, mine = store.repeat("review: record a judgement, show the next item", work)
    if isinstance(done, TooLate):
        raise done
    with store.lease("review: read items", reading=True) as lease:
        codes = flags.codes_of(lease, said.flag_id)
        return Onward(done.stored, codes, load_items(lease, asker, mine.places, held=True, seats=mine.seats))


@dataclass(frozen=True, slots=True)
class _Held:
    """What is kept for a person, and everybody's seats at it."""

    places: list[Place]
    seats: Seats


def _hold(lease: Lease, asker: Asker, ahead: int, chance: Chance, *, but: str | None = None) -> _Held:
    """Choose the next item and up to `ahead` more, keep them for the person and note it."""
    front = asker.front(lease)
    mine = kept(lease, asker, front, wanted=1 + ahead)
    left_out = [one.id for one in mine] + ([but] if but else [])
    places = [*mine, *fresh(lease, asker, front, count=1 + ahead - len(mine), but=left_out, chance=chance)]
    places = places[: 1 + ahead]
    note_shown(lease, asker, places, ahead=len(places) - 1)
    return _Held(places, front.seats)
