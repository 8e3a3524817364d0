"""Instagram by business_discovery: public posts of one professional account, asked for through our own one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from scanner.collect.answers import read_json
from scanner.collect.html import join_parts, mask_handles, note, valid_text
from scanner.collect.interface import Page, Window
from scanner.collect.platforms.graph import Error, GraphCollector, Listing, moment, read_items, walk_tokens
from scanner.collect.response import Response
from scanner.collect.terms import Terms
from scanner.collect.walk import Step
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Media, Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, CollectError, FormatDrift, KeyNeeded, Private

_VERSION = "v25.0"
_HANDLE = re.compile(r"[\w.]{1,30}", re.ASCII)
_FIELDS = "shortcode,username,caption,alt_text,media_type,media_url,permalink,timestamp,children{media_type,media_url}"
_KINDS = {"IMAGE": "image", "VIDEO": "video"}


class _Picture(msgspec.Struct):
    media_type: str = ""
    media_url: str | None = None
    """Missing where the sound is protected."""


class _Album(msgspec.Struct):
    data: list[_Picture] = []


class _Item(msgspec.Struct):
    shortcode: str
    timestamp: str
    username: str | None = None
    caption: str | None = None
    alt_text: str | None = None
    permalink: str | None = None
    media_type: str = ""
    media_url: str | None = None
    children: _Album | None = None


class _Profile(msgspec.Struct):
    id: str
    username: str
    media: Listing | None = None
    """Missing when there is none."""


class _Answer(msgspec.Struct):
    business_discovery: _Profile


class InstagramCollector(GraphCollector):
    """Reads the business_discovery field of the operating body's own professional account."""

    platform = Platform.INSTAGRAM
    version = "1"
    terms = Terms(
        needs_approval=True,
        keys={
            "token": "Facebook user token with instagram_basic, instagram_manage_insights and pages_read_engagement",
            "user_id": "number of the operating body's own professional Instagram account",
        },
        robots=False,
        interval=1.0,
        duty="deleted on request (scanner erase), and when no longer needed for what Meta approved",
        import_instead="Zeeschuimer NDJSON, Meta Content Library CSV, CrowdTangle CSV",
    )
    home = "https://graph.facebook.com"
    sees = "posts and reels of professional (business and creator) accounts: captions, first picture descriptions"
    misses = (
        "personal, private and age-gated accounts have no interface at all, only professional accounts do; stories, "
        "live films, comments, posts shared to one's story; words inside pictures and films; edits are seen only as "
        "changed words; mentions come without @ and cannot be masked"
    )

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        """Yield pages newest first. Raises Private for whatever is not a public professional account."""
        if _HANDLE.fullmatch(account.handle) is None:
            raise Blocked(f"instagram: {account.handle!a} is no user name; valid: letters, digits, dots, underscores")
        path = f"{_VERSION}/{self._own_id()}"

        def read(after: str | None) -> Step:
            # Paging goes inside the field; there is no link to a next page.
            below = f".after({after})" if after else ""
            media = f"media.limit({min(self.options.page_size, 50)}){below}{{{_FIELDS}}}"
            fields = f"business_discovery.username({account.handle}){{id,username,{media}}}"
            return _step(account, self.ask(account.handle, path, {"fields": fields}))

        yield from walk_tokens(read, cursor, window, self.options)

    def means(self, shown: str, error: Error) -> CollectError | None:
        """Graph has one answer for whoever is not a professional account, and does not say why."""
        if error.code == 110 or error.error_subcode == 2207013:
            return Private(f"{shown}: not there, or no public professional account; the interface does not say which")
        if error.code == 100 and (error.error_subcode == 33 or "business_discovery" in error.message):
            return KeyNeeded(
                f"{shown}: user_id under [platforms.instagram.keys] is not a professional account the token may use"
            )
        return None

    def _own_id(self) -> str:
        own = self.options.keys.get("user_id", "")
        if not (own.isascii() and own.isdigit()):
            raise KeyNeeded("instagram: user_id under [platforms.instagram.keys] is not a number, such as 1784...")
        return own


def _step(account: Account, response: Response) -> Step:
    answer, repaired = read_json(response, _Answer)
    profile = answer.business_discovery
    if profile.username.casefold() != account.handle.casefold():
        raise FormatDrift(f"instagram {account.handle}: answered with the account of somebody else")
    media = profile.media or Listing(data=[])
    return read_items(
        response,
        media.data,
        lambda item: _post(account, msgspec.json.decode(item, type=_Item)),
        after=media.after(linked=False),
        repaired=repaired,
        native_id=profile.id,
    )


def _post(account: Account, item: _Item) -> Post:
    own = account.handle.casefold()
    if item.username is not None and item.username.casefold() != own:
        raise ValueError("post of another account in the list of this one")
    text = join_parts(valid_text(item.caption or ""), note("gambar", item.alt_text))
    return Post(
        platform=Platform.INSTAGRAM,
        native_id=item.shortcode,
        account_id=account.id,
        role=Role.POSTED,
        posted_at=moment(item.timestamp),
        text=mask_handles(text, {own}),
        url=item.permalink,
        media=_media(item),
        verifiable=item.permalink is not None,
    )


def _media(item: _Item) -> tuple[Media, ...]:
    if item.children is not None:
        return tuple(Media(kind=_KINDS.get(one.media_type, "image"), url=one.media_url) for one in item.children.data)
    description = valid_text(item.alt_text or "")
    return (Media(kind=_KINDS.get(item.media_type, "image"), url=item.media_url, description=description),)
