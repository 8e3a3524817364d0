"""Runs and their coverage: what was tried, what was seen, what was not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """How gathering one account ended. "Not observed" is not "clean"."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    PRIVATE = "private"
    GONE = "gone"
    BLOCKED = "blocked"
    NOT_TRIED = "not_tried"


PUT_OFF = "before this account"
"""Ends the reason of an account that a run was stopped before: it is not tried, and due as it was."""
SOON = timedelta(hours=2)
"""So far ahead of the clock a look counts whatever the interval: a wrong zone, or summer time."""


@dataclass(frozen=True, slots=True)
class Looks:
    """When looks at one account last began, refused ones too; what was put off is none."""

    past: datetime | None = None
    """Not ahead of the clock."""
    soon: datetime | None = None
    """Ahead of the clock, by `SOON` at most: it was set back since."""
    ahead: datetime | None = None
    """Ahead of the clock by more: it was wrong then, or is now."""


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
class Brought:
    """What a run brought; None: not ended, not counted, or nothing of the kind in such a run."""

    complete: int | None = None
    """Accounts covered completely."""
    partial: int | None = None
    failed: int | None = None
    """Accounts private, gone or blocked."""
    not_tried: int | None = None
    new: int | None = None
    """Posts."""
    changed: int | None = None
    missing: int | None = None
    requests: int | None = None
    throttled: int | None = None
    """Answers that asked to come later (429, 503)."""
    bytes: int | None = None
    """Received."""

    def but(self, known: Brought) -> Brought:
        """Return the same with what is known better."""
        return replace(self, **{name: value for name, value in asdict(known).items() if value is not None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Brought):
    """One scan or import, and what it brought."""

    id: str
    kind: str
    """scan | import | demo"""
    started_at: datetime
    ended_at: datetime | None
    exit_code: int | None
    versions: str
    """scanner, ruleset and model, as one line."""
    note: str = ""
    trigger: str = "hand"
    """hand | schedule | catch_up | backfill"""
    started_by: str = ""
    """User of the operating system."""
    since: datetime | None = None
    """Posting times from here on were asked for (UTC)."""
    until: datetime | None = None
    """Posting times before this were asked for (UTC); None: no end."""


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
