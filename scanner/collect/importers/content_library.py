"""Meta Content Library: CSV of Facebook and Instagram from a lawful holder; its rows cannot be re-checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.records import sightings
from scanner.collect.importers.tables import csv_records
from scanner.collect.importers.values import handle, identifier, language, moment, objects, with_notes, words
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Rejected

_MARKS = frozenset({"id", "creation_time", "text", "post_owner.id"})
_FACEBOOK = frozenset({"surface.type", "surface.id", "shared_post_id", "statistics.love_count"})
_KINDS = {"photo": "image", "image": "image", "video": "video", "reel": "video"}


class ContentLibrary(Importer):
    """Columns are found by name: their order differs from export to export."""

    name: ClassVar[str] = "content_library"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "Meta Content Library CSV. Its ids are the library's own and it has no public address: no row can be "
        "checked again. A shared post is not in the row, only that there is one."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell the library by its columns."""
        return "Meta Content Library columns (post_owner.id, creation_time)" if set(head.columns) >= _MARKS else None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts; header rows repeated by joined exports are passed over."""
        head = read_head(path)
        platform = Platform.FACEBOOK if _FACEBOOK & set(head.columns) else Platform.INSTAGRAM
        records = csv_records(path, head.delimiter)
        return sightings(records, path.name, lambda row: _read_row(row, self.hints.platform or platform))


def _read_row(row: Mapping[str, Any], platform: Platform) -> Iterable[Sighting]:
    native_id, shares = identifier(row["id"]), bool(row.get("shared_post_id"))
    media = tuple(_media(row))
    yield Sighting(
        platform=platform,
        native_id=f"mcl:{native_id}" if native_id else "",
        author_handle=handle(row.get("post_owner.username")),
        author_id=identifier(row["post_owner.id"]),
        role=(Role.QUOTED if row["text"] else Role.REPOSTED) if shares else Role.POSTED,
        posted_at=moment(row["creation_time"]),
        text=with_notes(row["text"], media),
        edited_at=moment(row.get("modified_time")),
        language=language(row.get("lang")),
        media=media,
        verifiable=False,
    )


def _media(row: Mapping[str, Any]) -> Iterator[Media]:
    try:
        listed = json.loads(row.get("multimedia") or "[]")
    except (ValueError, RecursionError):  # older exports hold a Python repr here: never evaluated, only left out
        listed = []
    for one in objects(listed):
        yield Media(kind=_KINDS.get(words(one.get("type")).lower(), "image"), url=words(one.get("url")) or None)
    address, title = row.get("link_attachment.link", ""), row.get("link_attachment.name", "")
    if address or title:
        yield Media(kind="link", url=address or None, description=title)
