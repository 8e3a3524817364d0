"""snscrape and twscrape: JSONL of posts of X, and snscrape's of Telegram, Instagram and Facebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import sightings
from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    language,
    mask_handles,
    moment,
    objects,
    unescape,
    with_notes,
    words,
)  # fmt: skip
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_MODULES: Mapping[str, Platform] = {
    "twitter": Platform.X,
    "telegram": Platform.TELEGRAM,
    "instagram": Platform.INSTAGRAM,
    "facebook": Platform.FACEBOOK,
}
_KINDS = {"photos": "image", "videos": "video", "animated": "video"}


class Snscrape(Importer):
    """Both tools mark a post by `_type: snscrape.modules...`; twscrape adds `id_str`."""

    name: ClassVar[str] = "snscrape"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "snscrape or twscrape JSONL. twscrape sees with logged-in accounts, and a user's dump also holds the "
        "posts of others that were shared or quoted: each goes to its own author."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell by `_type`."""
        kind = words(head.record.get("_type"))
        if not kind.startswith("snscrape.modules."):
            return None
        return f"{'twscrape' if 'id_str' in head.record else 'snscrape'} record {kind}"

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts."""
        return sightings(json_records(path), path.name, _read_record)


def _read_record(record: Mapping[str, Any]) -> Iterable[Sighting]:
    module = words(record.get("_type")).removeprefix("snscrape.modules.").partition(".")[0]
    if module not in _MODULES:
        raise ImportFailed(f"posts of this module are not read; read are {', '.join(_MODULES)}")
    yield _tweet(record) if module == "twitter" else _other_post(record, _MODULES[module])


def _tweet(post: Mapping[str, Any]) -> Sighting:
    user, original, quoted = (post.get(name) for name in ("user", "retweetedTweet", "quotedTweet"))
    shown = original if isinstance(original, Mapping) else post
    media = tuple(_media(shown))
    author, native_id = handle(dig(user, "username")), _exact_id(post) or ""
    return Sighting(
        platform=Platform.X,
        native_id=native_id,
        author_handle=author,
        author_id=_exact_id(user),
        role=_role(post),
        posted_at=moment(post.get("date")),
        text=with_notes(_text(shown), media),
        url=f"https://x.com/{author or 'i'}/status/{native_id}",
        language=language(post.get("lang")),
        context=mask_handles(_text(quoted)) if quoted is not None else "",
        media=media,
        public=dig(user, "protected") is not True,
    )


def _other_post(post: Mapping[str, Any], platform: Platform) -> Sighting:
    address = words(post.get("url")) or words(post.get("cleanUrl"))
    link = read_permalink(address)
    if link is None or link.platform is not platform:
        raise ImportFailed(f"the address is none of {platform}")
    return Sighting(
        platform=platform,
        native_id=link.native_id or "",
        author_handle=handle(post.get("username")) or link.handle,
        author_id=None,
        role=Role.REPOSTED if post.get("forwarded") else Role.POSTED,
        posted_at=moment(post.get("date")),
        text=words(post.get("content")),
        url=address,
    )


def _exact_id(record: Any) -> str | None:
    return identifier(dig(record, "id_str")) or identifier(dig(record, "id"))


def _role(post: Mapping[str, Any]) -> Role:
    if post.get("retweetedTweet") is not None:
        return Role.REPOSTED
    if post.get("quotedTweet") is not None or post.get("isQuoteStatus") is True:
        return Role.QUOTED
    return Role.REPLIED if post.get("inReplyToTweetId") else Role.POSTED


def _text(post: Any) -> str:
    return unescape(words(dig(post, "rawContent")) or words(dig(post, "content")))


def _media(post: Mapping[str, Any]) -> Iterator[Media]:
    media = post.get("media")
    for name, kind in _KINDS.items():
        for one in objects(dig(media, name)):
            address = words(one.get("url")) or words(one.get("thumbnailUrl"))
            yield Media(kind=kind, url=address or None, description=words(one.get("altText")))
    for one in objects(media):  # snscrape lists media without sorting them by kind
        kind = "image" if words(one.get("_type")).endswith("Photo") else "video"
        address = words(one.get("fullUrl")) or words(one.get("thumbnailUrl"))
        yield Media(kind=kind, url=address or None, description=words(one.get("altText")))
    title = words(dig(post, "card", "title"))
    for link in objects(post.get("links")):
        yield Media(kind="link", url=words(link.get("url")) or None, description=title)
        title = ""
