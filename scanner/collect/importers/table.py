"""Any table: CSV, TSV, JSONL or Parquet whose columns are named by a map, or guessed by their usual names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import Record, sightings
from scanner.collect.importers.tables import csv_records, parquet_records
from scanner.collect.importers.values import handle, identifier, language, mask_handles, moment, strip_repost, words
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

USUAL: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "message", "caption", "content", "full_text", "isi", "teks"),
    "author": ("author", "username", "user_name", "screen_name", "handle", "user", "akun", "penulis"),
    "author_id": ("author_id", "user_id", "id_pengguna"),
    "id": ("id", "post_id", "tweet_id", "item_id", "id_str", "native_id"),
    "posted_at": ("posted_at", "created_at", "timestamp", "datetime", "date", "time", "tanggal", "waktu"),
    "platform": ("platform", "source_platform"),
    "url": ("url", "link", "permalink", "post_url", "tautan"),
    "language": ("language", "lang", "bahasa"),
    "context": ("context", "konteks"),
}
"""Our name -> usual names of its column, the likelier first."""


class Table(Importer):
    """One post per row. `platform` and `timezone` of the map may be a value instead of a column."""

    name: ClassVar[str] = "table"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "Any CSV, TSV, JSONL or Parquet with text, author and id (or an address that tells them). Map the columns, "
        "for example text=caption, author=akun, platform=facebook, timezone=Asia/Jakarta. Times without a zone "
        "count as UTC unless timezone says otherwise; a table tells nothing of private accounts."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell by usual column names, and say which column is taken for what."""
        columns = self._columns(head)
        signed = "url" in columns or ("id" in columns and columns.keys() & {"author", "author_id"})
        if "text" not in columns or not signed:
            return None
        return f"a table, read as {', '.join(f'{ours}={its}' for ours, its in columns.items())}"

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the rows. Raises ImportFailed when the map does not fit the table, or nothing holds the text."""
        head = read_head(path)
        columns = self._columns(head)
        if "text" not in columns:
            known = ", ".join(_names(head)) or "none"
            raise ImportFailed(f"{path}: no column is known to hold the text; map it with text=...; columns: {known}")
        row_reader = _RowReader(columns=columns, platform=self._fixed_platform(head), zone=self._zone())
        return sightings(_records(path, head), path.name, row_reader.read_row)

    def _columns(self, head: Head) -> dict[str, str]:
        names, told = _names(head), self.hints.columns
        wrong = [name for name in told if name not in USUAL and name != "timezone"]
        if wrong:
            raise ImportFailed(f"column map: {', '.join(wrong)} unknown; known: {', '.join(USUAL)}, timezone")
        folded = {name.casefold(): name for name in reversed(names)}
        columns = {}
        for ours, usual in USUAL.items():
            found = told.get(ours) or next((folded[one] for one in usual if one in folded), "")
            if found in names:
                columns[ours] = found
            elif ours in told and ours != "platform":
                raise ImportFailed(f"{head.name}: there is no column '{found}'; there are {', '.join(names)}")
        return columns

    def _fixed_platform(self, head: Head) -> Platform | None:
        told = self.hints.columns.get("platform")
        return self.hints.platform if told is None or told in _names(head) else _platform(told)

    def _zone(self) -> tzinfo:
        told = self.hints.columns.get("timezone")
        try:
            return ZoneInfo(told) if told else UTC
        except (KeyError, ValueError) as error:
            raise ImportFailed(f"column map: timezone={told} is unknown; for example Asia/Jakarta") from error


@dataclass(frozen=True, slots=True)
class _RowReader:
    columns: Mapping[str, str]
    platform: Platform | None
    zone: tzinfo

    def read_row(self, row: Mapping[str, Any]) -> Iterable[Sighting]:
        cells = {ours: row.get(its) for ours, its in self.columns.items()}
        address = words(cells.get("url")).strip()
        link = read_permalink(address)
        told = words(cells.get("platform"))
        platform = _platform(told) if told else self.platform or (link.platform if link else None)
        if platform is None:
            raise ImportFailed("the row tells no platform: name it, for example platform=facebook")
        author, by_address = handle(cells.get("author")), link.handle if link else None
        if author and by_address and author.casefold() != by_address.casefold():
            raise ImportFailed("author and address name two accounts: it cannot be told whose post this is")
        text = words(cells.get("text"))
        shared = strip_repost(text) if platform is Platform.X else None
        yield Sighting(
            platform=platform,
            native_id=identifier(cells.get("id")) or (link.native_id if link else None) or "",
            author_handle=author or by_address,
            author_id=identifier(cells.get("author_id")),
            role=Role.POSTED if shared is None else Role.REPOSTED,
            posted_at=moment(cells.get("posted_at"), self.zone),
            text=text if shared is None else shared,
            url=address or None,
            language=language(cells.get("language")),
            context=mask_handles(words(cells.get("context"))),
            truncated=shared is not None,  # X cuts a repost given as "RT @name: ..."
            verifiable=bool(address),
        )


def _names(head: Head) -> tuple[str, ...]:
    return head.columns or tuple(head.record)


def _platform(told: str) -> Platform:
    name = told.strip().lower().removeprefix("www.").removesuffix(".com").removesuffix(".net")
    name = "x" if name == "twitter" else name
    try:
        return Platform(name)
    except ValueError as error:
        raise ImportFailed(f"platform is unknown; known: {', '.join(Platform)}") from error


def _records(path: Path, head: Head) -> Iterator[Record | Rejected]:
    if head.start.startswith(b"PAR1"):
        return parquet_records(path)
    return csv_records(path, head.delimiter) if head.columns else json_records(path)
