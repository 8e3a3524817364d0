"""4CAT: its NDJSON (a capture's items with `__import_meta`) and its CSV, which Zeeschuimer writes too, with `;`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.items import SESSION_DATA, reader_of
from scanner.collect.importers.permalinks import read_permalink
from scanner.collect.importers.records import as_json, sightings
from scanner.collect.importers.tables import csv_records
from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    language,
    mask_handles,
    moment,
    strip_repost,
    truth,
    unescape,
)
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_ALWAYS = frozenset({"id", "thread_id", "timestamp", "body", "author"})
_ADDRESSES = ("link", "url", "tiktok_url", "post_url", "permalink")
_X_CUTS_FROM = 260
"""Weight of an X text from which it may have been cut: 280 count, a cut is made at a word's end."""


class FourCat(Importer):
    """A data set as 4CAT gives it for download."""

    name: ClassVar[str] = "fourcat"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "4CAT data set (NDJSON or CSV) and Zeeschuimer's CSV. The CSV cuts long posts of X and tells nothing of "
        "private accounts: prefer NDJSON. Pseudonymised authors cannot be attributed and are rejected."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell NDJSON by `__import_meta`, CSV by the columns that are always there."""
        if "__import_meta" in head.record:
            return f"4CAT items with __import_meta of {dig(head.record, '__import_meta', 'source_platform')}"
        if set(head.columns) >= _ALWAYS:
            kind = "Zeeschuimer CSV" if head.delimiter == ";" else "4CAT CSV"
            return f"{kind} by its columns {', '.join(sorted(_ALWAYS))}"
        return None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts of a data set."""
        head = read_head(path)
        if head.columns:
            return sightings(csv_records(path, head.delimiter), path.name, self._read_row)
        return sightings(json_records(path), path.name, _read_item)

    def _read_row(self, row: Mapping[str, Any]) -> Iterable[Sighting]:
        missing = {name.strip() for name in row.get("missing_fields", "").split(",")}
        cells = {name: "" if name in missing else cell for name, cell in row.items()}
        address = next((cells[name] for name in _ADDRESSES if cells.get(name)), "")
        link = read_permalink(address)
        platform = link.platform if link else self.hints.platform
        if platform is None:
            raise ImportFailed("the row tells no platform by its address: name it, for example platform=telegram")
        author, native_id = handle(cells["author"]), identifier(cells["id"]) or ""
        role = _role(cells)
        text = (strip_repost(cells["body"]) if role is Role.REPOSTED else None) or cells["body"]
        shown = unescape(text) if platform is Platform.X else text
        sighting = Sighting(
            platform=platform,
            native_id=native_id,
            author_handle=author,
            author_id=identifier(cells.get("author_id")),
            role=role,
            posted_at=moment(cells.get("unix_timestamp")) or moment(cells["timestamp"]),
            text="\n".join(filter(None, [shown, *_stickers(cells)])),
            url=address or None,
            language=language(cells.get("language_guess") or cells.get("language")),
            context=mask_handles(unescape(cells.get("quote_body", ""))),
            truncated="body" in missing or (platform is Platform.X and _weight(text) >= _X_CUTS_FROM),
            verifiable=bool(address),
        )
        yield sighting
        for name in filter(None, map(handle, cells.get("coauthors", "").split(","))):
            if name.casefold() != (author or "").casefold():
                joint = f"{native_id}#co:{name.casefold()}"
                yield replace(sighting, native_id=joint, author_handle=name, author_id=None, role=Role.CO_AUTHORED)


def _read_item(item: Mapping[str, Any]) -> Iterable[Sighting]:
    meta = item.get("__import_meta")
    if not isinstance(meta, Mapping):
        raise ImportFailed("no __import_meta: export a 4CAT search of its own as CSV")
    seen = moment(meta.get("last_updated") or meta.get("timestamp_collected"))
    partial = item.get("_zs_partial") is True
    raw = as_json({**item, "__import_meta": {name: meta[name] for name in meta if name not in SESSION_DATA}})
    for one in reader_of(meta.get("source_platform"))(item):
        yield replace(one, captured_at=seen, truncated=one.truncated or partial, raw=raw)


def _role(cells: Mapping[str, str]) -> Role:
    if cells.get("type") == "comment":
        return Role.COMMENTED
    if truth(cells.get("is_retweet")):
        return Role.REPOSTED
    if truth(cells.get("is_quote_tweet")):
        return Role.QUOTED
    return Role.REPLIED if truth(cells.get("is_reply")) else Role.POSTED


def _stickers(cells: Mapping[str, str]) -> list[str]:
    return [f"[teks gambar: {found}]" for found in cells.get("stickers", "").splitlines() if found.strip()]


def _weight(text: str) -> int:
    """Count as X does: most scripts of Asia and emoji weigh two."""
    return sum(1 if char < "\u1100" or "\u2000" <= char <= "\u2037" else 2 for char in text)
