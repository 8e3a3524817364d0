"""One item as a reviewer sees it before deciding: no score, no class, nobody else's view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from scanner.domain.accounts import Account
from scanner.domain.flags import Flag, Phase
from scanner.domain.posts import Post
from scanner.domain.reviews import Stage
from scanner.errors import StoreError
from scanner.review.assign import Asker, Place
from scanner.review.clock import Due
from scanner.store import accounts, assignments, flags, posts
from scanner.store.assignments import HOLD
from scanner.store.connection import Lease


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
    """Blind: without scores and class hints. None for a draw."""


def load_item(lease: Lease, asker: Asker, place: Place, *, held: bool) -> Item:
    """Read an item as this person may see it before deciding. StoreError for one that is not whole."""
    row, known = _row(lease, place.id), None
    if place.before_id is not None:  # gold: its own deadline has long passed and would give it away
        known = _find(lease, place.before_id)
    account = accounts.load_account(lease, row.account_id)
    versions = posts.versions_of(lease, row.post_id)
    shown = next((one for one in versions if one.post.version_id == place.id), None)
    if account is None or shown is None:
        raise StoreError(f"{place.id}: its post or its account {row.account_id} is not on record")
    clock = known or row
    return Item(
        id=place.id,
        post=shown.post,
        versions=tuple(versions),
        missing_at=posts.missing_at(lease, row.post_id),
        captured_at=shown.captured_at,
        account=account,
        phase=row.phase,
        due=asker.clock.due(clock.election_id, clock.known_at),
        why=_why(lease, asker, place),
        held_until=asker.now + HOLD if held else None,
        flag=_blind(flags.load_flag(lease, place.id)),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """What the queue knows of an item."""

    post_id: str
    account_id: str
    election_id: str
    phase: Phase
    known_at: datetime


def _find(lease: Lease, item_id: str) -> _Row | None:
    rows = lease.dicts(
        "SELECT post_id, account_id, election_id, phase, known_at FROM items WHERE id = $id", {"id": item_id}
    )
    return _Row(**{**rows[0], "phase": Phase(rows[0]["phase"])}) if rows else None


def _row(lease: Lease, item_id: str) -> _Row:
    row = _find(lease, item_id)
    if row is None:
        raise StoreError(f"{item_id}: neither flagged nor drawn")
    return row


def _why(lease: Lease, asker: Asker, place: Place) -> Why:
    if place.stage is Stage.ADJUDICATION:
        return Why.ADJUDICATION
    others = assignments.assignments_of(lease, place.before_id or place.id)
    taken = any(one.person != asker.user.name and (one.verdict or one.holds(asker.now)) for one in others)
    return Why.SECOND_READING if taken else Why.DEADLINE


def _blind(flag: Flag | None) -> Flag | None:
    if flag is None:
        return None
    return replace(flag, scores=(), findings=tuple(replace(finding, class_hint="") for finding in flag.findings))
