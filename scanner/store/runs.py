"""Runs and their coverage: what was tried, and what was seen of each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from scanner.domain.runs import Coverage, Outcome, Run, Tally
from scanner.errors import StoreError
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.hidden import hide_in_runs


def start_run(lease: Lease, run: Run) -> None:
    """Store that a run began; a run without an end later was killed or is still going."""
    tables.insert_new(lease, "runs", [asdict(run)], keys=["id"])


def finish_run(lease: Lease, run_id: str, *, ended_at: datetime, exit_code: int, note: str = "") -> None:
    """Store how a run ended. StoreError when it never began."""
    found = lease.rows(
        "UPDATE runs SET ended_at = $ended_at, exit_code = $exit_code, note = $note WHERE id = $id RETURNING id",
        {"ended_at": ended_at, "exit_code": exit_code, "note": note, "id": run_id},
    )
    if not found:
        raise StoreError(f"run {run_id!r} never began; recent runs: {[run.id for run in last_runs(lease, limit=3)]}")


def last_runs(lease: Lease, *, limit: int = 10, kind: str | None = None) -> list[Run]:
    """Return the latest runs, the newest first, of one kind (scan, import, demo) or of all.

    Who is suspended is not named in notes.
    """
    rows = lease.dicts(
        "FROM runs WHERE $kind IS NULL OR kind = $kind ORDER BY started_at DESC, id DESC LIMIT $limit",
        {"kind": kind, "limit": limit},
    )
    return hide_in_runs(lease, (Run(**row) for row in rows))


def load_run(lease: Lease, run_id: str) -> Run | None:
    """Return one run; None when it never began."""
    rows = lease.dicts("FROM runs WHERE id = $id", {"id": run_id})
    return next(iter(hide_in_runs(lease, (Run(**row) for row in rows))), None)


def save_coverage(lease: Lease, coverage: Iterable[Coverage]) -> None:
    """Store what a run saw of accounts; said again for the same run and account it replaces what was said."""
    tables.replace(lease, "coverage", (_row(item) for item in coverage), keys=["run_id", "account_id"])


def coverage_of(lease: Lease, run_id: str) -> list[Coverage]:
    """Return what one run saw, in order of account."""
    return [
        _coverage(row) for row in lease.dicts("FROM coverage WHERE run_id = $id ORDER BY account_id", {"id": run_id})
    ]


def last_coverage(lease: Lease) -> dict[str, Coverage]:
    """Return by account what the latest run that names it saw."""
    rows = lease.dicts("""
        FROM coverage QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY started_at DESC, run_id DESC) = 1
        ORDER BY account_id""")
    return {row["account_id"]: _coverage(row) for row in rows}


def silent_runs(lease: Lease, account_id: str) -> int:
    """Return how many of an account's latest runs in a row asked and were shown no post at all, new or known."""
    rows = lease.rows(
        """SELECT new + changed + unchanged FROM coverage WHERE account_id = $id AND requests > 0
           ORDER BY started_at DESC, run_id DESC LIMIT 10""",
        {"id": account_id},
    )
    return next((number for number, (seen,) in enumerate(rows) if seen), len(rows))


def failed_at_once(lease: Lease, account_id: str) -> bool:
    """Tell whether an account's latest run was cut short before it was shown anything."""
    rows = lease.rows(
        """SELECT outcome = 'partial' AND requests = 0 FROM coverage WHERE account_id = $id
           ORDER BY started_at DESC, run_id DESC LIMIT 1""",
        {"id": account_id},
    )
    return rows == [(True,)]


def last_tried(lease: Lease) -> dict[str, datetime]:
    """Return by account when it was last asked for; accounts never asked for are left out."""
    return dict(
        lease.rows(
            "SELECT account_id, max(ended_at) FROM coverage WHERE outcome <> 'not_tried' GROUP BY ALL ORDER BY 1"
        )
    )


def coverage_days(lease: Lease, first: date) -> dict[str, dict[date, Outcome]]:
    """Return by account and day (UTC) the best that any run saw, from a day on; days without a run are left out."""
    found: dict[str, dict[date, Outcome]] = {}
    for account, day, outcome in lease.rows(
        'SELECT account_id, "day", outcome FROM coverage_days WHERE "day" >= $first ORDER BY 1, 2', {"first": first}
    ):
        found.setdefault(account, {})[day] = Outcome(outcome)
    return found


def last_complete(lease: Lease) -> dict[str, datetime]:
    """Return by account when a run last covered it completely; accounts never covered so are left out."""
    rows = lease.rows(
        """SELECT account_id, max(ended_at) FROM coverage WHERE outcome = $complete
           GROUP BY account_id ORDER BY account_id""",
        {"complete": Outcome.COMPLETE},
    )
    return dict(rows)


def _row(coverage: Coverage) -> dict[str, Any]:
    row = asdict(coverage)
    tally: dict[str, Any] = row.pop("tally")
    return tally | row


def _coverage(row: Mapping[str, Any]) -> Coverage:
    return Coverage(
        run_id=row["run_id"],
        account_id=row["account_id"],
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
        tally=Tally(new=row["new"], changed=row["changed"], unchanged=row["unchanged"]),
        requests=row["requests"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
