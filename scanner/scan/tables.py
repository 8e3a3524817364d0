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
from typing import IO, TYPE_CHECKING, Any

import msgspec

from scanner.errors import ImportFailed, UsageError
from scanner.scan.table_writers import CsvWriter, JsonlWriter, ParquetWriter, Writer

if TYPE_CHECKING:
    import pyarrow as pa

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


def column_types(name: str) -> dict[str, pa.DataType]:
    """Return the types that a table itself gives its columns: those of Parquet; none for JSONL and CSV."""
    if format_of(name) is not TableFormat.PARQUET:
        return {}
    import pyarrow.parquet as pq

    with _parquet(name):
        return {column.name: column.type for column in pq.read_schema(name)}


@contextlib.contextmanager
def open_writer(name: str, types: Mapping[str, pa.DataType] | None = None) -> Iterator[Writer]:
    """Open a table for writing. A file appears under its name only when everything was written.

    The first rows written decide the columns of CSV and Parquet; ImportFailed when later ones do not fit. `types`
    are the types of Parquet columns that the first rows may not show, because they are empty there.
    """
    if name == STANDARD:
        yield JsonlWriter(sys.stdout.buffer)
        return
    target = Path(name)
    partial = target.with_name(f".{target.name}.partial")
    try:
        match format_of(name):
            case TableFormat.JSONL:
                with partial.open("wb") as file:
                    yield JsonlWriter(file)
            case TableFormat.CSV:
                with partial.open("w", encoding="utf-8", newline="") as text:
                    yield CsvWriter(name, text)
            case TableFormat.PARQUET:
                with contextlib.closing(ParquetWriter(name, partial, types or {})) as writer:
                    yield writer
        partial.replace(target)
    except OSError as error:
        raise ImportFailed(f"{name}: cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def open_table(name: str) -> IO[bytes]:
    """Open a table for reading; `-` is standard input."""
    if name == STANDARD:
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise ImportFailed(f"{name}: cannot be read: {error.strerror}") from error


def _read_jsonl(name: str) -> Iterator[dict[str, Any] | BadRow]:
    decode = msgspec.json.Decoder(dict[str, Any]).decode
    with open_table(name) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield decode(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                yield BadRow(f"{name} line {number}", f"not a JSON object: {error}")


def _read_csv(name: str) -> Iterator[dict[str, Any] | BadRow]:
    with open_table(name) as file:
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
    import pyarrow.parquet as pq

    with _parquet(name), pq.ParquetFile(name) as file:
        for batch in file.iter_batches(batch_size=BATCH):
            yield from batch.to_pylist()


@contextlib.contextmanager
def _parquet(name: str) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise ImportFailed(f"{name}: not a Parquet file: {error}") from error
