"""What runs saw: of one run, page by page, the listed accounts that somebody may see; what backfills have seen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from scanner.domain.runs import Coverage, Outcome
from scanner.store.connection import Lease
from scanner.store.runs import as_coverage

# `lower(trim(...))` as in `domain.users.folded`, by which nobody sees their own agency or themselves (A10).
_SEEN = """
    FROM coverage JOIN listed ON listed.id = account_id
    WHERE run_id = $run AND NOT list_contains($hidden::VARCHAR[], lower(trim(person_id)))
    AND NOT list_contains($hidden::VARCHAR[], lower(trim(agency)))"""


def coverage_page(lease: Lease, run_id: str, *, hidden: Collection[str], limit: int, offset: int = 0) -> list[Coverage]:
    """Return what a run saw, in order of account; `hidden` are people and agencies, folded, whose accounts are not."""
    params: dict[str, Any] = {"run": run_id, "hidden": sorted(hidden), "limit": limit, "offset": offset}
    rows = lease.dicts(f"SELECT coverage.* {_SEEN} ORDER BY account_id LIMIT $limit OFFSET $offset", params)
    return [as_coverage(row) for row in rows]


def count_outcomes(lease: Lease, run_id: str, *, hidden: Collection[str]) -> dict[Outcome, int]:
    """Return how many of the same accounts ended how, in the order of outcomes."""
    sql = f"SELECT outcome, count(*) {_SEEN} GROUP BY ALL"
    counts = dict(lease.rows(sql, {"run": run_id, "hidden": sorted(hidden)}))
    return {outcome: counts[outcome] for outcome in Outcome if outcome in counts}


def seen_by_backfill(lease: Lease, since: datetime | None, until: datetime | None) -> set[str]:
    """Return the accounts, and sources of comments, of which a backfill has seen all of these posting times."""
    return _backfilled(lease, since, until, Outcome.COMPLETE)


def begun_by_backfill(lease: Lease, since: datetime | None, until: datetime | None) -> set[str]:
    """Return those of which a backfill of these posting times has not seen all."""
    return _backfilled(lease, since, until, Outcome.PARTIAL)


def _backfilled(lease: Lease, since: datetime | None, until: datetime | None, outcome: Outcome) -> set[str]:
    rows = lease.rows(
        """SELECT DISTINCT account_id FROM coverage JOIN runs ON runs.id = run_id
           WHERE trigger = 'backfill' AND outcome = $outcome
           AND (runs.since IS NULL OR runs.since <= $since) AND (runs.until IS NULL OR runs.until >= $until)""",
        {"since": since, "until": until, "outcome": outcome},
    )
    return {account_id for (account_id,) in rows}
