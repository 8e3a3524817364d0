"""One item as a reviewer sees it before deciding: no score, no class, nobody else's view."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.domain.accounts import Account
from scanner.domain.flags import Flag, Phase
from scanner.domain.posts import Post
from scanner.domain.reviews import Stage
from scanner.errors import StoreError
from scanner.review.assign import Asker, Place
from scanner.review.clock import Due
from scanner.store import accounts, assignments, draws, flags, posts
from scanner.store.assignments import HOLD
from scanner.store.connection import Lease
from scanner.store.draws import Draw


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
    versions: tuple[posts.Version, ...]
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
    """Until when nobody else gets it in this one's place; None where it is only listed."""
    flag: Flag | None
    """Blind: without scores and sanction classes, and at the desk without codes and spans. None for a draw."""


def load_item(lease: Lease, asker: Asker, place: Place, *, held: bool) -> Item:
    """Read an item as this person may see it before deciding. StoreError for one that is not whole."""
    flag = flags.load_blind(lease, place.id, hints=asker.hints)
    of = flag or _found(draws.load_draw(lease, place.id), place.id)
    account = accounts.load_account(lease, of.account_id)
    versions = posts.versions_of(lease, of.post_id)
    shown = next((one for one in versions if one.post.version_id == place.id), None)
    if account is None or shown is None:
        raise StoreError(f"{place.id}: its post or its account {of.account_id} is not on record")
    return Item(
        id=place.id,
        post=shown.post,
        versions=tuple(versions),
        missing_at=posts.missing_at(lease, of.post_id),
        captured_at=shown.captured_at,
        account=account,
        phase=of.phase,
        due=_due(lease, asker, place, of),
        why=_why(lease, asker, place),
        held_until=asker.now + HOLD if held else None,
        flag=flag,
    )


def _due(lease: Lease, asker: Asker, place: Place, of: Flag | Draw) -> Due:
    """Return the deadline; of gold that of the item it stands before, as its own has long passed and would tell."""
    if place.before_id is not None:
        of = flags.load_blind(lease, place.before_id, hints=False) or draws.load_draw(lease, place.before_id) or of
    return asker.clock.due(of.election_id, of.known_at)


def _found(draw: Draw | None, item_id: str) -> Draw:
    if draw is None:
        raise StoreError(f"{item_id}: neither flagged nor drawn")
    return draw


def _why(lease: Lease, asker: Asker, place: Place) -> Why:
    if place.stage is Stage.ADJUDICATION:
        return Why.ADJUDICATION
    others = assignments.assignments_of(lease, place.before_id or place.id)
    taken = any(one.person != asker.user.name and (one.verdict or one.holds(asker.now)) for one in others)
    return Why.SECOND_READING if taken else Why.DEADLINE
