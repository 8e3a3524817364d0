"""Posts as the platforms' own web pages receive them: what browser captures hold, whatever envelope is around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from scanner.collect.importers.interface import Sighting
from scanner.errors import ImportFailed

SESSION_DATA = frozenset({"source_url", "user_agent"})
"""What Zeeschuimer's envelope tells of the browser that captured (TikTok's addresses carry its tokens)."""

READERS: Mapping[str, str] = {
    "twitter.com": "x:read_item",
    "x.com": "x:read_item",
    "instagram.com": "instagram:read_item",
    "threads.net": "threads:read_item",
    "threads.com": "threads:read_item",
    "tiktok.com": "tiktok:read_item",
    "tiktok-comments": "tiktok:read_comment",
}
"""Zeeschuimer's name of a source -> reader of its items."""


def reader_of(source: object) -> Callable[[Mapping[str, Any]], Iterable[Sighting]]:
    """Return the reader for items of a source; refuses one whose items nobody here reads."""
    if not isinstance(source, str) or source not in READERS:
        raise ImportFailed(f"items of this source are not read; read are {', '.join(READERS)}")
    module, _, function = READERS[source].partition(":")
    reader: Callable[[Mapping[str, Any]], Iterable[Sighting]] = getattr(import_module(f"{__name__}.{module}"), function)
    return reader
