"""The formats of exports by name: one module each, all with the same `write`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from scanner.report.export.spool import Spool

FORMATS: Mapping[str, str] = {
    "csv": "scanner.report.export.as_csv",
    "tsv": "scanner.report.export.as_csv",
    "xlsx": "scanner.report.export.as_xlsx",
    "jsonl": "scanner.report.export.as_jsonl",
    "parquet": "scanner.report.export.as_parquet",
}
"""Modules by what the file's name ends in; imported when first used."""
SPREADSHEET_MOST = 32_767
"""UTF-16 units that a cell of Excel and LibreOffice holds."""

Note = tuple[str, str]
"""What a reader of the file has to know: in Indonesian and in English."""


class Write(Protocol):
    """Writes rows into a file; returns what its reader has to know."""

    def __call__(self, path: Path, rows: Spool, *, encoding: str) -> tuple[Note, ...]:
        """Write the file. `encoding` is that of text formats; the others have their own."""


def writer_of(name: str) -> Write:
    """Return what writes a format."""
    return cast("Write", import_module(FORMATS[name]).write)


def plain(value: Any) -> Any:
    """Return a value as text formats have it: moments in ISO 8601, yes and no as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else value


def units(text: str) -> int:
    """Return how long a text is for a spreadsheet: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
