"""An export of judgements that comes back: it changes nothing, and every row that says otherwise is told.

Nothing can be added by it: a table anybody may have written makes no judgement (that needs a seal, `review.offline`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from scanner.errors import UsageError
from scanner.report.export.kinds import REVIEWS
from scanner.report.export.reading import read_rows
from scanner.store import audit, exporting
from scanner.store.connection import Store

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that says something else than the record."""

    row: int
    """From 1, below the header."""
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What became of an export that came back."""

    path: Path
    known: int = 0
    refused: tuple[Refused, ...] = ()
    problem: str = ""
    """Why it was refused as a whole or from some row on; empty otherwise."""

    @property
    def whole(self) -> bool:
        """Tell whether nothing was refused."""
        return not self.problem and not self.refused


def is_export(path: Path) -> bool:
    """Tell whether a file looks like an export, not like judgements that somebody made offline."""
    if path.is_dir() or path.suffix.lower() in (".csv", ".tsv", ".xlsx", ".parquet", ".zip"):
        return True
    if path.suffix.lower() != ".jsonl":
        return False
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline(1_000_000).decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and list(first) == REVIEWS.schema.names


def take_back(store: Store, path: Path, *, by: str, at: datetime) -> Returned:
    """Compare an export of judgements with the record, row by row. That something was refused is told on the chain."""
    known, number, refused, problem = 0, 0, list[Refused](), ""
    rows = read_rows(path, REVIEWS)
    try:
        while batch := list(islice(rows, _AT_ONCE)):
            found = list(_compare(store, batch, number))
            known, number = known + len(batch) - len(found), number + len(batch)
            refused += found
    except UsageError as error:
        problem = str(error)
    if refused:
        with store.lease("review: an export came back") as lease:
            detail = {"known": known, "refused": len(refused)}
            audit.append(lease, actor=by, action="review.import", subject=path.name, detail=detail, at=at)
    return Returned(path, known, tuple(refused), problem)


def _compare(store: Store, batch: list[dict[str, Any]], before: int) -> Iterator[Refused]:
    with store.lease("review: which judgements are known", reading=True) as lease:
        found = exporting.judged(lease, [str(row["id"]) for row in batch])
    for number, row in enumerate(batch, start=before + 1):
        if reason := _reason(row, found.get(str(row["id"]))):
            yield Refused(number, str(row["id"]), reason)


def _reason(row: Mapping[str, Any], said: Mapping[str, Any] | None) -> str:
    if said is None:
        return "no such judgement left this workspace; new ones come in sealed files of `scanner review export` alone"
    if differing := [name for name, value in said.items() if row[name] != value]:
        return f"the record says otherwise: {', '.join(differing)}"
    return ""
