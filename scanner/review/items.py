"""One item as a reviewer sees it before deciding: no score, no class, nobody else's view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from scanner.domain.accounts import Account
from scanner.domain.flags import Flag, Phase
from scanner.domain.posts import Post
from scanner.domain.reviews import Stage
from scanner.domain.seats import Seat
from scanner.errors import StoreError
from scanner.review.assign import Asker, Place
from scanner.review.clock import Due
from scanner.store import accounts, assignments, draws, flags
from scanner.store.assignments import HOLD
from scanner.store.connection import Lease
from scanner.store.draws import Draw
from scanner.store.versions import Version, versions_of_each

Seats: TypeAlias = Mapping[str, Sequence[Seat]]
"""Everybody's seats, by item."""


class Why(StrEnum):
    """Why an item is here. Gold and draws look like all others."""

    DEADLINE = "deadline"  # nobody has it yet, and its deadline is the nearest
    SECOND_READING = "second_reading"  # somebody else has read it or is reading it
    ADJUDICATION = "adjudication"  # enough have read it, and they disagree


@dataclass(frozen=True, slots=True)
class Item:
    """One flag, or one unflagged post drawn at random."""

    id: str
    post: Post
    versions: tuple[Version, ...]
    """All its texts as captured, the first one first."""
    missing_at: datetime | None
    """When a second look confirmed that the post is gone."""
    captured_at: datetime
    account: Account
    phase: Phase
    """Phase of the election when it was posted."""
    due: Due
    why: Why
    held_until: datetime | None
    """Until when nobody else gets it in this one's place, or up to a minute before; None where it is only listed."""
    awaits_ruling: bool
    """The person has seen what the two said of it: they rule on it, and are not asked for a view of their own."""
    flag: Flag | None
    """Blind: without scores and sanction classes, and at the desk without codes and spans. None for a draw."""


def load_item(lease: Lease, asker: Asker, place: Place, *, held: bool) -> Item:
    """Read one item, as `load_items` does."""
    return load_items(lease, asker, [place], held=held)[0]


def load_items(
    lease: Lease, asker: Asker, places: Sequence[Place], *, held: bool, seats: Seats | None = None
) -> list[Item]:
    """Read items as this person may see them before deciding. StoreError for one that is not whole.

    `seats`: everybody's at the items for which they have just been read.
    """
    known = _Known.read(lease, asker, places, seats or {})
    return [_item(known, asker, place, held=held) for place in places]


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is on record of some items, read with one question to each table."""

    flags: Mapping[str, Flag]
    draws: Mapping[str, Draw]
    accounts: Mapping[str, Account]
    versions: Mapping[str, Sequence[Version]]
    seats: Seats

    @classmethod
    def read(cls, lease: Lease, asker: Asker, places: Sequence[Place], seats: Seats) -> _Known:
        ids = [*(one.id for one in places), *(one.before_id for one in places if one.before_id)]
        found = flags.load_blind(lease, ids, hints=asker.hints)
        drawn = draws.load_draws(lease, set(ids) - found.keys()) if len(found) < len(ids) else {}
        every: list[Flag | Draw] = [*found.values(), *drawn.values()]
        others = [one for one in ids if one not in seats]
        further = assignments.open_seats(lease, now=asker.now, ids=others) if others else {}
        return cls(
            flags=found,
            draws=drawn,
            accounts=accounts.load_these(lease, {one.account_id for one in every}),
            versions=versions_of_each(lease, {one.post_id for one in every}, known={*found, *drawn}),
            seats={**seats, **further},
        )


def _item(known: _Known, asker: Asker, place: Place, *, held: bool) -> Item:
    of: Flag | Draw | None = known.flags.get(place.id) or known.draws.get(place.id)
    account = known.accounts.get(of.account_id) if of else None
    versions = known.versions[of.post_id] if of else ()
    shown = next((one for one in versions if one.post.version_id == place.id), None)
    if of is None or account is None or shown is None:
        raise StoreError(f"{place.id}: it is neither flagged nor drawn, or its post or its account is not on record")
    # Gold borrows the deadline of the item it stands before: its own has long passed and would tell.
    lends = known.flags.get(place.before_id or "") or known.draws.get(place.before_id or "") or of
    return Item(
        id=place.id,
        post=shown.post,
        versions=tuple(versions),
        missing_at=shown.missing_at,
        captured_at=shown.captured_at,
        account=account,
        phase=of.phase,
        due=asker.clock.due(lends.election_id, lends.known_at),
        why=_why(known.seats.get(place.before_id or place.id, ()), asker.user.name, place.stage),
        held_until=asker.now + HOLD if held else None,
        awaits_ruling=_awaits_ruling(known.seats.get(place.id, ()), asker.user.name, place.stage),
        flag=known.flags.get(place.id),
    )


def _awaits_ruling(seats: Sequence[Seat], person: str, stage: Stage) -> bool:
    return stage is Stage.ADJUDICATION and any(one.revealed for one in seats if one.person == person)


def _why(seats: Sequence[Seat], person: str, stage: Stage) -> Why:
    if stage is Stage.ADJUDICATION:
        return Why.ADJUDICATION
    taken = any(one.person != person and (one.verdict or one.held) for one in seats)
    return Why.SECOND_READING if taken else Why.DEADLINE
