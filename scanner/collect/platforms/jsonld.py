"""Reading JSON-LD of public pages (schema.org): the posts a page says it holds, not those merely quoted in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup

from scanner.collect.html import render

Node = dict[str, Any]
POSTS = frozenset(
    ("SocialMediaPosting", "DiscussionForumPosting", "BlogPosting", "NewsArticle", "Article", "Report", "VideoObject")
)
LISTS = frozenset(("Blog", "CollectionPage", "ItemList", "ProfilePage", "DataFeed"))
_INTO = ("@graph", "mainEntity", "hasPart", "blogPost", "blogPosts", "itemListElement", "item", "dataFeedElement")
_DEEPEST = 20


def read_nodes(soup: BeautifulSoup) -> list[Node]:
    """Return the objects a page describes, in its order; broken scripts are passed over.

    Posts are not looked into: what they share or answer are other people's words.
    """
    found: list[Node] = []
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            value = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):
            continue
        found += _walk(value, _DEEPEST)
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if isinstance(value, list) and depth:
        for item in value:
            yield from _walk(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        if depth and not types_of(value) & POSTS:
            for key in _INTO:
                yield from _walk(value.get(key), depth - 1)


def types_of(node: Node) -> set[str]:
    """Return the schema.org types of an object."""
    named = node.get("@type", ())
    return {named} if isinstance(named, str) else {name for name in named if isinstance(name, str)}


def words_of(node: Node, *keys: str) -> str:
    """Return the first of these fields that holds words; they may be HTML."""
    texts = (render(value).text for key in keys if isinstance(value := node.get(key), str))
    return next(filter(None, texts), "")


def string_of(node: Node, *keys: str) -> str | None:
    """Return the first of these fields that is a plain text, or None."""
    return next((value for key in keys if isinstance(value := node.get(key), str) and value), None)


def author_of(node: Node) -> str | None:
    """Return the name of the (first) author."""
    author = node.get("author")
    first = author[0] if isinstance(author, list) and author else author
    return string_of(first, "name") if isinstance(first, dict) else first if isinstance(first, str) else None


def address_of(node: Node) -> str | None:
    """Return the address a post gives itself."""
    entity = node.get("mainEntityOfPage")
    return (
        string_of(node, "url", "mainEntityOfPage")
        or (string_of(entity, "@id", "url") if isinstance(entity, dict) else None)
        or string_of(node, "@id")
    )
