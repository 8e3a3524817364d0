"""Sending posts out for review: kept for one person for a week, told on the audit chain, written as one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.domain.captures import sha256
from scanner.domain.reviews import Stage
from scanner.domain.users import User
from scanner.errors import UsageError
from scanner.review.assign import GOLD_SHARE, Asker, Chance, Place, kept, next_places, require_reader
from scanner.review.clock import Clock
from scanner.review.items import Item, load_item
from scanner.review.offline import seals
from scanner.review.offline.forms import FORMS, Form
from scanner.review.offline.page import Picture, Shown
from scanner.review.offline.seals import Ticket
from scanner.review.queue import by_chance
from scanner.rules.ruleset import Ruleset
from scanner.store import assignments, audit, evidence, exports, gold, media, users
from scanner.store.assignments import Hold
from scanner.store.connection import Lease, Store
from scanner.store.exports import REVIEW, Export
from scanner.store.files import write_durably
from scanner.store.media import Medium

HELD = timedelta(days=7)
"""How long exported items are kept for their reviewer, and how long the file is valid."""
PICTURES_MOST = 16 * 1024 * 1024
"""Bytes of pictures in one file; for what goes beyond, the file names the desk."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who sends what to whom."""

    reviewer: str
    by: str
    """Who runs the export; on the audit chain beside the reviewer."""
    at: datetime
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Rules:
    """By what the items are chosen and shown, as plain values from a door."""

    overlap: int
    clock: Clock
    ruleset: Ruleset
    zone: ZoneInfo
    """Of the election's region."""
    guideline: str
    """The codebook in Markdown: Indonesian above the rule, English below."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written; none where nothing waits."""

    items: int
    ticket: Ticket
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class _Parcel:
    user: User
    ticket: Ticket
    items: tuple[Item, ...]
    seals: Mapping[str, str]
    media: Mapping[str, tuple[Medium, ...]]


def export_review(
    store: Store, target: Path, order: Order, rules: Rules, *, form: Form = FORMS["html"], chance: Chance = by_chance
) -> Exported:
    """Write what waits for a reviewer as one file (0600) and keep it for them until it expires.

    What they hold already comes first, so that a lost file is written again with the same items. One event for each
    item, and one with the hash of the file before it leaves. UsageError for a target that is there, or somebody who
    does not judge blind; StoreError for a reviewer nobody knows.
    """
    beside = {target.with_suffix(ending): settings(rules.ruleset) for ending, settings in form.beside.items()}
    if target in beside:
        raise UsageError(f"{target}: its settings would have this name; name a file that ends in .json or .jsonl")
    for path in (target, *beside):
        if path.exists():
            raise UsageError(f"{path}: is there already; name another file")
    parcel = _pack(store, order, rules, chance)
    if not parcel.items:
        return Exported(items=0, ticket=parcel.ticket)
    body = form.body(_shown(store, parcel, rules)).encode()
    digest = sha256(body)
    with store.lease("review: a file leaves the house") as lease:
        until = parcel.ticket.valid_until.isoformat()
        detail = {"reviewer": parcel.user.name, "items": len(parcel.items), "sha256": digest, "valid_until": until}
        audit.append(
            lease, actor=order.by, action="review.export", subject=parcel.ticket.id, detail=detail, at=order.at
        )
        left = Export(str(target.absolute()), REVIEW, order.at, order.by, digest, identifiable=True)
        exports.save_export(lease, left)
    for path, settings in beside.items():
        write_durably(path, settings.encode(), mode=0o600)
    write_durably(target, body, mode=0o600)
    return Exported(items=len(parcel.items), ticket=parcel.ticket, sha256=digest)


def _pack(store: Store, order: Order, rules: Rules, chance: Chance) -> _Parcel:
    with store.lease("review: keep items for an offline review") as lease:
        user = users.require_user(lease, order.reviewer)
        require_reader(user)  # a ruling needs the others' views, which never leave
        key, ticket = seals.make_key(lease.folder), seals.new_ticket(user.name, order.at + HELD)
        asker = Asker(user=user, now=order.at, overlap=rules.overlap, clock=rules.clock)
        places = list(_places(lease, asker, order.limit, chance))
        items = tuple(_take(lease, asker, place, ticket, order) for place in places)
        return _Parcel(
            user=user,
            ticket=ticket,
            items=items,
            seals={item.id: seals.seal(key, ticket, item.id) for item in items},
            media=media.load_media(lease, [item.id for item in items]),
        )


def _places(lease: Lease, asker: Asker, limit: int, chance: Chance) -> Iterator[Place]:
    """Yield what the person holds, then what waits for them with gold among it, as many as wanted."""
    front = asker.front(lease)
    mine = [one for one in kept(lease, asker, front, wanted=limit) if one.stage is not Stage.ADJUDICATION][:limit]
    yield from mine
    held, left = [one.id for one in mine], limit - len(mine)
    golden = [one for one in gold.gold_for(lease, asker.user) if one not in held]
    for place in next_places(asker, front, limit=left, but=held) if left else ():
        if golden and left > 1 and chance() < GOLD_SHARE:
            yield Place(golden.pop(0), Stage.GOLD, place.id)
            left -= 1
        if left == 0:
            return
        yield place
        left -= 1


def _take(lease: Lease, asker: Asker, place: Place, ticket: Ticket, order: Order) -> Item:
    hold = Hold(place.id, place.stage, asker.now, shown=True, before_id=place.before_id, until=ticket.valid_until)
    assignments.hold(lease, asker.user.name, [hold])
    detail = {"export": ticket.id, "by": order.by}
    audit.append(lease, actor=asker.user.name, action="item.export", subject=place.id, detail=detail, at=asker.now)
    return load_item(lease, asker, place, held=True)


def _shown(store: Store, parcel: _Parcel, rules: Rules) -> Shown:
    return Shown(
        user=parcel.user,
        ticket=parcel.ticket,
        items=parcel.items,
        seals=parcel.seals,
        pictures=_pictures(media.folder_of(store.path.parent), parcel.media.values()),
        ruleset=rules.ruleset,
        zone=rules.zone,
        guideline=rules.guideline,
    )


def _pictures(folder: Path, found: Iterable[tuple[Medium, ...]]) -> dict[tuple[str, int], Picture | None]:
    """Read the pictures by version and position; None for those that no longer fit into the file."""
    pictures: dict[tuple[str, int], Picture | None] = {}
    size = 0
    for one in (one for media_of_one in found for one in media_of_one):
        if one.display_sha256 is None or one.display_type is None:
            continue
        body = evidence.read(folder, one.display_sha256)
        size += len(body)
        fits = size <= PICTURES_MOST
        pictures[one.version_id, one.position] = Picture(one.display_type, body) if fits else None
    return pictures
