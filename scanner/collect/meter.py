"""Daily budgets: what a platform bills or caps (requests, units, posts read) is counted before it is asked for."""

from __future__ import annotations

from math import ceil
from threading import Lock

from scanner.errors import BudgetSpent


class Meter:
    """Counts what a platform was asked for today, over all accounts of a run. Thread-safe."""

    def __init__(self, budget: int | None = None, used: int = 0, *, unit: str = "requests", share: float = 1.0) -> None:
        self.unit = unit
        self.budget = budget
        """None: no ceiling."""
        self.allowed = None if budget is None else ceil(budget * share)
        """What may be used by now: the rest of the budget is for later hours of the day."""
        self._used = used
        self._lock = Lock()

    @property
    def used(self) -> int:
        """What has been spent today, with what earlier runs of the day spent."""
        return self._used

    def require_left(self) -> None:
        """Raise BudgetSpent when nothing is left for today."""
        if self.allowed is None or self.budget is None or self._used < self.allowed:
            return
        if self._used >= self.budget:
            raise BudgetSpent(f"today's budget of {self.budget} {self.unit} is used up; gathering goes on tomorrow")
        raise BudgetSpent(
            f"of today's budget of {self.budget} {self.unit} the {self.allowed} for the hours up to now are used up; "
            "gathering goes on when this account is due again"
        )

    def spend(self, amount: int) -> None:
        """Count what is about to be asked for. Raises BudgetSpent, and counts nothing, when nothing was left."""
        with self._lock:
            if amount:
                self.require_left()
            self._used += amount

    def count(self, amount: int) -> None:
        """Count what an answer held. It is paid for already, so it is never refused."""
        with self._lock:
            self._used += amount
