"""CSV (RFC 4180) and TSV whose cells stay text, whatever a name begins with (reliability B8)."""

from __future__ import annotations

import csv
from pathlib import Path

from scanner.report.export.formats import SPREADSHEET_MOST, Note, plain, units
from scanner.report.export.spool import Spool
from scanner.report.spreadsheet import cell


def write(path: Path, rows: Spool, *, encoding: str) -> tuple[Note, ...]:
    """Write rows below a header; tabs between the cells where the name ends in .tsv. Nothing is cut."""
    long = 0
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, delimiter="\t" if path.suffix == ".tsv" else ",")
        writer.writerow([column.name for column in rows.columns])
        for row in rows:
            told = [cell(plain(value)) for value in row]
            writer.writerow(told)
            long += sum(isinstance(one, str) and units(one) > SPREADSHEET_MOST for one in told)
    return (_apostrophes(), *([_too_long(long)] if long else []))


def _apostrophes() -> Note:
    return (
        "Sel yang akan dibaca sebagai rumus diawali tanda petik tunggal ('); `scanner review import` membuangnya lagi.",
        "A cell that would be read as a formula begins with an apostrophe; `scanner review import` takes it off.",
    )


def _too_long(cells: int) -> Note:
    most = f"{SPREADSHEET_MOST:,}"
    return (
        f"{cells} sel lebih panjang daripada {most} tanda: berkas ini memuatnya utuh, lembar sebar memotongnya.",
        f"{cells} cells are longer than {most} characters: this file holds them whole, a spreadsheet cuts them.",
    )
