"""Rows on their way out, on the disk: read at one moment in a short lease, written as often and as slowly as needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from scanner.report.export.columns import Column, Kind

_AT_ONCE = 2_000
"""Rows held as Python's objects."""


@dataclass(frozen=True, slots=True)
class Spool:
    """The rows of one export, in order."""

    path: Path
    kind: Kind
    rows: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of every row."""
        return self.kind.columns

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as Arrow batches; again each time it is called."""
        with pa.OSFile(str(self.path)) as file:
            reader = pa.ipc.open_stream(file)
            yield from reader

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for batch in self.batches():
            for start in range(0, batch.num_rows, _AT_ONCE):
                part = batch.slice(start, _AT_ONCE)
                yield from zip(*(column.to_pylist() for column in part.columns), strict=True)


def spool(path: Path, kind: Kind, pages: Iterable[pa.Table]) -> Spool:
    """Keep pages of rows in a file, with the columns of the kind alone and in their order."""
    rows, names = 0, kind.schema.names
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, kind.schema) as writer:
        for page in pages:
            writer.write_table(page.select(names).cast(kind.schema))
            rows += page.num_rows
    return Spool(path, kind, rows)
