"""Mastodon and what speaks its API: public posts of one account, asked of its home instance without login."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.client import Response
from scanner.collect.html import MASK, Rendered, join_parts, mask_handles, note, render, valid_text
from scanner.collect.interface import Collector, Page, Window
from scanner.collect.terms import Terms
from scanner.collect.walk import Step, order, walk
from scanner.domain.accounts import Account, Platform
from scanner.domain.captures import sha256
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor, Rejected
from scanner.errors import Blocked, FormatDrift, Gone, Private

_HANDLE = re.compile(r"([\w.-]+)@([\w.-]+\.[\w-]+(?::\d+)?)", re.ASCII)
_NEXT = re.compile(r'<([^<>]*)>[^,<]*;\s*rel="?next"?')
_REPLACED = "\ufffd".encode()
_PUBLIC = ("public", "unlisted")
_KINDS = {"image": "gambar", "gifv": "video", "video": "video", "audio": "audio"}


class _Profile(msgspec.Struct):
    id: str
    username: str
    noindex: bool | None = None
    suspended: bool | None = None
    moved: Any = None


class _Attachment(msgspec.Struct):
    type: str = "unknown"
    url: str | None = None
    description: str | None = None


class _Option(msgspec.Struct):
    title: str


class _Poll(msgspec.Struct):
    options: list[_Option] = []


class _Card(msgspec.Struct):
    url: str
    title: str = ""


class _Quote(msgspec.Struct):
    quoted_status: _Status | None = None


class _Status(msgspec.Struct):
    id: str
    created_at: datetime
    visibility: str
    account: _Profile
    content: str | None = None
    edited_at: datetime | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    language: str | None = None
    spoiler_text: str | None = None
    uri: str | None = None
    url: str | None = None
    reblog: _Status | None = None
    quote: _Quote | None = None
    poll: _Poll | None = None
    card: _Card | None = None
    media_attachments: list[_Attachment] = []


class MastodonCollector(Collector):
    """Reads /api/v1/accounts/lookup and /statuses of the account's home instance."""

    platform = Platform.MASTODON
    version = "1"
    terms = Terms(least=2, duty="opt-outs (noindex) are respected; what is deleted there is marked missing here")
    sees = "public and unlisted posts, boosts, replies, poll options, picture descriptions, titles of links"
    misses = (
        "followers-only posts; the post a reply answers; words inside pictures; instances that demand a login "
        "(GoToSocial), forbid robots, or live at another address than the handle's host"
    )

    def base(self, account: Account) -> str:
        """Return the account's home instance."""
        return super().base(account) or f"https://{_split(account.handle)[1]}"

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private when the account asked not to be indexed."""
        user, host = _split(account.handle)
        base = self.base(account)
        answer = self.fetch(f"{base}/api/v1/accounts/lookup?acct={quote(user)}")
        profile, _ = read_json(answer, _Profile)
        moved = _require_open(account, profile, user)
        statuses = f"{base}/api/v1/accounts/{quote(profile.id, safe='')}/statuses"
        reader = _Reader(account.id, user.lower(), host.lower(), profile.id)

        def read(below: str | None) -> Step:
            query = {"limit": str(min(self.options.page_size, 40))} | ({"max_id": below} if below else {})
            return reader.step(self.fetch(f"{statuses}?{urlencode(query)}"), moved)

        for number, page in enumerate(walk(read, cursor, window, self.options)):
            yield page if number else replace(page, evidence=(answer.evidence, *page.evidence))


class _Reader:
    """Turns status pages of one account into posts."""

    def __init__(self, account_id: str, user: str, host: str, profile_id: str) -> None:
        self._account_id = account_id
        self._host = host
        self._profile_id = profile_id
        self._own = {user, f"{user}@{host}"}

    def step(self, response: Response, moved: str) -> Step:
        raw, repaired = read_json(response, list[msgspec.Raw])
        capture = response.evidence.capture
        posts, ids, rejected = [], [], []
        for item in raw:
            try:
                status = self._read(item)
                post = self._post(status, repaired and _REPLACED in bytes(item), capture.sha256)
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
            ids.append(status.id)
            if status.visibility in _PUBLIC and (status.reblog is None or status.reblog.visibility in _PUBLIC):
                posts.append((status.id, post))
        return Step(
            posts=tuple(posts),
            evidence=(response.evidence,),
            next_page=_next_page(response.headers.get("link"), ids),
            ids=tuple(ids),
            rejected=tuple(rejected),
            native_id=self._profile_id,
            note=moved,
        )

    def _read(self, item: msgspec.Raw) -> _Status:
        status = msgspec.json.decode(item, type=_Status)
        if status.account.id != self._profile_id:
            raise ValueError("status of another account in the list of this one")
        return status

    def _post(self, status: _Status, repaired: bool, capture_sha256: str) -> Post:
        shown = status.reblog or status
        content = render(shown.content or "")
        text = join_parts(valid_text(shown.spoiler_text or ""), content.text, *_notes(shown))
        url = status.url or status.uri
        return Post(
            platform=Platform.MASTODON,
            native_id=f"{self._host}/{status.id}",
            account_id=self._account_id,
            role=self._role(status),
            posted_at=_utc(status.created_at),
            text=mask_handles(text, self._own),
            url=url,
            edited_at=_utc(status.edited_at) if status.edited_at else None,
            language=status.language,
            context=self._context(status),
            media=_media(shown, content),
            verifiable=url is not None,
            repaired=repaired,
            capture_sha256=capture_sha256,
        )

    def _role(self, status: _Status) -> Role:
        """A reply to oneself is a thread, which is posting."""
        if status.reblog is not None:
            return Role.REPOSTED
        if status.quote is not None and status.quote.quoted_status is not None:
            return Role.QUOTED
        if status.in_reply_to_id is not None and status.in_reply_to_account_id != self._profile_id:
            return Role.REPLIED
        return Role.POSTED

    def _context(self, status: _Status) -> str:
        """Say whose words these are. A boost's words are its text: the joint decree counts sharing as a deed."""
        match self._role(status):
            case Role.REPOSTED:
                return f"[membagikan unggahan {MASK} (boost)]"
            case Role.REPLIED:
                return f"[membalas unggahan {MASK}; unggahan itu tidak diambil]"
            case Role.QUOTED if status.quote is not None and status.quote.quoted_status is not None:
                quoted = status.quote.quoted_status
                words = render(quoted.content or "").text if quoted.visibility in _PUBLIC else ""
                return join_parts(f"[mengutip unggahan {MASK}]", mask_handles(words, ()))
            case _:
                return ""


def _split(handle: str) -> tuple[str, str]:
    found = _HANDLE.fullmatch(handle)
    if found is None:
        raise Blocked(f"mastodon: {handle!r} is not a handle; valid: user@host")
    return found[1], found[2]


def _require_open(account: Account, profile: _Profile, user: str) -> str:
    """Check that this is the account and that it is open to us; return a note when it has moved."""
    if profile.username.casefold() != user.casefold():
        raise FormatDrift(f"{account.handle}: the server answered with the account of somebody else")
    if profile.suspended:
        raise Gone(f"{account.handle}: suspended by its server")
    if profile.noindex:
        raise Private(f"{account.handle}: asked not to be indexed (noindex)")
    return "the account says that it has moved to another one" if profile.moved else ""


def _next_page(link: str | None, ids: list[str]) -> str | None:
    """Return the id to go on below: from the Link header, or the oldest seen where a server sends none."""
    if link is None:
        return min(ids, key=order, default=None)
    found = _NEXT.search(link)
    if found is None:
        return None
    return parse_qs(urlsplit(found[1]).query).get("max_id", [None])[0] or min(ids, key=order, default=None)


def _notes(status: _Status) -> list[str]:
    options = " / ".join(option.title for option in status.poll.options) if status.poll else ""
    pictures = [note(_KINDS.get(item.type, "lampiran"), item.description) for item in status.media_attachments]
    return [note("jajak pendapat", options), *pictures, note("tautan", status.card.title if status.card else "")]


def _media(status: _Status, content: Rendered) -> tuple[Media, ...]:
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


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
