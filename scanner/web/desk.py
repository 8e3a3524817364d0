"""What every page of the desk can reach: the record, the rules, the clock, and how it is set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from scanner.errors import ModelError
from scanner.resources import data_folder
from scanner.review.clock import Clock, clock_for
from scanner.review.progress import Counts
from scanner.review.similar import Finder
from scanner.rules.elections import Election
from scanner.rules.ruleset import Ruleset
from scanner.scan.due import Rhythm
from scanner.store.connection import Store
from scanner.workspace import Workspace


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of one workspace, as plain values from a door. One for all requests."""

    store: Store
    ruleset: Ruleset
    election: Election
    clock: Clock
    """Tells the deadlines of the election watched."""
    overlap: int
    """How many judge a flag blind."""
    rhythm: Rhythm
    """How often accounts are looked at by schedule."""
    guideline: Path
    """The codebook that reviewers work by, in Markdown."""
    finder: Finder | None = None
    """What finds similar decided posts; None where its encoder cannot be used: judging goes on without."""
    tls: bool = False
    """Browsers come by https."""
    behind_proxy: bool = False
    now: Callable[[], datetime] = _now
    counts: Counts = field(default_factory=Counts)
    """How much waited for whom a moment ago."""
    writing: Mapping[str, Lock] = field(default_factory=lambda: defaultdict(Lock))
    """By name: held while a person's unfinished words are kept; their page waits for that, or it would come without."""

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the region's people; times are kept in UTC."""
        return ZoneInfo(self.election.region.tz)


def open_desk(workspace: Workspace) -> Desk:
    """Return the desk of a workspace; everything it needs is read now, so that the first page is not slow."""
    return Desk(
        store=workspace.store,
        ruleset=workspace.ruleset,
        election=workspace.election,
        clock=clock_for([workspace.election]),
        overlap=workspace.settings.review.overlap,
        rhythm=workspace.rhythm,
        guideline=data_folder("keywords") / "pedoman.md",
        finder=_finder(workspace),
    )


def _finder(workspace: Workspace) -> Finder | None:
    try:
        return workspace.finder(workspace.settings.review.overlap)
    except ModelError:
        return None
