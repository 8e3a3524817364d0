"""Judgements: what humans said of a flag. Appended, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What one reviewer thinks. Two humans decide, blind to each other and to the score."""

    SUSPECTED = "suspected"  # dugaan pelanggaran: should be followed up
    NOT_VIOLATION = "not_violation"
    UNSURE = "unsure"
    WITHDRAWN = "withdrawn"  # an undo: takes the reviewer's previous judgement back


@dataclass(frozen=True, slots=True)
class Judgement:
    """One act of one reviewer on one flag. An undo is a further judgement."""

    id: str
    """Idempotency key: the same key stored twice is one judgement."""
    flag_id: str
    reviewer: str
    verdict: Verdict
    decided_at: datetime
    codes: tuple[str, ...] = ()
    note: str = ""
    seconds: float | None = None
    """Time from showing to deciding."""
