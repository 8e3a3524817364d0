"""A post of Instagram in its three shapes: API item list, the older `Graph*`, and `XIGPolaris*` without a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.values import dig, handle, identifier, moment, objects, words
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.errors import ImportFailed


def read_item(item: Mapping[str, Any]) -> Iterator[Sighting]:
    """Yield the post once per author: who posted it, then each co-author who accepted (`coauthor_producers`).

    Tagged users and invited co-authors are no authors. A post of a private account is marked as not public.
    """
    code = identifier(item.get("code")) or identifier(item.get("shortcode")) or ""
    author = _author(item)
    others = [user for user in objects(item.get("coauthor_producers")) if _name(user) != _name(author)]
    for user in [author, *others]:
        joint = user is not author
        yield Sighting(
            platform=Platform.INSTAGRAM,
            native_id=f"{code}#co:{_name(user)}" if joint and code else code,
            author_handle=handle(user.get("username")),
            author_id=identifier(user.get("pk")) or identifier(user.get("id")),
            role=Role.CO_AUTHORED if joint else Role.POSTED,
            posted_at=moment(item.get("taken_at") or item.get("taken_at_timestamp")),
            text=_caption(item),
            url=f"https://www.instagram.com/p/{code}/",
            media=tuple(_media(item)),
            public=author.get("is_private") is not True and user.get("is_private") is not True,
        )


def _author(item: Mapping[str, Any]) -> Mapping[str, Any]:
    user, owner = item.get("user"), item.get("owner")
    if isinstance(user, Mapping) and isinstance(owner, Mapping) and _name(user) and _name(owner):
        if _name(user) != _name(owner):
            raise ImportFailed("user and owner are two accounts: it cannot be told whose post this is")
        return {**owner, **user}
    return user if isinstance(user, Mapping) else owner if isinstance(owner, Mapping) else {}


def _name(user: Mapping[str, Any]) -> str:
    name = handle(user.get("username")) or identifier(user.get("pk")) or identifier(user.get("id")) or ""
    return name.casefold()


def _caption(item: Mapping[str, Any]) -> str:
    edges = objects(dig(item, "edge_media_to_caption", "edges"))
    return words(dig(item, "caption", "text")) or words(dig(edges[0], "node", "text") if edges else None)


def _media(item: Mapping[str, Any]) -> Iterator[Media]:
    edges = objects(dig(item, "edge_sidecar_to_children", "edges"))
    for node in objects(item.get("carousel_media")) or objects([edge.get("node") for edge in edges]) or [item]:
        film = words(dig(node, "video_versions", 0, "url")) or words(node.get("video_url"))
        picture = words(dig(node, "image_versions2", "candidates", 0, "url"))
        picture = picture or words(node.get("display_url")) or words(node.get("display_uri"))
        if film or picture:
            # accessibility_caption is written by the platform, not by the author: left out.
            yield Media(kind="video" if film else "image", url=film or picture)
