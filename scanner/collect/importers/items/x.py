"""A post of X as its web client receives it (GraphQL `Tweet`, and the older `adaptive` shape)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    language,
    mask_handles,
    moment,
    objects,
    strip_repost,
    unescape,
    with_notes,
    words,
)  # fmt: skip
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role

_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}


def read_item(item: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the post. A repost belongs to who reposted; its text is the original in full, also beyond 280 characters.

    The id is `rest_id`: in `id` and in the envelope's `item_id` replies carry a rounded number. An advert belongs
    to the advertiser, who is its author, not to the account that was looked at.
    """
    post = _unwrap(item)
    author = _author(post)
    native_id = identifier(post.get("rest_id")) or identifier(dig(post, "legacy", "id_str")) or ""
    reposts = "retweeted_status_result" in (post.get("legacy") or ())
    original = _unwrap(dig(post, "legacy", "retweeted_status_result", "result"))
    quoted = _unwrap(dig(original or post, "quoted_status_result", "result"))
    shown, withheld = original or post, reposts and not original  # withheld leaves only "RT @name: ...", cut off
    media = tuple(_media(shown))
    yield Sighting(
        platform=Platform.X,
        native_id=native_id,
        author_handle=author.handle,
        author_id=author.id,
        role=Role.REPOSTED if reposts else _role(post, quoted),
        posted_at=moment(dig(post, "legacy", "created_at")),
        text=with_notes((strip_repost(_text(shown)) if withheld else None) or _text(shown), media),
        url=f"https://x.com/{author.handle or 'i'}/status/{native_id}",
        language=language(dig(post, "legacy", "lang")),
        context=mask_handles(_text(quoted)),
        media=media,
        truncated=withheld or ("note_tweet" in shown and not _note(shown)),
        public=not author.protected,
    )


def _unwrap(result: Any) -> Mapping[str, Any]:
    """Open the wrapper of limited visibility; a deleted or withheld post is an empty one."""
    inner = dig(result, "tweet")
    found = inner if isinstance(inner, Mapping) else result
    return found if isinstance(found, Mapping) and isinstance(found.get("legacy"), Mapping) else {}


class _Author(NamedTuple):
    handle: str | None
    id: str | None
    protected: bool


def _author(post: Mapping[str, Any]) -> _Author:
    user = dig(post, "core", "user_results", "result") or post.get("user")
    names = (dig(user, "core", "screen_name"), dig(user, "legacy", "screen_name"), dig(user, "screen_name"))
    ids = (dig(user, "rest_id"), dig(user, "id_str"), dig(post, "legacy", "user_id_str"))
    # The flag moved from legacy.protected to privacy.protected in 2026; where it is absent the account is public.
    flags = (dig(user, "privacy", "protected"), dig(user, "legacy", "protected"), dig(user, "protected"))
    return _Author(
        handle=next(filter(None, map(handle, names)), None),
        id=next(filter(None, map(identifier, ids)), None),
        protected=any(flag is True for flag in flags),
    )


def _role(post: Mapping[str, Any], quoted: Mapping[str, Any]) -> Role:
    if quoted or dig(post, "legacy", "is_quote_status") is True:
        return Role.QUOTED
    return Role.REPLIED if dig(post, "legacy", "in_reply_to_status_id_str") else Role.POSTED


def _note(post: Mapping[str, Any]) -> str:
    return words(dig(post, "note_tweet", "note_tweet_results", "result", "text"))


def _text(post: Mapping[str, Any]) -> str:
    # Only the short text is escaped (`&amp;`); the long one is written as it was typed.
    return _note(post) or unescape(words(dig(post, "legacy", "full_text")))


def _media(post: Mapping[str, Any]) -> Iterator[Media]:
    legacy = post.get("legacy")
    for one in objects(dig(legacy, "extended_entities", "media")) or objects(dig(legacy, "entities", "media")):
        yield Media(
            kind=_KINDS.get(words(one.get("type")), "image"),
            url=words(one.get("media_url_https")) or None,
            description=words(one.get("ext_alt_text")),
        )
    title = _card_title(post) or words(dig(post, "article", "article_results", "result", "title"))
    for link in objects(dig(legacy, "entities", "urls")):
        yield Media(kind="link", url=words(link.get("expanded_url")) or None, description=title)
        title = ""
    if title:
        yield Media(kind="link", description=title)


def _card_title(post: Mapping[str, Any]) -> str:
    for entry in objects(dig(post, "card", "legacy", "binding_values")):
        if entry.get("key") == "title":
            return unescape(words(dig(entry, "value", "string_value")))
    return ""
