"""Scoring a table of posts: the same rows out, with what rules and model make of each text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.flags import Label, Phase
from scanner.scan.tables import BATCH, BadRow, Writer, open_writer, read_rows


def score_table(source: str, target: str, reader: Reader, *, phase: Phase) -> Iterator[BadRow]:
    """Score every row of `source` that has a text and write it to `target`; yield the rows that have none.

    The target appears only when the iteration has ended. Memory does not grow with the number of rows.
    """
    with open_writer(target) as writer:
        rows = iter(read_rows(source))
        number = 0
        while batch := list(islice(rows, BATCH)):
            readable: list[dict[str, Any]] = []
            for row in batch:
                number += 1
                if isinstance(row, BadRow):
                    yield row
                elif not isinstance(row.get("text"), str):
                    yield BadRow(f"{source} row {number}", f"no text; columns: {', '.join(map(str, row))}")
                else:
                    readable.append(row)
            _write(writer, readable, reader, phase)


def _write(writer: Writer, rows: list[dict[str, Any]], reader: Reader, phase: Phase) -> None:
    texts = [Text(text=row["text"], phase=_phase(row.get("posted_at"), reader, phase)) for row in rows]
    readings = reader.read(texts)
    writer.write(row | _columns(reading, reader) for row, reading in zip(rows, readings, strict=True))


def _phase(posted_at: object, reader: Reader, default: Phase) -> Phase:
    """Return the phase at posting time; the default when there is no election or no usable time."""
    if not reader.elections or posted_at in (None, ""):
        return default
    try:
        moment = posted_at if isinstance(posted_at, datetime) else datetime.fromisoformat(str(posted_at))
    except ValueError:
        return default
    return reader.elections[0].phase_at(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


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
