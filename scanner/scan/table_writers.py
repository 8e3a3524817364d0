"""Writers of tables, one for each format: rows in the order they come, all with the columns of the first ones."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec

from scanner.errors import ImportFailed

if TYPE_CHECKING:
    import pyarrow as pa


class Writer(Protocol):
    """Takes rows in the order they come."""

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""


_JSONL_INSTEAD = "a CSV or Parquet table has the same columns and types in every row, write .jsonl instead"


@dataclass(slots=True)
class JsonlWriter:
    """Writes rows as lines of JSON."""

    file: IO[bytes]

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        self.write_lines(map(msgspec.json.Encoder().encode, rows))

    def write_lines(self, lines: Iterable[bytes]) -> None:
        """Append rows that are JSON already."""
        self.file.write(b"".join(line + b"\n" for line in lines))


@dataclass(slots=True)
class CsvWriter:
    """Writes rows as CSV; what later rows have in other columns is refused."""

    name: str
    file: IO[str]
    columns: tuple[str, ...] = ()

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        batch = list(rows)
        writer = csv.writer(self.file)
        if not self.columns:
            self.columns = _columns(batch)
            writer.writerow(self.columns)
        _require_known(self.name, self.columns, batch)
        writer.writerows([_cell(row.get(column)) for column in self.columns] for row in batch)


def _columns(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for row in rows for column in row))


def _require_known(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    if later := [column for column in _columns(rows) if column not in columns]:
        raise ImportFailed(f"{name}: column '{later[0]}' is not in the first rows; {_JSONL_INSTEAD}")


def _cell(value: Any) -> Any:
    """Lists go into one cell as JSON; all else is written as it came in."""
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


@dataclass(slots=True)
class ParquetWriter:
    """Writes rows as Parquet, every batch of them as one group."""

    name: str
    path: Path
    types: Mapping[str, pa.DataType]
    writer: Any = field(default=None, init=False)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        batch = list(rows)
        if self.writer is None:
            schema = pa.schema([(column, self._type(column, batch)) for column in _columns(batch)])
            self.writer = pq.ParquetWriter(self.path, schema, compression="zstd")
        schema = self.writer.schema
        _require_known(self.name, schema.names, batch)
        arrays = [self._array(column.name, batch, column.type) for column in schema]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=schema))

    def _type(self, column: str, rows: Sequence[Mapping[str, Any]]) -> pa.DataType:
        import pyarrow as pa

        found = self.types.get(column) or self._array(column, rows, None).type
        return pa.string() if pa.types.is_null(found) else found

    def _array(self, column: str, rows: Sequence[Mapping[str, Any]], kind: pa.DataType | None) -> pa.Array:
        import pyarrow as pa

        try:
            return pa.array([row.get(column) for row in rows], type=kind)
        except pa.ArrowException as error:
            raise ImportFailed(f"{self.name}: column '{column}': {error}; {_JSONL_INSTEAD}") from error

    def close(self) -> None:
        """End the file; without rows it has no columns."""
        if self.writer is None:
            self.write([])
        self.writer.close()
