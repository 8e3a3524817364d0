"""What a Bluesky record says: the words of a post or repost, whose they are, and when they were really written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from scanner.collect.html import MASK, join_parts, mask_handles, note, tidy, valid_text
from scanner.collect.platforms.bluesky_identity import Identity
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import Capture
from scanner.domain.posts import Media, Post, Role

POST, REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
_URI = re.compile(r"at://(did:[a-z]+:[A-Za-z0-9.%:_-]+)/([a-zA-Z0-9.-]+)/([A-Za-z0-9._~:-]+)", re.ASCII)
_TID = re.compile(r"[2-7a-j][2-7a-z]{12}", re.ASCII)
_DIGITS = {digit: value for value, digit in enumerate("234567abcdefghijklmnopqrstuvwxyz")}
_DAY = timedelta(days=1)
_REPLACED = "\ufffd"
_NOTHING = msgspec.Raw()
T = TypeVar("T")


class Ref(msgspec.Struct):
    """Points to a record, whole or inside another reference (quotes with pictures)."""

    uri: str = ""
    record: Ref | None = None


class _Reply(msgspec.Struct):
    parent: Ref


class _Link(msgspec.Struct):
    link: str = msgspec.field(name="$link", default="")


class _Blob(msgspec.Struct):
    ref: _Link = msgspec.field(default_factory=_Link)


class _Image(msgspec.Struct):
    alt: str = ""
    image: _Blob = msgspec.field(default_factory=_Blob)


class _External(msgspec.Struct):
    uri: str = ""
    title: str = ""


class _Embed(msgspec.Struct):
    images: list[_Image] = []
    video: _Blob | None = None
    alt: str = ""
    external: _External | None = None
    record: Ref | None = None
    media: _Embed | None = None


class _Feature(msgspec.Struct):
    kind: str = msgspec.field(name="$type", default="")
    uri: str = ""


class _Facet(msgspec.Struct):
    features: list[_Feature] = []


class Value(msgspec.Struct, rename="camel"):
    """A record of a post or a repost, as its author wrote it."""

    text: str | None = None
    created_at: str = ""
    langs: list[str] | None = None
    tags: list[str] = []
    reply: _Reply | None = None
    embed: msgspec.Raw = _NOTHING
    facets: msgspec.Raw = _NOTHING
    subject: Ref | None = None


class Record(msgspec.Struct):
    """A record with its address."""

    uri: str
    value: Value


def split_uri(uri: str) -> tuple[str, str, str]:
    """Return author, collection and key of a record's address; raises ValueError."""
    found = _URI.fullmatch(uri)
    if found is None:
        raise ValueError("no address of a record")
    return found[1], found[2], found[3]


def time_of_key(rkey: str) -> datetime | None:
    """Return when a record was made by its key (TID): microseconds above ten bits of clock number."""
    if _TID.fullmatch(rkey) is None:
        return None
    number = 0
    for digit in rkey:
        number = number << 5 | _DIGITS[digit]
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=number >> 10)


def shared_uri(record: Record) -> str | None:
    """Return the address of the post that a record shares or quotes, if it does."""
    target = record.value.subject or _embed(record.value).record
    uri = (target.uri or (target.record.uri if target.record else "")) if target else ""
    return uri if f"/{POST}/" in uri else None


def read_record(raw: bytes | msgspec.Raw, did: str, collection: str) -> Record:
    """Read a post or repost of one account; raises ValueError when it is something else or somebody else's."""
    record = msgspec.json.decode(raw, type=Record)
    owner, found, _ = split_uri(record.uri)
    if owner != did:
        raise ValueError("record of another account in the list of this one")
    if found != collection:
        raise ValueError(f"record of another collection than {collection}")
    if collection == REPOST and shared_uri(record) is None:
        raise ValueError("repost of something that is not a post")
    if collection == POST and record.value.text is None:
        raise ValueError("post without text")
    return record


def post_of(
    account: Account, who: Identity, record: Record, shared: Mapping[str, Value], capture: Capture, *, repaired: bool
) -> Post:
    """Return what a record of the account says. A repost's words are its text: sharing is the account's deed."""
    did, collection, rkey = split_uri(record.uri)
    role, target = _role(record), shared_uri(record)
    seen = shared.get(target or "")
    shown = (seen or Value()) if role is Role.REPOSTED else record.value
    owner, _, key = split_uri(target) if role is Role.REPOSTED and target else (did, "", rkey)
    moment, dated = _moment(record.value.created_at, rkey, capture.captured_at)
    own, text = {account.handle.lower()}, _words(shown)
    return Post(
        platform=Platform.BLUESKY,
        native_id=f"{did}/{collection}/{rkey}",
        account_id=account.id,
        role=role,
        posted_at=moment,
        text=mask_handles(text, own),
        url=f"https://bsky.app/profile/{owner}/post/{key}",
        language=next(iter(shown.langs or ()), None),
        context=join_parts(mask_handles(_context(role, did, target, seen), own), dated),
        media=tuple(_media(shown, who.server if owner == did else "", owner)),
        repaired=repaired and _REPLACED in text,
        capture_sha256=capture.sha256,
    )


def _role(record: Record) -> Role:
    """A reply to oneself is a thread, which is posting."""
    did, collection, _ = split_uri(record.uri)
    reply = record.value.reply
    if collection == REPOST:
        return Role.REPOSTED
    if shared_uri(record) is not None:
        return Role.QUOTED
    return Role.REPLIED if reply is not None and not reply.parent.uri.startswith(f"at://{did}/") else Role.POSTED


def _context(role: Role, did: str, target: str | None, seen: Value | None) -> str:
    """Say whose words these are, or that they could not be had."""
    whose = "sendiri" if (target or "").startswith(f"at://{did}/") else MASK
    unseen = "" if seen else "; unggahan itu tidak diambil"
    match role:
        case Role.REPOSTED:
            return f"[membagikan unggahan {whose} (repost){unseen}]"
        case Role.QUOTED:
            return join_parts(f"[mengutip unggahan {whose}{unseen}]", _words(seen) if seen else "")
        case Role.REPLIED:
            return f"[membalas unggahan {MASK}; unggahan itu tidak diambil]"
        case _:
            return ""


def _moment(written: str, rkey: str, seen_at: datetime) -> tuple[datetime | None, str]:
    """Return when a record was made, and a note when it gives itself another date.

    Its author writes createdAt freely, and can choose the key too. The later of the two is believed, unless it lies in
    the future: so nothing hides from the window behind an old date.
    """
    said = _time(written)
    times = [time for time in (said, time_of_key(rkey)) if time is not None and time <= seen_at + _DAY]
    if not times or said is None:
        return max(times, default=said), ""
    made = max(times)
    if abs(said - made) <= _DAY:
        return said, ""
    return made, f"[bertanggal {said:%Y-%m-%d}, padahal dibuat {made:%Y-%m-%d}]"


def _time(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _words(value: Value) -> str:
    embed = _embed(value)
    media = embed.media or embed
    tags = " ".join(f"#{tag}" for tag in value.tags)
    return join_parts(
        tidy(valid_text(value.text or "")),
        *(note("gambar", image.alt) for image in media.images),
        note("video", media.alt if media.video else ""),
        note("tautan", media.external.title if media.external else ""),
        note("tagar", tags),
    )


def _media(value: Value, server: str, did: str) -> Iterator[Media]:
    """Describe what belongs to a post. Files lie on its author's server, which is unknown for those of others."""
    embed = _embed(value)
    shown = embed.media or embed
    for image in shown.images:
        yield Media(kind="image", url=_blob(server, did, image.image), description=valid_text(image.alt))
    if shown.video is not None:
        yield Media(kind="video", url=_blob(server, did, shown.video), description=valid_text(shown.alt))
    links = {shown.external.uri: valid_text(shown.external.title)} if shown.external else {}
    for facet in _loosely(value.facets, list[_Facet]) or ():
        links |= {f.uri: links.get(f.uri, "") for f in facet.features if f.kind.endswith("#link")}
    yield from (Media(kind="link", url=href, description=title) for href, title in links.items())


def _blob(server: str, did: str, blob: _Blob) -> str | None:
    if not (server and blob.ref.link):
        return None
    return f"{server}/xrpc/com.atproto.sync.getBlob?{urlencode({'did': did, 'cid': blob.ref.link})}"


def _embed(value: Value) -> _Embed:
    return _loosely(value.embed, _Embed) or _Embed()


def _loosely(raw: msgspec.Raw, kind: type[T]) -> T | None:
    """Read a part that other programs may fill with kinds of their own; an unknown one must not cost the post."""
    try:
        return msgspec.json.decode(raw, type=kind) if bytes(raw) else None
    except (ValueError, RecursionError):
        return None
