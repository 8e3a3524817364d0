"""Which formats can be imported, and the one way to read a file of any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from scanner.collect.importers.head import read_head
from scanner.collect.importers.interface import Detected, Hints, Importer, Sighting
from scanner.domain.accounts import Platform
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

IMPORTERS: Mapping[str, str] = MappingProxyType(
    {
        "zeeschuimer": "scanner.collect.importers.zeeschuimer:Zeeschuimer",
        "fourcat": "scanner.collect.importers.fourcat:FourCat",
        "twarc": "scanner.collect.importers.twarc:Twarc",
        "snscrape": "scanner.collect.importers.snscrape:Snscrape",
        "ytdlp": "scanner.collect.importers.ytdlp:YtDlp",
        "crowdtangle": "scanner.collect.importers.crowdtangle:CrowdTangle",
        "content_library": "scanner.collect.importers.content_library:ContentLibrary",
        "autoarchiver": "scanner.collect.importers.autoarchiver:AutoArchiver",
        "table": "scanner.collect.importers.table:Table",
    }
)
"""Format -> importer, in the order they are tried: those that know exact marks first, any table last."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def importer_for(name: str, hints: Hints | None = None) -> Importer:
    """Return the importer of a format. Raises ImportFailed naming the known formats."""
    if name not in IMPORTERS:
        raise ImportFailed(f"format '{name}' is unknown; known: {', '.join(IMPORTERS)}")
    module, _, cls = IMPORTERS[name].partition(":")
    importer: Importer = getattr(import_module(module), cls)(hints)
    return importer


def detect(path: Path) -> Detected:
    """Tell which format a file has, by its content. Raises ImportFailed saying what was seen instead."""
    head = read_head(path)
    for name in IMPORTERS:
        why = importer_for(name).recognises(head)
        if why is not None:
            return Detected(format=name, why=why)
    raise ImportFailed(
        f"{path}: begins with {head.seen()}; no known format ({', '.join(IMPORTERS)}). "
        "Any table or JSONL can be read with a column map: text=..., author=..., id=..., posted_at=..."
    )


def read(
    path: Path,
    format: str | None = None,  # noqa: A002  the word users know
    columns: Mapping[str, str] | None = None,
    platform: Platform | None = None,
) -> Iterator[Sighting | Rejected]:
    """Read a file: every post once, and every item that could not be read.

    `format` is found by content when not given; a column map means `table`. A file may show a post several times:
    the fullest and newest showing stands for it (the file is read twice; about 300 bytes per post are remembered).
    Raises ImportFailed at once when the format is unknown, later when a table turns out damaged.
    """
    name = format or ("table" if columns else detect(path).format)
    importer = importer_for(name, Hints(columns=columns or {}, platform=platform))
    return _newest(lambda: importer.read(path))


def _newest(showings: Callable[[], Iterator[Sighting | Rejected]]) -> Iterator[Sighting | Rejected]:
    best: dict[tuple[str, str], tuple[bool, datetime, int]] = {}
    for number, one in enumerate(showings()):
        if isinstance(one, Sighting):
            key, rank = (one.platform, one.native_id), (not one.truncated, one.captured_at or _LONG_AGO, number)
            best[key] = max(rank, best.get(key, rank))
    for number, one in enumerate(showings()):
        if isinstance(one, Rejected) or best[(one.platform, one.native_id)][2] == number:
            yield one
