"""Tables for spreadsheets: CSV whose cells stay text, whatever a name begins with (reliability B8)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

_FORMULA = re.compile(r"(^|[;,|\t\r\n])([\s\"'\0]*)(?=[=+\-@\t\r\0＝＋－＠])")
"""Where a spreadsheet would begin to reckon. It may cut cells at another separator than the one written here: in
Indonesia that is the semicolon."""


_GUARD = re.compile(_FORMULA.pattern.replace("(?=", "'(?=", 1))
"""The apostrophe that stands there because of it."""


def csv_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows of equal keys as CSV with a header (RFC 4180); numbers stay numbers, None is an empty cell."""
    rows = list(rows)
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([list(rows[0])] if rows else [])
    writer.writerows([cell(value) for value in row.values()] for row in rows)
    return written.getvalue()


def cell(value: Any) -> Any:
    """Return numbers as they are and anything else as text that is no formula: an apostrophe stands before it."""
    if isinstance(value, int | float):
        return value
    return "" if value is None else _FORMULA.sub(r"\1\2'", str(value))


def told(text: str) -> str:
    """Return the text that `cell` wrote, as it was before."""
    return _GUARD.sub(r"\1\2", text)
