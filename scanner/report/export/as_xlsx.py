"""XLSX: every text a text, no formula, no link; what a cell cannot hold goes on in the next column (reliability B8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from scanner.report.export.formats import SPREADSHEET_MOST, Note, plain, units
from scanner.report.export.spool import Spool

SHEET_MOST = 1_048_575
"""Rows of a sheet below its header."""
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write(path: Path, rows: Spool, *, encoding: str) -> tuple[Note, ...]:
    """Write sheets of rows, each below its header, a row at a time."""
    parts = _parts(rows)
    left = iter(rows)
    with xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": str(path.parent)}) as book:
        for number in range(1, max(1, -(-rows.rows // SHEET_MOST)) + 1):
            sheet = book.add_worksheet(rows.kind.name if number == 1 else f"{rows.kind.name} {number}")
            sheet.freeze_panes(1, 0)
            _write_sheet(sheet, _header(rows, parts), islice(left, SHEET_MOST), parts)
    longer = [column.name for column, count in zip(rows.columns, parts, strict=True) if count > 1]
    return (_continued(longer),) if longer else ()


def _write_sheet(
    sheet: Worksheet, header: Sequence[str], rows: Iterator[tuple[Any, ...]], parts: Sequence[int]
) -> None:
    for place, name in enumerate(header):
        sheet.write_string(0, place, name)
    for line, row in enumerate(rows, start=1):
        place = 0
        for value, count in zip(row, parts, strict=True):
            told = plain(value)
            for offset, piece in enumerate(cut(told) if isinstance(told, str) else [told]):
                _write(sheet, line, place + offset, piece)
            place += count


def _write(sheet: Worksheet, line: int, place: int, value: Any) -> None:
    if isinstance(value, str):
        sheet.write_string(line, place, value)
    elif value is not None:
        sheet.write_number(line, place, value)


def _parts(rows: Spool) -> list[int]:
    """Return how many cells the longest text of each column needs."""
    parts = [1] * len(rows.columns)
    for row in rows:
        parts = [
            max(part, len(cut(value))) if isinstance(value, str) else part
            for part, value in zip(parts, row, strict=True)
        ]
    return parts


def _header(rows: Spool, parts: Sequence[int]) -> list[str]:
    return [
        column.name if part == 1 else f"{column.name} ({part})"
        for column, count in zip(rows.columns, parts, strict=True)
        for part in range(1, count + 1)
    ]


def cut(text: str) -> list[str]:
    """Cut a text into pieces that a cell holds; no character is cut in two."""
    if units(text) <= SPREADSHEET_MOST:
        return [text]
    pieces, size, start = [], 0, 0
    for place, character in enumerate(text):
        wide = 1 if character <= "\uffff" else 2
        if size + wide > SPREADSHEET_MOST:
            pieces.append(text[start:place])
            size, start = 0, place
        size += wide
    return [*pieces, text[start:]]


def _continued(columns: Sequence[str]) -> Note:
    named, most = ", ".join(columns), f"{SPREADSHEET_MOST:,}"
    return (
        f"Satu sel memuat paling banyak {most} tanda: yang lebih panjang bersambung di kolom berikutnya ({named}).",
        f"A cell holds up to {most} characters: longer texts go on in the next column ({named}).",
    )
