"""One's own pace and accuracy, for nobody but oneself; and what was judged too fast is read by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from scanner.domain.users import User
from scanner.store import audit, gold, judgements, settling
from scanner.store.connection import Lease, Store
from scanner.store.judgements import Timed

IDLE = 60.0
"""Seconds after which a reviewer counts as having been away (reliability B2)."""
HASTY = 2.0
"""Median seconds below which judgements were not made by reading."""
RUN = 20
"""How many judgements in a row are looked at."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a person works, as far as only they may know."""

    judged: int
    """Judgements the figures are of: the last 200 at most."""
    median_seconds: float | None
    """None below 10 judgements."""
    gold_judged: int
    gold_right: int

    @property
    def gold_accuracy(self) -> float | None:
        """Return the share of gold items judged as they are; None before the first ten."""
        return self.gold_right / self.gold_judged if self.gold_judged >= 10 else None


def own_pace(store: Store, user: User) -> Pace:
    """Tell a person their own pace and accuracy. There is no function that tells anybody else's (guardrail G15)."""
    with store.lease("review: own pace") as lease:
        timed = judgements.last_timed(lease, user.name, limit=200)
        judged, right = gold.gold_results(lease, user.name)
    return Pace(
        judged=len(timed),
        median_seconds=_median(timed) if len(timed) >= 10 else None,
        gold_judged=judged,
        gold_right=right,
    )


def set_hasty_aside(lease: Lease, user: User, *, overlap: int, now: datetime) -> bool:
    """Let the person's last 20 judgements count no more when half of them took less than two seconds.

    They stay on record, but their items wait for another reviewer, as if this one had not read them; what a third
    person ruled on, what was referred, and gold stay as they are. Tells whether that happened now.
    """
    timed = judgements.last_timed(lease, user.name, limit=RUN)
    if len(timed) < RUN or any(one.hasty for one in timed) or _median(timed) >= HASTY:
        return False
    for item in settling.discount(lease, [one.judgement_id for one in timed], now=now):
        settling.settle(lease, item, overlap=overlap, at=now)
    detail = {"judgements": len(timed), "median_seconds": _median(timed)}
    audit.append(lease, actor=user.name, action="judgements.hasty", subject=user.name, detail=detail, at=now)
    return True


def _median(timed: Sequence[Timed]) -> float:
    return median(min(one.seconds, IDLE) for one in timed)
