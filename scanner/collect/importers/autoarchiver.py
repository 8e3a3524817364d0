"""auto-archiver: `metadata.json`, and the sheet of its Google Sheet feeder. Its csv_db is refused, never evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import sightings
from scanner.collect.importers.tables import csv_records
from scanner.collect.importers.values import moment, words
from scanner.domain.posts import Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_SHEET = frozenset({"link", "archive status", "upload timestamp", "text content"})


class AutoArchiver(Importer):
    """Archived posts whose author the address tells: the file itself has no field for it."""

    name: ClassVar[str] = "autoarchiver"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "auto-archiver metadata.json or sheet CSV, for platforms whose addresses name the author (X, TikTok, "
        "Threads, Facebook, Telegram, Bluesky). Failed archives are rejected."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell metadata.json by its keys and the sheet by its columns; raises ImportFailed for csv_db."""
        if isinstance(head.record.get("metadata"), Mapping) and "media" in head.record:
            return "auto-archiver metadata.json"
        if head.columns == ("status", "metadata", "media"):
            raise ImportFailed(
                f"{head.name}: auto-archiver's csv_db writes Python code into its cells, which is never run; "
                "export metadata.json (json_enricher) or the sheet as CSV"
            )
        return "auto-archiver sheet" if {name.casefold() for name in head.columns} >= _SHEET else None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the archived posts."""
        head = read_head(path)
        self.recognises(head)
        if head.columns:
            return sightings(csv_records(path, head.delimiter), path.name, _read_row)
        return sightings(json_records(path), path.name, _read_metadata)


def _read_metadata(archive: Mapping[str, Any]) -> Iterable[Sighting]:
    found = archive.get("metadata")
    if not isinstance(found, Mapping):
        raise ImportFailed("no metadata of an archived post")
    yield _post(
        status=words(archive.get("status")),
        address=words(found.get("url")),
        title=words(found.get("title")),
        content=words(found.get("content")),
        posted=found.get("timestamp"),
        archived=found.get("_processed_at"),
    )


def _read_row(row: Mapping[str, Any]) -> Iterable[Sighting]:
    cells = {name.casefold(): cell for name, cell in row.items()}
    yield _post(
        status=cells["archive status"],
        address=cells["link"],
        title=cells.get("upload title", ""),
        content=cells["text content"],
        posted=cells["upload timestamp"],
        archived=cells.get("archive date"),
    )


def _post(status: str, address: str, title: str, content: str, posted: Any, archived: Any) -> Sighting:
    if "success" not in status.lower():
        raise ImportFailed("the archiver did not succeed with this post")
    link = read_permalink(address)
    if link is None or link.handle is None or link.native_id is None:
        raise ImportFailed("the address does not name author and post: it cannot be told whose post this is")
    return Sighting(
        platform=link.platform,
        native_id=link.native_id,
        author_handle=link.handle,
        author_id=None,
        role=Role.POSTED,
        posted_at=moment(posted),
        text=content or title,
        url=address,
        captured_at=moment(archived),
    )
