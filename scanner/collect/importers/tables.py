"""Tables of any origin: CSV with its delimiter, and Parquet; every row by the names of its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.collect.importers.lines import Line, read_lines
from scanner.collect.importers.records import Record, as_json
from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed


def csv_records(path: Path, delimiter: str) -> Iterator[Record | Rejected]:
    """Yield the rows of a table below its header; a row that has other columns than the header is a Rejected.

    Row numbers are line numbers of the file, so that an editor finds them. Blank rows and a repeated header are
    passed over. Raises ImportFailed when there is no usable header.
    """
    if not delimiter:
        raise ImportFailed(f"{path}: no table; a header row with comma, semicolon or tab is expected")
    header: list[str] = []
    for row in _rows(path, delimiter):
        if isinstance(row, Rejected):
            yield row
        elif not header:
            header = _checked_header(path, row.cells)
        elif len(row.cells) != len(header):
            reason = f"{len(row.cells)} cells under {len(header)} columns"
            yield Rejected(source=path.name, line=row.line, reason=reason, raw_sha256=sha256(row.raw))
        elif [cell.strip() for cell in row.cells] != header:
            fields = dict(zip(header, row.cells, strict=True))
            yield Record(line=row.line, fields=fields, raw=as_json(fields), repaired=row.repaired)


def parquet_records(path: Path) -> Iterator[Record | Rejected]:
    """Yield the rows of a Parquet file, 1-based. Raises ImportFailed when it is damaged, also half way."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            rows = (row for batch in file.iter_batches(batch_size=1024) for row in batch.to_pylist())
            for number, row in enumerate(rows, start=1):
                yield Record(line=number, fields=row, raw=as_json(row))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ImportFailed(f"{path}: no readable Parquet file: {error}") from error


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: list[str]
    raw: bytes
    repaired: bool


def _rows(path: Path, delimiter: str) -> Iterator[_Row | Rejected]:
    """Cut the file into rows, which may span lines; one that cannot be cut is told and the next is tried."""
    feed = _Feed(read_lines(path))
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        cells, reason = None, ""
        try:
            cells = next(reader, None)
        except csv.Error as error:
            reason = f"no row of a table: {error}"
        yield from feed.rejected
        line, raw, repaired = feed.take()
        if reason:
            yield Rejected(source=path.name, line=line, reason=reason, raw_sha256=sha256(raw))
        elif cells is None:
            return
        elif any(cell.strip() for cell in cells):
            yield _Row(line=line, cells=cells, raw=raw, repaired=repaired)


class _Feed:
    """Hands lines to the CSV reader and remembers which of them the current row was made of."""

    def __init__(self, lines: Iterator[Line | Rejected]) -> None:
        self._lines = lines
        self._taken: list[Line] = []
        self.rejected: list[Rejected] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, Rejected):
                self.rejected.append(line)
            else:
                self._taken.append(line)
                yield line.text

    def take(self) -> tuple[int, bytes, bool]:
        """Return first line, raw bytes and repairs of the row just read, and begin a new row."""
        taken, self._taken, self.rejected = self._taken, [], []
        raw = b"".join(line.raw for line in taken)
        return taken[0].number if taken else 0, raw, any(line.repaired for line in taken)


def _checked_header(path: Path, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ImportFailed(f"{path}: column {', '.join(twice)} stands twice in the header; name each column once")
    return header
