"""Scoring a table of posts: the same rows out, with what rules and model make of each text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from scanner.detect.reader import Reader, Reading, Skimmed, Text
from scanner.domain.flags import Label, Phase
from scanner.domain.signals import Signal
from scanner.errors import ImportFailed
from scanner.scan.lines import Line, read_lines
from scanner.scan.table_writers import JsonlWriter, Writer
from scanner.scan.tables import BATCH, BadRow, TableFormat, column_types, format_of, open_writer, read_rows

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any] | Line

_ADDED = ("score_campaign_support", "score_pns_attribute_use", "flag_campaign_support", "flag_pns_attribute_use")
_NAMES = tuple(name.encode() for name in (*_ADDED, "codes", "signals", "model", "rules"))


def score_table(source: str, target: str, reader: Reader, *, phase: Phase) -> Iterator[BadRow]:
    """Score every row of `source` that has a text and write it to `target`; yield the rows that could not be scored.

    The target appears only when the iteration has ended. Memory does not grow with the number of rows.
    ImportFailed when a table has no column `text` at all.
    """
    with open_writer(target, types=_types(source, target)) as writer:
        raw = isinstance(writer, JsonlWriter) and format_of(source) is TableFormat.JSONL
        rows = enumerate(read_lines(source) if raw else read_rows(source), start=1)
        while batch := list(islice(rows, BATCH)):
            readable: list[tuple[Row, str, datetime | None]] = []
            for number, row in batch:
                if isinstance(row, BadRow):
                    yield row
                elif isinstance(read := _read(source, number, row), BadRow):
                    yield read
                else:
                    readable.append((row, *read))
            if readable:
                _write(writer, readable, reader, phase)


def _read(source: str, number: int, row: Row) -> tuple[str, datetime | None] | BadRow:
    """Return text and time of a row."""
    if isinstance(row, Line):
        _, text, posted_at = row
    else:
        text, posted_at = row.get("text"), row.get("posted_at")
    if isinstance(text, str):
        if posted_at is None or posted_at == "":
            return text, None
        try:
            return text, posted_at if isinstance(posted_at, datetime) else datetime.fromisoformat(str(posted_at))
        except ValueError:
            place = f"{source} row {number}"
            return BadRow(place, f"posted_at '{posted_at}' is not a time like 2024-10-01T08:00:00+07:00")
    columns = row.row if isinstance(row, Line) else row
    if "text" not in columns and format_of(source) is not TableFormat.JSONL:
        raise ImportFailed(f"{source}: no column 'text'; columns: {', '.join(map(str, columns))}")
    return BadRow(f"{source} row {number}", f"no text; columns: {', '.join(map(str, columns))}")


def _write(writer: Writer, rows: Sequence[tuple[Row, str, datetime | None]], reader: Reader, phase: Phase) -> None:
    def closer(row: int) -> Text:
        _, text, posted_at = rows[row]
        return Text(text=text, phase=_phase(posted_at, reader, phase))

    skimmed = reader.skim([text for _, text, _ in rows], closer)
    lines = [row for row, _, _ in rows if isinstance(row, Line)]
    if lines and isinstance(writer, JsonlWriter):
        members = _members(skimmed, reader)
        writer.write_lines(line.with_members(added, _NAMES) for line, added in zip(lines, members, strict=True))
        return
    scores = skimmed.probabilities.astype(float).tolist()
    columns = [_columns(of, skimmed.readings.get(row), reader) for row, of in enumerate(scores)]
    tables = [row.row if isinstance(row, Line) else row for row, _, _ in rows]
    writer.write(row | added for row, added in zip(tables, columns, strict=True))


def _phase(posted_at: datetime | None, reader: Reader, default: Phase) -> Phase:
    """Return the phase at posting time; the default when there is no election or no time."""
    if not reader.elections or posted_at is None:
        return default
    return reader.elections[0].phase_at(posted_at if posted_at.tzinfo else posted_at.replace(tzinfo=UTC))


def _types(source: str, target: str) -> dict[str, pa.DataType]:
    """Return the Parquet types of the columns that a first batch may leave empty: those of the source and ours."""
    if format_of(target) is not TableFormat.PARQUET:
        return {}
    import pyarrow as pa

    span = pa.struct([("code", pa.string()), ("start", pa.int64()), ("end", pa.int64()), ("quote", pa.string())])
    return column_types(source) | {"codes": pa.list_(pa.string()), "signals": pa.list_(span)}


def _members(skimmed: Skimmed, reader: Reader) -> Iterator[bytes]:
    """Write the columns of each text as JSON. All but the scores is the same wherever there is nothing to tell."""
    nothing = _columns((0.0, 0.0), None, reader)
    pattern = b'"%s":%%s,"%s":%%s,' % tuple(name.encode() for name in list(nothing)[:2])
    rest = msgspec.json.encode(dict(islice(nothing.items(), 2, None)))[1:-1]
    flat = [round(score, 6) for score in skimmed.probabilities.astype(float).ravel().tolist()]
    scores = msgspec.json.encode(flat)[1:-1].split(b",")
    for row, of in enumerate(zip(scores[::2], scores[1::2], strict=True)):
        reading = skimmed.readings.get(row)
        if reading is None:
            yield pattern % of + rest
        else:
            yield msgspec.json.encode(_columns(skimmed.probabilities[row].tolist(), reading, reader))[1:-1]


def _columns(scores: Sequence[float], reading: Reading | None, reader: Reader) -> dict[str, Any]:
    support, attribute = scores
    labels = reading.labels if reading else frozenset()
    return {
        "score_campaign_support": round(support, 6),
        "score_pns_attribute_use": round(attribute, 6),
        "flag_campaign_support": Label.CAMPAIGN_SUPPORT in labels,
        "flag_pns_attribute_use": Label.PNS_ATTRIBUTE_USE in labels,
        "codes": [finding.code for finding in reading.findings] if reading else [],
        "signals": list(map(_signal, reading.matches.signals)) if reading else [],
        "model": reader.model.id,
        "rules": reader.ruleset.id,
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {"code": signal.code, "start": signal.start, "end": signal.end, "quote": signal.quote}
