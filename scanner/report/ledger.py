"""The coverage ledger: what was seen of each listed account on each day, so that silence is never read as nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from scanner.domain.runs import Outcome
from scanner.store import accounts, runs
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One account over some days."""

    account_id: str
    days: tuple[Outcome | None, ...]
    """The best that any run of the day saw, the oldest day first; None: no run."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Listed accounts over the same days (UTC)."""

    days: tuple[date, ...]
    rows: tuple[LedgerRow, ...]

    def covered(self, day: int) -> int:
        """Return how many accounts were covered completely on a day, counted from 0."""
        return sum(row.days[day] is Outcome.COMPLETE for row in self.rows)


def read_ledger(lease: Lease, last: date, *, days: int, only: Collection[str] = ()) -> Ledger:
    """Read the ledger of the last days up to and with `last`, of all listed accounts or of some."""
    shown = tuple(last - timedelta(days=back) for back in reversed(range(days)))
    listed = [account.id for account in accounts.load_accounts(lease)]
    seen = runs.coverage_days(lease, shown[0], only or None)
    rows = (
        LedgerRow(account, tuple(seen.get(account, {}).get(day) for day in shown))
        for account in listed
        if not only or account in only
    )
    return Ledger(shown, tuple(rows))
