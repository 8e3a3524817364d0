"""What a walk has seen of one account, and how it therefore ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from scanner.collect.interface import Page
from scanner.domain.runs import Cursor, Outcome, Tally
from scanner.errors import Blocked, BudgetSpent, CollectError, Gone, KeyNeeded, Private, StoreError
from scanner.scan.missing import LookedUp


@dataclass(slots=True)
class Seen:
    """What has been seen of one account so far."""

    started_at: datetime
    tallies: dict[int, Tally] = field(default_factory=dict)
    """By number of the page: saving a page again changes nothing here."""
    pages: int = 0
    requests: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    unchanged: bool = False
    failure: Exception | None = None
    """Why a page was not saved; what follows it is not saved either."""
    looked_up: LookedUp = field(default_factory=LookedUp)

    @property
    def tally(self) -> Tally:
        """All pages together, and what was looked up by id."""
        return sum(self.tallies.values(), self.looked_up.tally)

    def add(self, page: Page) -> int:
        """Count a page; return its number."""
        self.pages += 1
        self.requests += len(page.evidence)
        self.rejected += len(page.rejected)
        self.cursor = page.cursor
        self.unchanged = self.unchanged or page.unchanged
        self.note(page.note)
        return self.pages

    def note(self, said: str) -> None:
        """Keep what could not be seen, each once."""
        if said and said not in self.notes:
            self.notes.append(said)


def ending(seen: Seen, cut: Exception | tuple[Outcome, str] | None) -> tuple[Outcome, str]:
    """Return how an account ends, and why it is not complete; `cut` is what ended its walk early."""
    cut = seen.failure or cut
    if isinstance(cut, tuple):
        return cut
    if isinstance(cut, CollectError):
        return outcome_of(cut, asked=seen.requests > 0), str(cut)
    if isinstance(cut, StoreError):
        return Outcome.PARTIAL, f"could not be saved: {cut}"
    if cut is not None:
        return Outcome.PARTIAL, f"unexpected {type(cut).__name__}: {cut}; see the log and report it"
    unread = [f"{seen.rejected} items could not be read and are in quarantine"] if seen.rejected else []
    reasons = [*seen.notes, *unread]
    return (Outcome.PARTIAL, "; ".join(reasons)) if reasons else (Outcome.COMPLETE, "")


def outcome_of(error: CollectError, *, asked: bool) -> Outcome:
    """Return how an account ends that an error has cut short."""
    match error:
        case KeyNeeded() | BudgetSpent() if not asked:
            return Outcome.NOT_TRIED
        case Gone():
            return Outcome.GONE
        case Private():
            return Outcome.PRIVATE
        case Blocked():
            return Outcome.BLOCKED
        case _:
            return Outcome.PARTIAL
