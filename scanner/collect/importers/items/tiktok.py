"""A post or comment of TikTok as its web client receives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.values import dig, handle, identifier, language, moment, objects, strings, words
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role

_HIDDEN = ("privateItem", "secret", "forFriend")


def read_item(item: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the film or photo post. Words pasted onto the film belong to its text, as a bracketed note."""
    author, native_id = item.get("author"), identifier(item.get("id")) or ""
    # In the state embedded in a page the author is only a name.
    name = handle(author) if isinstance(author, str) else handle(dig(author, "uniqueId"))
    kind = "photo" if isinstance(item.get("imagePost"), Mapping) else "video"
    hidden = any(item.get(flag) is True for flag in _HIDDEN)
    closed = any(dig(author, flag) is True for flag in ("privateAccount", "secret"))
    yield Sighting(
        platform=Platform.TIKTOK,
        native_id=native_id,
        author_handle=name,
        author_id=identifier(dig(author, "id")) or identifier(item.get("authorId")),
        role=Role.POSTED,
        posted_at=moment(item.get("createTime")),
        text="\n".join(filter(None, [words(item.get("desc")), *_stickers(item)])),
        url=f"https://www.tiktok.com/@{name}/{kind}/{native_id}" if name else None,
        language=language(item.get("textLanguage")),
        media=tuple(_media(item)),
        public=not hidden and not closed,
    )


def read_comment(item: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the comment; the words it answers are not in the file."""
    user = item.get("user")
    yield Sighting(
        platform=Platform.TIKTOK,
        native_id=identifier(item.get("cid")) or identifier(item.get("id")) or "",
        author_handle=handle(dig(user, "unique_id")) or handle(dig(user, "uniqueId")),
        author_id=identifier(dig(user, "uid")) or identifier(dig(user, "id")),
        role=Role.COMMENTED,
        posted_at=moment(item.get("create_time")),
        text=words(item.get("text")),
        url=words(dig(item, "share_info", "url")) or None,
        language=language(item.get("comment_language")),
    )


def _stickers(item: Mapping[str, Any]) -> Iterator[str]:
    for sticker in objects(item.get("stickersOnItem")):
        found = " ".join(strings(sticker.get("stickerText"))).replace("\0", "").strip()
        if found:
            yield f"[teks gambar: {found}]"


def _media(item: Mapping[str, Any]) -> Iterator[Media]:
    for image in objects(dig(item, "imagePost", "images")):
        yield Media(kind="image", url=words(dig(image, "imageURL", "urlList", 0)) or None)
    if isinstance(item.get("video"), Mapping) and "imagePost" not in item:
        yield Media(kind="video", url=words(dig(item, "video", "cover")) or None)
