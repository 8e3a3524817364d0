"""A record of a file, its evidence, and how it becomes sightings or a refusal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.collect.importers.interface import Sighting
from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

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
