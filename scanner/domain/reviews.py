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


class Stage(StrEnum):
    """In what part of the review something was said."""

    BLIND = "blind"  # one of the two judgements, knowing of no other
    PREVIEW = "preview"  # an adjudicator's own view, before seeing the two
    ADJUDICATION = "adjudication"  # the ruling of a third person on two who disagree, with reasons
    GOLD = "gold"  # of an item that is settled: it measures the reviewer and counts for nothing else


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
    stage: Stage = Stage.BLIND
