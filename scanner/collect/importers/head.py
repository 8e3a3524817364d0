"""The head of a file: what the formats are told apart by."""

from __future__ import annotations

import csv
from pathlib import Path

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.interface import Head
from scanner.collect.importers.lines import open_file, read_lines
from scanner.collect.importers.records import Record
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

_TRIES = 20


def read_head(path: Path) -> Head:
    """Look at the beginning of a file. Raises ImportFailed when it cannot be opened as text or Parquet."""
    with open_file(path) as file:
        start = file.read(16)
    if start.startswith(b"PAR1"):
        return Head(name=path.name, start=start, record={}, columns=parquet_columns(path), delimiter="")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return Head(name=path.name, start=start, record=_first_object(path), columns=(), delimiter="")
    columns, delimiter = _header(path)
    return Head(name=path.name, start=start, record={}, columns=columns, delimiter=delimiter)


def parquet_columns(path: Path) -> tuple[str, ...]:
    """Name the columns of a Parquet file. Raises ImportFailed when it is damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return tuple(parquet.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise ImportFailed(f"{path}: no readable Parquet file: {error}") from error


def _first_object(path: Path) -> dict[str, object]:
    for count, record in enumerate(json_records(path)):
        if isinstance(record, Record):
            return dict(record.fields)
        if count == _TRIES:
            break
    return {}


def _header(path: Path) -> tuple[tuple[str, ...], str]:
    """Read the first row that is not blank; the delimiter is the one that cuts it into most columns."""
    for line in read_lines(path):
        if isinstance(line, Rejected):
            break
        if not line.text.strip():
            continue
        delimiter = max(",;\t", key=line.text.count)
        try:
            cells = next(csv.reader([line.text], delimiter=delimiter), [])
        except csv.Error:
            break
        return (tuple(cell.strip() for cell in cells), delimiter) if len(cells) > 1 else ((), "")
    return (), ""
