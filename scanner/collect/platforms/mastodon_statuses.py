"""Statuses as Mastodon and what speaks its API give them, and the posts they become."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.html import MASK, Rendered, join_parts, mask_handles, note, render, valid_text
from scanner.collect.response import Response
from scanner.collect.walk import Step, order
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Rejected
from scanner.errors import Blocked

_HANDLE = re.compile(r"([\w.-]+)@([\w.-]+\.[\w-]+(?::\d+)?)", re.ASCII)
_NEXT = re.compile(r'<([^<>]*)>[^,<]*;\s*rel="?next"?')
REPLACED = "\ufffd".encode()
PUBLIC = ("public", "unlisted")
_SNAC = re.compile(r"\d{10}([0-9a-f]{32})")
_KINDS = {"image": "gambar", "gifv": "video", "video": "video", "audio": "audio"}


class Profile(msgspec.Struct):
    """An account as its own or another server shows it."""

    id: str
    username: str
    acct: str = ""
    noindex: bool | None = None
    suspended: bool | None = None
    moved: Any = None


class Attachment(msgspec.Struct):
    """A picture, film or sound."""

    type: str = "unknown"
    url: str | None = None
    description: str | None = None


class Option(msgspec.Struct):
    """A choice of a poll."""

    title: str


class Poll(msgspec.Struct):
    """A poll."""

    options: list[Option] = []


class Card(msgspec.Struct):
    """The preview of a link."""

    url: str
    title: str = ""


class Quote(msgspec.Struct):
    """What a status quotes."""

    quoted_status: Status | None = None


class Status(msgspec.Struct):
    """A status, of any account."""

    id: str
    created_at: datetime
    visibility: str
    account: Profile
    content: str | None = None
    edited_at: datetime | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    language: str | None = None
    spoiler_text: str | None = None
    uri: str | None = None
    url: str | None = None
    reblog: Status | None = None
    quote: Quote | None = None
    poll: Poll | None = None
    card: Card | None = None
    media_attachments: list[Attachment] = []


class StatusReader:
    """Turns statuses of one account, as one server gives them, into posts."""

    def __init__(self, account: Account, host: str, profile_id: str) -> None:
        user, home = split(account.handle)
        self._account_id = account.id
        self._host = host.lower()
        self._profile_id = profile_id
        self._own = {user.lower(), f"{user}@{home}".lower()}

    def step(self, response: Response, moved: str) -> Step:
        """Read one page of the account's list."""
        raw, repaired = read_json(response, list[msgspec.Raw])
        capture = response.evidence.capture
        posts, ids, rejected = [], [], []
        for item in raw:
            try:
                listed = msgspec.json.decode(item, type=Status)
                post = self.post(self._own_status(listed), repaired and REPLACED in bytes(item), capture.sha256)
            except (ValueError, RecursionError) as error:
                rejected.append(
                    Rejected(
                        source=capture.url,
                        line=None,
                        reason=f"{type(error).__name__}: {error!s:.200}",
                        raw_sha256=sha256(bytes(item)),
                    )
                )
                continue
            ids.append(listed.id)
            if is_public(listed):
                posts.append((listed.id, post))
        return Step(
            posts=tuple(posts),
            evidence=(response.evidence,),
            next_page=next_page(response.headers.get("link"), ids),
            ids=tuple(ids),
            rejected=tuple(rejected),
            native_id=self._profile_id,
            note=moved,
        )

    def _own_status(self, listed: Status) -> Status:
        """Return what is the account's own. NOTE: snac2 lists a post that somebody boosted as that boost."""
        if listed.account.id == self._profile_id:
            return listed
        if listed.reblog is not None and listed.reblog.account.id == self._profile_id:
            return listed.reblog
        raise ValueError("status of another account in the list of this one")

    def post(self, status: Status, repaired: bool, capture_sha256: str) -> Post:
        """Return a status of the account as a post."""
        shown = status.reblog or status
        content = render(shown.content or "")
        text = join_parts(valid_text(shown.spoiler_text or ""), content.text, *_notes(shown))
        url = status.url or status.uri
        return Post(
            platform=Platform.MASTODON,
            native_id=f"{self._host}/{lasting(status.id)}",
            account_id=self._account_id,
            role=self._role(status),
            posted_at=utc(status.created_at),
            text=mask_handles(text, self._own),
            url=url,
            edited_at=utc(status.edited_at) if status.edited_at else None,
            language=status.language,
            context=self._context(status),
            media=_media(shown, content),
            verifiable=url is not None,
            repaired=repaired,
            capture_sha256=capture_sha256,
        )

    def _role(self, status: Status) -> Role:
        """A reply to oneself is a thread, which is posting."""
        if status.reblog is not None:
            return Role.REPOSTED
        if status.quote is not None and status.quote.quoted_status is not None:
            return Role.QUOTED
        if status.in_reply_to_id is not None and status.in_reply_to_account_id != self._profile_id:
            return Role.REPLIED
        return Role.POSTED

    def _context(self, status: Status) -> str:
        """Say whose words these are. A boost's words are its text: the joint decree counts sharing as a deed."""
        match self._role(status):
            case Role.REPOSTED:
                return f"[membagikan unggahan {MASK} (boost)]"
            case Role.REPLIED:
                return f"[membalas unggahan {MASK}; unggahan itu tidak diambil]"
            case Role.QUOTED if status.quote is not None and status.quote.quoted_status is not None:
                quoted = status.quote.quoted_status
                words = render(quoted.content or "").text if quoted.visibility in PUBLIC else ""
                return join_parts(f"[mengutip unggahan {MASK}]", mask_handles(words, ()))
            case _:
                return ""


def split(handle: str) -> tuple[str, str]:
    """Return user and host of a handle; raises Blocked for what is none."""
    found = _HANDLE.fullmatch(handle)
    if found is None:
        raise Blocked(f"mastodon: {handle!r} is not a handle; valid: user@host")
    return found[1], found[2]


def is_public(status: Status) -> bool:
    """Tell whether everybody may read it, and what it shares."""
    return status.visibility in PUBLIC and (status.reblog is None or status.reblog.visibility in PUBLIC)


def lasting(native_id: str) -> str:
    """Return the part of an id that an edit does not change: snac2 puts the second of the last change before it."""
    found = _SNAC.fullmatch(native_id)
    return found[1] if found else native_id


def next_page(link: str | None, ids: list[str]) -> str | None:
    """Return the id to go on below: from the Link header, or the oldest seen where a server sends none."""
    if link is None:
        return min(ids, key=order, default=None)
    found = _NEXT.search(link)
    if found is None:
        return None
    return parse_qs(urlsplit(found[1]).query).get("max_id", [None])[0] or min(ids, key=order, default=None)


def _notes(status: Status) -> list[str]:
    options = " / ".join(option.title for option in status.poll.options) if status.poll else ""
    pictures = [note(_KINDS.get(item.type, "lampiran"), item.description) for item in status.media_attachments]
    return [note("jajak pendapat", options), *pictures, note("tautan", status.card.title if status.card else "")]


def _media(status: Status, content: Rendered) -> tuple[Media, ...]:
    attached = [
        Media(
            kind="video" if item.type == "gifv" else item.type,
            url=item.url,
            description=valid_text(item.description or ""),
        )
        for item in status.media_attachments
    ]
    links = dict.fromkeys(content.links, "") | ({status.card.url: status.card.title} if status.card else {})
    return (*attached, *(Media(kind="link", url=href, description=title) for href, title in links.items()))


def utc(moment: datetime) -> datetime:
    """Return a time in UTC, which is meant where nothing is said."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
