"""Set-based writing shared by all nouns: rows into an Arrow table, the table into DuckDB by one MERGE on the key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import pyarrow as pa

from scanner.errors import StoreDamaged, StoreError
from scanner.store.connection import Lease

Word = TypeVar("Word", bound=StrEnum)

_FEW = 20

_COLUMNS: dict[str, dict[str, pa.Field]] = {}
"""Types of the columns of tables, asked for once: every database has been through the same steps before it is lent."""


def stage(lease: Lease, name: str, like: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Register rows of equal keys as the Arrow table `name`, typed as the columns of the database table `like`."""
    if not rows[0].keys() <= _COLUMNS.get(like, {}).keys():
        _COLUMNS[like] = {field.name: field for field in lease.arrow(f'FROM "{like}" LIMIT 0').schema}
    schema = pa.schema([_COLUMNS[like][key] for key in rows[0]])
    try:
        lease.register(name, pa.Table.from_pylist(rows, schema=schema))
    except (UnicodeEncodeError, pa.ArrowException) as error:
        raise StoreError(f"{lease.path}: a row for table {like} cannot be stored: {error}") from error


def insert_new(lease: Lease, table: str, rows: Iterable[Mapping[str, Any]], *, keys: Sequence[str]) -> list[str]:
    """Add the rows whose key is not there yet and leave the others as they are; return the first key of those added.

    Of several rows with one key the first counts.
    """
    unique: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        unique.setdefault(tuple(row[key] for key in keys), row)
    if not unique:
        return []
    stage(lease, "incoming", table, list(unique.values()))
    added = lease.rows(
        f'MERGE INTO "{table}" USING incoming USING ({", ".join(keys)}) '
        f'WHEN NOT MATCHED THEN INSERT BY NAME RETURNING "{keys[0]}"'
    )
    return [key for (key,) in added]


def insert_one(lease: Lease, table: str, row: Mapping[str, Any]) -> None:
    """Add one row of which is known that its key is not there: without Arrow and MERGE it takes a third of the time."""
    values = ", ".join(f"${column}" for column in row)
    lease.execute(f'INSERT INTO "{table}" ({", ".join(row)}) VALUES ({values})', row)  # noqa: S608


def replace(lease: Lease, table: str, rows: Iterable[Mapping[str, Any]], *, keys: Sequence[str]) -> None:
    """Add rows; where the key is there already overwrite the columns given. The last row with one key counts."""
    unique = {tuple(row[key] for key in keys): row for row in rows}
    if not unique:
        return
    stage(lease, "incoming", table, list(unique.values()))
    lease.execute(
        f'MERGE INTO "{table}" USING incoming USING ({", ".join(keys)}) '
        f"WHEN MATCHED THEN UPDATE BY NAME WHEN NOT MATCHED THEN INSERT BY NAME"
    )


def among(ids: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """Return what stands behind `IN`, and its parameters: one each for few ids, which halves the time to find them."""
    wanted = list(ids)
    if not 0 < len(wanted) <= _FEW:
        return "(SELECT unnest($ids::VARCHAR[]))", {"ids": wanted}
    params = {f"id{number}": one for number, one in enumerate(wanted)}
    return f"({', '.join(f'${name}' for name in params)})", params


def to_json(value: Any) -> str:
    """Write a value as canonical JSON: the same value gives the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read [[name, value], ...] back."""
    return tuple((name, value) for name, value in json.loads(text))


def word_of(kind: type[Word], word: str, column: str) -> Word:
    """Return what a word of the record stands for; StoreDamaged, with the column, when it is none of its kind.

    For columns that take any word. A release that knows more words has a higher schema, which is refused before.
    """
    try:
        return kind(word)
    except ValueError as error:
        valid = ", ".join(kind)
        raise StoreDamaged(
            f"{column}: {str(word)[:20]!r} is none of its words; {valid} would be valid: "
            "run `scanner verify`, restore a backup"
        ) from error
