"""Parquet: typed columns, with nothing lost; JSON is kept as its text."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from scanner.report.export.formats import Note
from scanner.report.export.spool import Spool


def write(path: Path, rows: Spool, *, encoding: str) -> tuple[Note, ...]:
    """Write the rows, compressed with zstd."""
    with pq.ParquetWriter(path, rows.kind.schema, compression="zstd") as writer:
        for batch in rows.batches():
            writer.write_batch(batch)
    return ()
