"""Tables of posts in and out: JSONL, CSV and Parquet, row by row in batches, nothing of a row lost."""

from __future__ import annotations

import contextlib
import csv
import io
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from scanner.errors import ImportFailed, UsageError

BATCH = 1000
STANDARD = "-"


class TableFormat(StrEnum):
    """Formats of tables; told by the file's ending."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that could not be read or has no text."""

    place: str
    """posts.jsonl line 12"""
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Writer(Protocol):
    """Takes rows in the order they come."""

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""


_ENDINGS = {
    ".jsonl": TableFormat.JSONL,
    ".ndjson": TableFormat.JSONL,
    ".csv": TableFormat.CSV,
    ".parquet": TableFormat.PARQUET,
}


def format_of(name: str) -> TableFormat:
    """Tell the format by the ending; `-` (standard input or output) is JSONL. UsageError names the known ones."""
    if name == STANDARD:
        return TableFormat.JSONL
    suffix = Path(name).suffix.lower()
    if suffix not in _ENDINGS:
        raise UsageError(f"{name}: ending '{suffix}' is not known; known: {', '.join(_ENDINGS)} or - for JSONL")
    return _ENDINGS[suffix]


def read_rows(name: str) -> Iterator[dict[str, Any] | BadRow]:
    """Yield the rows of a table as dictionaries; a row that cannot be read comes as BadRow and the rest goes on."""
    match format_of(name):
        case TableFormat.JSONL:
            return _read_jsonl(name)
        case TableFormat.CSV:
            return _read_csv(name)
        case TableFormat.PARQUET:
            return _read_parquet(name)


@contextlib.contextmanager
def open_writer(name: str) -> Iterator[Writer]:
    """Open a table for writing. A file appears under its name only when everything was written."""
    if name == STANDARD:
        yield _JsonlWriter(sys.stdout.buffer)
        return
    target = Path(name)
    partial = target.with_name(f".{target.name}.partial")
    try:
        match format_of(name):
            case TableFormat.JSONL:
                with partial.open("wb") as file:
                    yield _JsonlWriter(file)
            case TableFormat.CSV:
                with partial.open("w", encoding="utf-8", newline="") as text:
                    yield _CsvWriter(text)
            case TableFormat.PARQUET:
                with contextlib.closing(_ParquetWriter(partial)) as writer:
                    yield writer
        partial.replace(target)
    except OSError as error:
        raise ImportFailed(f"{name}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _open(name: str) -> IO[bytes]:
    if name == STANDARD:
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise ImportFailed(f"{name}: cannot be read: {error.strerror}") from error


def _read_jsonl(name: str) -> Iterator[dict[str, Any] | BadRow]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with _open(name) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield decode(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield BadRow(f"{name} line {number}", f"not a JSON object: {error}")


def _read_csv(name: str) -> Iterator[dict[str, Any] | BadRow]:
    with _open(name) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.DictReader(_without_nul(text), strict=True)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRow(f"{name} line {reader.line_num}", f"not CSV: {error}")
                continue
            if None in row or None in row.values():
                yield BadRow(
                    f"{name} line {reader.line_num}", f"not {len(reader.fieldnames or ())} cells like the header"
                )
            else:
                yield row


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") for line in lines)


def _read_parquet(name: str) -> Iterator[dict[str, Any] | BadRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(name) as file:
            for batch in file.iter_batches(batch_size=BATCH):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise ImportFailed(f"{name}: not a Parquet file: {error}") from error


@dataclass(slots=True)
class _JsonlWriter:
    file: IO[bytes]

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        encoder = msgspec.json.Encoder()
        self.file.write(b"".join(encoder.encode(row) + b"\n" for row in rows))


@dataclass(slots=True)
class _CsvWriter:
    file: IO[str]
    columns: tuple[str, ...] = ()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            if not self.columns:
                self.columns = tuple(row)
                csv.writer(self.file).writerow(self.columns)
            csv.writer(self.file).writerow([_cell(row.get(column)) for column in self.columns])


def _cell(value: Any) -> Any:
    """Lists go into one cell as JSON; all else is written as it came in."""
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


class _ParquetWriter:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: Any = None

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = self._writer.schema if self._writer is not None else None
        table = pa.Table.from_pylist(list(rows), schema=schema)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is None:
            self.write([])
        self._writer.close()
