"""Scoring a table of posts: the same rows out, with what rules and model make of each text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.flags import Label, Phase
from scanner.errors import ImportFailed
from scanner.scan.lines import Line, read_lines
from scanner.scan.tables import (
    BATCH,
    BadRow,
    JsonlWriter,
    TableFormat,
    Writer,
    column_types,
    format_of,
    open_writer,
    read_rows,
)

if TYPE_CHECKING:
    import pyarrow as pa


def score_table(source: str, target: str, reader: Reader, *, phase: Phase) -> Iterator[BadRow]:
    """Score every row of `source` that has a text and write it to `target`; yield the rows that could not be scored.

    The target appears only when the iteration has ended. Memory does not grow with the number of rows.
    ImportFailed when a table has no column `text` at all.
    """
    with open_writer(target, types=_types(source, target)) as writer:
        raw = isinstance(writer, JsonlWriter) and format_of(source) is TableFormat.JSONL
        rows = enumerate(read_lines(source) if raw else read_rows(source), start=1)
        while batch := list(islice(rows, BATCH)):
            readable: list[tuple[dict[str, Any] | Line, Text]] = []
            for number, row in batch:
                if isinstance(row, BadRow):
                    yield row
                elif isinstance(text := _read(source, number, row, reader, phase), BadRow):
                    yield text
                else:
                    readable.append((row, text))
            if readable:
                _write(writer, readable, reader)


def _read(source: str, number: int, row: dict[str, Any] | Line, reader: Reader, phase: Phase) -> Text | BadRow:
    if isinstance(row, Line):
        text, posted_at = row.scored.text, row.scored.posted_at
    else:
        text, posted_at = row.get("text"), row.get("posted_at")
    if isinstance(text, str):
        try:
            return Text(text=text, phase=_phase(posted_at, reader, phase))
        except ValueError:
            place = f"{source} row {number}"
            return BadRow(place, f"posted_at '{posted_at}' is not a time like 2024-10-01T08:00:00+07:00")
    columns = row.row if isinstance(row, Line) else row
    if "text" not in columns and format_of(source) is not TableFormat.JSONL:
        raise ImportFailed(f"{source}: no column 'text'; columns: {', '.join(map(str, columns))}")
    return BadRow(f"{source} row {number}", f"no text; columns: {', '.join(map(str, columns))}")


def _write(writer: Writer, rows: Sequence[tuple[dict[str, Any] | Line, Text]], reader: Reader) -> None:
    readings = reader.read([text for _, text in rows])
    scored = [(row, _columns(reading, reader)) for (row, _), reading in zip(rows, readings, strict=True)]
    if isinstance(writer, JsonlWriter):
        writer.write_lines(
            row.with_columns(columns) if isinstance(row, Line) else msgspec.json.encode(row | columns)
            for row, columns in scored
        )
    else:
        writer.write((row.row if isinstance(row, Line) else row) | columns for row, columns in scored)


def _phase(posted_at: object, reader: Reader, default: Phase) -> Phase:
    """Return the phase at posting time; the default when there is no election or no time. ValueError: not a time."""
    if not reader.elections or posted_at in (None, ""):
        return default
    moment = posted_at if isinstance(posted_at, datetime) else datetime.fromisoformat(str(posted_at))
    return reader.elections[0].phase_at(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _types(source: str, target: str) -> dict[str, pa.DataType]:
    """Return the Parquet types of the columns that a first batch may leave empty: those of the source and ours."""
    if format_of(target) is not TableFormat.PARQUET:
        return {}
    import pyarrow as pa

    span = pa.struct([("code", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("quote", pa.string())])
    return column_types(source) | {"codes": pa.list_(pa.string()), "signals": pa.list_(span)}


def _columns(reading: Reading, reader: Reader) -> dict[str, Any]:
    support, attribute = Label.CAMPAIGN_SUPPORT, Label.PNS_ATTRIBUTE_USE
    return {
        "score_campaign_support": round(reading.probability(support), 6),
        "score_pns_attribute_use": round(reading.probability(attribute), 6),
        "flag_campaign_support": support in reading.labels,
        "flag_pns_attribute_use": attribute in reading.labels,
        "codes": [finding.code for finding in reading.findings],
        "signals": list(_signals(reading)),
        "model": reader.model.id,
        "rules": reader.ruleset.id,
    }


def _signals(reading: Reading) -> Iterable[dict[str, Any]]:
    for signal in reading.matches.signals:
        yield {"code": signal.code, "start": signal.start, "end": signal.end, "quote": signal.quote}
