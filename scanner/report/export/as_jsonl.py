"""JSON lines: one object for each row, with nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scanner.report.export.columns import Column, Type
from scanner.report.export.formats import Note, plain
from scanner.report.export.spool import Spool


def write(path: Path, rows: Spool, *, encoding: str) -> tuple[Note, ...]:
    """Write one object for each row, in lines that end in a line feed."""
    with path.open("w", encoding=encoding, newline="\n") as file:
        for row in rows:
            told = {column.name: _value(column, value) for column, value in zip(rows.columns, row, strict=True)}
            file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
    return ()


def _value(column: Column, value: Any) -> Any:
    if column.type is Type.JSON and value is not None:
        return json.loads(value)
    return value if isinstance(value, bool) else plain(value)
