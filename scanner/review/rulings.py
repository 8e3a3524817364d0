"""An adjudicator's own rulings, for nobody but themself: how many, and whether they held to what they thought first."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from scanner.domain.users import User
from scanner.review.pace import IDLE
from scanner.store import adjudications
from scanner.store.connection import Store

ENOUGH = 10
"""Rulings below which neither share nor median is told."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """How a person rules, as far as only they may know."""

    ruled: int
    """Rulings the figures are of: the last 200 at most that stand."""
    held: float | None
    """Share, 0 to 1, in which they ruled as they had thought before they saw the two; None below ten such views."""
    median_seconds: float | None
    """From showing to giving one's own view; None below ten that are known."""


def own_rulings(store: Store, user: User) -> Rulings:
    """Tell an adjudicator their own figures. There is no function that tells anybody else's (guardrail G15)."""
    with store.lease("review: own rulings", reading=True) as lease:
        ruled = adjudications.rulings_of(lease, user.name, limit=200)
    held = [one.verdict is one.own_verdict for one in ruled if one.own_verdict is not None]
    times = [min(one.own_seconds, IDLE) for one in ruled if one.own_seconds is not None]
    return Rulings(
        ruled=len(ruled),
        held=sum(held) / len(held) if len(held) >= ENOUGH else None,
        median_seconds=median(times) if len(times) >= ENOUGH else None,
    )
