"""Reading an export back: the same rows as went out, whichever text format or Parquet they went in."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from scanner.errors import UsageError
from scanner.report.export.columns import Column, Kind, Type
from scanner.report.spreadsheet import told

READ = ("csv", "tsv", "jsonl", "parquet")
"""Formats that lose nothing; an XLSX is for people."""
_UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    RecursionError,
    RuntimeError,
    TypeError,
    csv.Error,
    zlib.error,
    pa.ArrowException,
)
_BAD = (*_UNREADABLE, zipfile.BadZipFile)


def read_rows(source: Path, kind: Kind) -> Iterator[dict[str, Any]]:
    """Yield the rows of an export, given as its file, folder or zip: moments as moments, JSON as what it says.

    UsageError for what is no such export, and for the row that cannot be read. In CSV and TSV an empty text of a column
    that may be empty is None.
    """
    try:
        with _opened(source, kind) as (name, file):
            yield from _rows(name, file, kind)
    except _BAD as error:
        raise UsageError(f"not an export of {kind.name}: {ascii(str(error))[1:-1][:200]}") from error


@contextlib.contextmanager
def _opened(source: Path, kind: Kind) -> Iterator[tuple[str, IO[bytes]]]:
    wanted = [f"{kind.name}.{suffix}" for suffix in READ]
    if source.is_dir():
        source = next((source / name for name in wanted if (source / name).is_file()), source / wanted[0])
    if source.suffix.lower() != ".zip":
        with source.open("rb") as file:
            yield source.name.lower(), file
        return
    with zipfile.ZipFile(source) as archive:
        names = [name for name in wanted if name in archive.namelist()]
        if not names:
            raise ValueError(f"none of {', '.join(wanted)} is in it")
        with archive.open(names[0]) as member:
            yield names[0], member


def _rows(name: str, file: IO[bytes], kind: Kind) -> Iterator[dict[str, Any]]:
    suffix = name.rpartition(".")[2]
    if suffix not in READ:
        raise ValueError(f".{suffix} is not read back; {', '.join(READ)} are")
    if suffix == "parquet":
        yield from _from_parquet(file, kind)
    elif suffix == "jsonl":
        yield from _from_jsonl(file, kind)
    else:
        yield from _from_csv(file, kind, "\t" if suffix == "tsv" else ",")


def _from_parquet(file: IO[bytes], kind: Kind) -> Iterator[dict[str, Any]]:
    parquet = pq.ParquetFile(file)
    if not parquet.schema_arrow.remove_metadata().equals(kind.schema):
        raise ValueError("its columns are others")
    for batch in parquet.iter_batches(batch_size=2_000):
        for row in batch.to_pylist():
            yield {one.name: _parsed(one, row[one.name]) for one in kind.columns}


def _from_jsonl(file: IO[bytes], kind: Kind) -> Iterator[dict[str, Any]]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="\n") as lines:
        for row in map(json.loads, lines):
            if not isinstance(row, dict) or list(row) != kind.schema.names:
                raise ValueError("its columns are others")
            yield {one.name: _moment(one, row[one.name]) for one in kind.columns}


def _from_csv(file: IO[bytes], kind: Kind, delimiter: str) -> Iterator[dict[str, Any]]:
    with io.TextIOWrapper(file, "utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        if next(rows, None) != kind.schema.names:
            raise ValueError("its columns are others")
        for row in rows:
            yield {one.name: _cell(one, cell) for one, cell in zip(kind.columns, row, strict=True)}


def _cell(column: Column, cell: str) -> Any:
    text = told(cell)
    if text == "" and (column.empty or column.type is not Type.TEXT):
        return None
    match column.type:
        case Type.WHOLE:
            return int(text)
        case Type.NUMBER:
            return float(text)
        case Type.YES_NO:
            return ("false", "true").index(text) == 1
        case _:
            return _moment(column, _parsed(column, text))


def _parsed(column: Column, value: Any) -> Any:
    return json.loads(value) if column.type is Type.JSON and value is not None else value


def _moment(column: Column, value: Any) -> Any:
    if column.type is not Type.MOMENT or value is None:
        return value
    return datetime.fromisoformat(value).astimezone(UTC)
