"""A post of Threads as its web client receives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    mask_handles,
    moment,
    objects,
    with_notes,
    words,
)  # fmt: skip
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role


def read_item(item: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the post. A repost belongs to who reposted and has the original's words."""
    user, info = item.get("user"), item.get("text_post_app_info")
    code, author = identifier(item.get("code")) or "", handle(dig(user, "username"))
    reposted, quoted = dig(info, "share_info", "reposted_post"), dig(info, "share_info", "quoted_post")
    shown = reposted if isinstance(reposted, Mapping) else item
    media = tuple(_media(shown))
    yield Sighting(
        platform=Platform.THREADS,
        native_id=code,
        author_handle=author,
        author_id=identifier(dig(user, "pk")) or identifier(dig(user, "id")),
        role=_role(info, reposted, quoted),
        posted_at=moment(item.get("taken_at")),
        text=with_notes(words(dig(shown, "caption", "text")), media),
        url=f"https://www.threads.com/@{author}/post/{code}" if author else None,
        context=mask_handles(words(dig(quoted, "caption", "text"))),
        media=media,
        public=not any(dig(user, flag) is True for flag in ("text_post_app_is_private", "is_private")),
    )


def _role(info: Any, reposted: Any, quoted: Any) -> Role:
    if isinstance(reposted, Mapping):
        return Role.REPOSTED
    if isinstance(quoted, Mapping):
        return Role.QUOTED
    replies = dig(info, "is_reply") is True or isinstance(dig(info, "reply_to_author"), Mapping)
    return Role.REPLIED if replies else Role.POSTED


def _media(item: Mapping[str, Any]) -> Iterator[Media]:
    for node in objects(item.get("carousel_media")) or [item]:
        film = words(dig(node, "video_versions", 0, "url"))
        picture = words(dig(node, "image_versions2", "candidates", 0, "url"))
        if film or picture:
            yield Media(kind="video" if film else "image", url=film or picture)
    link = dig(item, "text_post_app_info", "link_preview_attachment")
    address, title = words(dig(link, "url")), words(dig(link, "title"))
    if address or title:
        yield Media(kind="link", url=_target(address) or None, description=title)


def _target(address: str) -> str:
    """Take the real address out of l.threads.com/?u=..."""
    try:
        return parse_qs(urlsplit(address).query).get("u", [address])[0]
    except ValueError:
        return address
