"""JSON of any origin: lines of objects, or one document; parsed strictly, every fault told with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from scanner.collect.importers.lines import Line, read_lines
from scanner.collect.importers.records import Record, as_json
from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

LARGEST_DOCUMENT = 64 * 2**20
"""Bytes of a file that is one JSON document; it must be held whole, so there is a bound."""

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)")


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
