"""Records of a file, whatever it is: JSON lines, one JSON document, or a table. Rows become fields by name."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from scanner.collect.importers.interface import Sighting
from scanner.collect.importers.lines import Line, read_lines
from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

LARGEST_DOCUMENT = 64 * 2**20
"""Bytes of a file that is one JSON document; it must be held whole, so there is a bound."""

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)")
_PSEUDONYM = re.compile(r"[0-9a-f]{32,128}|REDACTED|\[?anonymi[sz]ed\]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object or one row."""

    line: int
    fields: Mapping[str, Any]
    raw: bytes
    repaired: bool = False


def as_json(fields: Any) -> bytes:
    """Write fields as the UTF-8 JSON that becomes the evidence of a post."""
    try:
        return json.dumps(fields, ensure_ascii=False, default=str).encode(errors="replace")
    except RecursionError as error:
        raise ImportFailed("nested too deeply for a post") from error


def json_records(path: Path) -> Iterator[Record | Rejected]:
    """Yield the objects of a file of JSON lines, or of one JSON document (an object, or an array of them).

    Blank lines are passed over. A line that is no JSON object is a Rejected with its number.
    """
    lines = read_lines(path)
    beginning: list[Line | Rejected] = []
    for line in lines:
        beginning.append(line)
        if isinstance(line, Rejected) or line.text.strip():
            break
    first = beginning[-1]
    if isinstance(first, Line) and isinstance(_record(path, first), Rejected):
        document = _document(path)
        if document is not None:
            yield from document
            return
    for line in chain(beginning, lines):
        if isinstance(line, Rejected):
            yield line
        elif line.text.strip():
            yield _record(path, line)


def csv_records(path: Path, delimiter: str) -> Iterator[Record | Rejected]:
    """Yield the rows of a table below its header; a row that has other columns than the header is a Rejected.

    Row numbers are line numbers of the file, so that an editor finds them. A repeated header is passed over.
    """
    if not delimiter:
        raise ImportFailed(f"{path}: no table; a header row with comma, semicolon or tab is expected")
    feed = _Feed(read_lines(path))
    rows = csv.reader(feed, delimiter=delimiter)
    header: list[str] | None = None
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            cells, reason = [], f"no row of a table: {error}"
        else:
            reason = ""
        yield from feed.rejected
        line, raw, repaired = feed.take()
        if cells is None:
            return
        if not reason and (not any(cell.strip() for cell in cells) or [cell.strip() for cell in cells] == header):
            continue
        if header is None:
            header = _checked_header(path, cells)
        elif reason or len(cells) != len(header):
            reason = reason or f"{len(cells)} cells under {len(header)} columns"
            yield Rejected(source=path.name, line=line, reason=reason, raw_sha256=sha256(raw))
        else:
            fields = dict(zip(header, cells, strict=True))
            yield Record(line=line, fields=fields, raw=as_json(fields), repaired=repaired)


def parquet_records(path: Path) -> Iterator[Record | Rejected]:
    """Yield the rows of a Parquet file, 1-based. Raises ImportFailed when it is damaged, also half way."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            rows = (row for batch in file.iter_batches(batch_size=1024) for row in batch.to_pylist())
            for number, row in enumerate(rows, start=1):
                yield Record(line=number, fields=row, raw=as_json(row))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ImportFailed(f"{path}: no readable Parquet file: {error}") from error


def _checked_header(path: Path, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ImportFailed(f"{path}: column {', '.join(twice)} stands twice in the header; name each column once")
    return header


def sightings(
    records: Iterable[Record | Rejected], source: str, convert: Callable[[Mapping[str, Any]], Iterable[Sighting]]
) -> Iterator[Sighting | Rejected]:
    """Turn records into sightings; what `convert` refuses with ImportFailed, or nobody signed, is a Rejected."""
    for record in records:
        if isinstance(record, Rejected):
            yield record
            continue
        try:
            found = [_attributed(one) for one in convert(record.fields)]
        except (ImportFailed, KeyError) as error:
            reason = f"column {error} is missing" if isinstance(error, KeyError) else str(error)
            yield Rejected(source=source, line=record.line, reason=reason, raw_sha256=sha256(record.raw))
        else:
            for one in found:
                raw, repaired = one.raw or record.raw, one.repaired or record.repaired
                yield replace(one, line=record.line, raw=raw, repaired=repaired)


def _attributed(one: Sighting) -> Sighting:
    if not one.native_id:
        raise ImportFailed("tells no id of the post")
    for name in (one.author_handle, one.author_id):
        if name is not None and _PSEUDONYM.fullmatch(name):
            raise ImportFailed("the author is pseudonymised: it cannot be told whose post this is")
    if one.author_handle is None and one.author_id is None:
        raise ImportFailed("tells no author: it cannot be told whose post this is")
    return one


class _Feed:
    """Hands lines to the CSV reader and remembers which of them the current row was made of."""

    def __init__(self, lines: Iterator[Line | Rejected]) -> None:
        self._lines = lines
        self._taken: list[Line] = []
        self.rejected: list[Rejected] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            if isinstance(line, Rejected):
                self.rejected.append(line)
            else:
                self._taken.append(line)
                yield line.text

    def take(self) -> tuple[int, bytes, bool]:
        """Return first line, raw bytes and repairs of the row just read, and begin a new row."""
        taken, self._taken, self.rejected = self._taken, [], []
        raw = b"".join(line.raw for line in taken)
        return taken[0].number if taken else 0, raw, any(line.repaired for line in taken)


def _decode(text: str) -> tuple[Any, bool]:
    """Parse JSON strictly: a key written twice is refused, lone halves of surrogate pairs are replaced and told."""
    sound = _ESCAPE.sub(_sound_escape, text) if "\\ud" in text or "\\uD" in text else text
    try:
        return json.loads(sound, object_pairs_hook=_unique, parse_constant=lambda _: None), sound != text
    except RecursionError as error:
        raise ImportFailed("nested too deeply for a post") from error
    except ValueError as error:
        raise ImportFailed("no valid JSON") from error


def _sound_escape(found: re.Match[str]) -> str:
    escape = found[0]
    return "\\ufffd" if len(escape) == 6 and escape[2] in "dD" else escape


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ImportFailed("a key stands twice in one object: which value is meant cannot be told")
    return fields


def _record(path: Path, line: Line) -> Record | Rejected:
    try:
        content, mended = _decode(line.text)
        if not isinstance(content, dict):
            raise ImportFailed("no JSON object; one object per line is expected")
    except ImportFailed as error:
        return Rejected(source=path.name, line=line.number, reason=str(error), raw_sha256=sha256(line.raw))
    return Record(line=line.number, fields=content, raw=line.raw.strip(b"\r\n"), repaired=line.repaired or mended)


def _document(path: Path) -> Iterator[Record | Rejected] | None:
    """Read a file that is one JSON document; None when it is not."""
    if path.stat().st_size > LARGEST_DOCUMENT:
        return None
    raw = path.read_bytes()
    text = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode(errors="replace")
    try:
        content, mended = _decode(text)
    except ImportFailed:
        return None
    repaired = mended or "\ufffd" in text or b"\0" in raw
    if isinstance(content, dict):
        return iter([Record(line=1, fields=content, raw=raw, repaired=repaired)])
    return _elements(path, content, repaired) if isinstance(content, list) else None


def _elements(path: Path, content: list[Any], repaired: bool) -> Iterator[Record | Rejected]:
    for number, item in enumerate(content, start=1):
        raw = as_json(item)
        if isinstance(item, dict):
            yield Record(line=number, fields=item, raw=raw, repaired=repaired)
        else:
            reason = "no JSON object; an array of objects is expected"
            yield Rejected(source=path.name, line=number, reason=reason, raw_sha256=sha256(raw))
