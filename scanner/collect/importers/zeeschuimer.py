"""Zeeschuimer: NDJSON of what a person saw in the browser on X, Instagram, TikTok and Threads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.interface import Head, Importer, Sighting
from scanner.collect.importers.items import SESSION_DATA, reader_of
from scanner.collect.importers.records import as_json, sightings
from scanner.collect.importers.values import moment
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed


class Zeeschuimer(Importer):
    """The browser extension's own export, in its envelope (`source_platform`, `item_id`, `data`)."""

    name: ClassVar[str] = "zeeschuimer"
    version: ClassVar[str] = "1"
    describes: ClassVar[str] = (
        "Zeeschuimer export (NDJSON): posts of X, Instagram, TikTok and Threads, and comments of TikTok, as a "
        "browser received them. Who was logged in could see posts that are not public: those are marked."
    )

    def recognises(self, head: Head) -> str | None:
        """Tell the envelope by its keys."""
        if isinstance(head.record.get("data"), Mapping) and {"source_platform", "source_url"} <= head.record.keys():
            return f"Zeeschuimer envelope of {head.record['source_platform']}"
        return None

    def read(self, path: Path) -> Iterator[Sighting | Rejected]:
        """Yield the posts; one captured several times comes as often as it stands, each with its time of capture."""
        return sightings(json_records(path), path.name, _read_envelope)


def _read_envelope(envelope: Mapping[str, Any]) -> Iterable[Sighting]:
    item = envelope.get("data")
    if not isinstance(item, Mapping):
        raise ImportFailed("the envelope holds no data")
    seen = moment(envelope.get("last_updated") or envelope.get("timestamp_collected"))
    partial = item.get("_zs_partial") is True
    raw = as_json({name: value for name, value in envelope.items() if name not in SESSION_DATA})
    for one in reader_of(envelope.get("source_platform"))(item):
        yield replace(one, captured_at=seen, truncated=one.truncated or partial, raw=raw)
