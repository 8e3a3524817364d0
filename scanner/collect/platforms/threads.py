"""Threads by profile discovery: public posts of one profile that Meta lets be discovered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.html import MASK, join_parts, mask_handles, note, valid_text
from scanner.collect.interface import Page, Window
from scanner.collect.platforms.graph import Error, GraphCollector, Listing, moment, read_items, walk_tokens
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, CollectError, Private

_PATH = "v1.0/profile_posts"
_HANDLE = re.compile(r"[\w.]{1,30}", re.ASCII)
_FIELDS = (
    "shortcode,username,text,alt_text,media_type,media_url,permalink,timestamp,link_attachment_url,"
    "is_quote_post,reposted_post"
)
_KINDS = {"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "image", "AUDIO": "audio"}


class _Reposted(msgspec.Struct):
    id: str


class _Item(msgspec.Struct):
    shortcode: str
    timestamp: str
    username: str
    text: str | None = None
    alt_text: str | None = None
    permalink: str | None = None
    """Missing where the content is protected."""
    media_type: str = ""
    media_url: str | None = None
    link_attachment_url: str | None = None
    is_quote_post: bool = False
    reposted_post: _Reposted | None = None


class ThreadsCollector(GraphCollector):
    """Reads /profile_posts of an exact user name."""

    platform = Platform.THREADS
    version = "1"
    terms = Terms(
        needs_approval=True,
        keys={"token": "Threads user token of the operating body's app, with threads_profile_discovery"},
        robots=False,
        daily=1000,
        interval=1.0,
        duty="deleted on request (scanner erase), and when no longer needed for what Meta approved",
        import_instead="Zeeschuimer NDJSON",
    )
    home = "https://graph.threads.com"
    sees = "posts of public profiles with at least 1,000 followers: text, the first picture's description, links"
    misses = (
        "private profiles, those of minors and those with fewer than 1,000 followers have no interface; replies; words "
        "of shared and quoted posts; long attached texts, poll options, further pictures of an album; edits are seen "
        "only as changed words; the account's immutable id: a name taken over by somebody else is not noticed"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private for a profile that may not be discovered."""
        if _HANDLE.fullmatch(account.handle) is None:
            raise Blocked(f"threads: {account.handle!a} is no user name; valid: letters, digits, dots, underscores")

        def read(after: str | None) -> Step:
            query = {"username": account.handle, "fields": _FIELDS, "limit": str(min(self.options.page_size, 100))}
            return _step(account, self.ask(account.handle, _PATH, query | ({"after": after} if after else {})))

        yield from walk_tokens(read, cursor, window, self.options)

    def means(self, shown: str, error: Error) -> CollectError | None:
        """Graph has one answer for whoever may not be discovered, and does not say why."""
        if error.code == 100 and not re.search(r"field|cursor|param", error.message, re.IGNORECASE):
            return Private(
                f"{shown}: not there, private, a minor's or with too few followers; the interface does not say which"
            )
        return None


def _step(account: Account, response: Response) -> Step:
    listing, repaired = read_json(response, Listing)
    return read_items(
        response,
        listing.data,
        lambda item: _post(account, msgspec.json.decode(item, type=_Item)),
        after=listing.after(),
        repaired=repaired,
    )


def _post(account: Account, item: _Item) -> Post:
    own = account.handle.casefold()
    if item.username.casefold() != own:
        raise ValueError("post of another profile in the list of this one")
    role, context = _role(item)
    text = join_parts(valid_text(item.text or ""), note("gambar", item.alt_text))
    return Post(
        platform=Platform.THREADS,
        native_id=item.shortcode,
        account_id=account.id,
        role=role,
        posted_at=moment(item.timestamp),
        text=mask_handles(text, {own}),
        url=item.permalink,
        context=context,
        media=_media(item),
        verifiable=item.permalink is not None,
    )


def _role(item: _Item) -> tuple[Role, str]:
    """Of shared and quoted posts the interface gives only the id."""
    if item.media_type == "REPOST_FACADE" or item.reposted_post is not None:
        return Role.REPOSTED, f"[membagikan unggahan {MASK}; unggahan itu tidak diambil]"
    if item.is_quote_post:
        return Role.QUOTED, f"[mengutip unggahan {MASK}; unggahan itu tidak diambil]"
    return Role.POSTED, ""


def _media(item: _Item) -> tuple[Media, ...]:
    kind = _KINDS.get(item.media_type)
    shown = [Media(kind=kind, url=item.media_url, description=valid_text(item.alt_text or ""))] if kind else []
    link = item.link_attachment_url
    return (*shown, *([Media(kind="link", url=link)] if link else []))
