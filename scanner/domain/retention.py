"""How long what is kept may stay: why a post leaves, and after how many days in which phase (UU 27/2022 art. 41-44)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from scanner.domain.flags import Phase


class Outcome(StrEnum):
    """What had become of a post when it left."""

    UNFLAGGED = "unflagged"  # nothing flagged it and nobody drew it
    DISMISSED = "dismissed"  # settled as no violation
    UNSETTLED = "unsettled"  # flagged or drawn, and never settled
    SUSPECTED = "suspected"  # settled as suspected, not referred
    REFERRED = "referred"
    ERASED = "erased"  # on request: it never comes back, whatever it says by then
    WITHDRAWN = "withdrawn"  # by the platform's terms: it may come back when the platform shows it again
    EARLIER = "earlier"  # another wording of a post that left: known again, never counted


KEPT_FOR = (Outcome.UNFLAGGED, Outcome.DISMISSED, Outcome.UNSETTLED, Outcome.SUSPECTED, Outcome.REFERRED)
"""Outcomes that the settings give days for; the last that is true of any version of a post is the post's."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How many days a post stays, by its outcome and the phase of the election it was posted in."""

    days: Mapping[Outcome, int]
    """For each of `KEPT_FOR`."""
    phases: Mapping[Phase, Mapping[Outcome, int]] = field(default_factory=dict)
    """Where a phase has days of its own."""

    def days_of(self, outcome: Outcome, phase: Phase | None) -> int:
        """Return after how many days a post leaves; None: it is not known when it was posted."""
        own = self.phases.get(phase, {}) if phase is not None else {}
        return own.get(outcome, self.days[outcome])

    def before(self, outcome: Outcome, phase: Phase | None, now: datetime) -> datetime:
        """Return the moment up to which a post must have had its outcome to leave now."""
        return now - timedelta(days=self.days_of(outcome, phase))

    def all_days(self, outcome: Outcome) -> Iterator[int]:
        """Yield the days of an outcome in all phases."""
        yield self.days[outcome]
        yield from (own[outcome] for own in self.phases.values() if outcome in own)
