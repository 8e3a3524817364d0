"""Runs and their coverage: what was tried, what was seen, what was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How gathering one account ended. "Not observed" is not "clean"."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    PRIVATE = "private"
    GONE = "gone"
    BLOCKED = "blocked"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where gathering of an account stands; enough to resume after a kill without gap.

    A walk goes from the newest post back to `high_water`. While it is under way `next_page` says where
    to go on and `top` is the newest id seen when it began; when it ends, `top` becomes `high_water`.
    """

    high_water: str | None = None
    next_page: str | None = None
    top: str | None = None
    validators: tuple[tuple[str, str], ...] = ()
    """ETag and Last-Modified of feeds and pages."""
    sweep_began: datetime | None = None
    """When the full walk under way began (UTC): it goes on behind `high_water` to the start of the window."""
    swept_at: datetime | None = None
    """When the last full walk ended (UTC)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What saving some posts changed."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one run saw of one account."""

    run_id: str
    account_id: str
    outcome: Outcome
    reason: str
    """Plain words, empty when complete."""
    tally: Tally
    requests: int
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One scan or import."""

    id: str
    kind: str
    """scan | import | demo"""
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    versions: str
    """scanner, ruleset and model, as one line."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One item that could not be read: its place and reason are kept, so it is never silently lost.

    Not its content: who wrote an unreadable item is unknown, and nothing of unlisted people is stored.
    """

    source: str
    """File name or URL."""
    line: int | None
    """1-based line or row; None for network items."""
    reason: str
    raw_sha256: str
    """Hash of the raw item, by which it can be found again in its file."""
