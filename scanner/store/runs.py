"""Runs and their coverage: what was tried, and what was seen of each account."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from typing import Any

from scanner.domain.runs import SOON, Brought, Coverage, Outcome, Run, Tally
from scanner.errors import StoreError
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.hidden import hide_in_runs
from scanner.store.pages import SUSPENDED

_NOTHING = Brought()
_LOOKS = "(FROM coverage WHERE run_id NOT IN (SELECT id FROM runs WHERE trigger = 'backfill'))"
"""What was seen of accounts as they are now; a backfill looks at old posts only, and its silence says nothing."""


def start_run(lease: Lease, run: Run) -> None:
    """Store that a run began; a run without an end later was killed or is still going."""
    tables.insert_new(lease, "runs", [asdict(run)], keys=["id"])


def finish_run(
    lease: Lease, run_id: str, *, ended_at: datetime, exit_code: int, note: str = "", brought: Brought = _NOTHING
) -> None:
    """Store how a run ended and what it brought. StoreError when it never began."""
    end = {"ended_at": ended_at, "exit_code": exit_code, "note": note, **asdict(brought)}
    columns = ", ".join(f"{name} = ${name}" for name in end)
    found = lease.rows(f"UPDATE runs SET {columns} WHERE id = $id RETURNING id", {**end, "id": run_id})  # noqa: S608
    if not found:
        raise StoreError(f"run {run_id!r} never began; recent runs: {[run.id for run in last_runs(lease, limit=3)]}")


def count_brought(lease: Lease, run: Run) -> Brought:
    """Count what a run saw, by the record: accounts and posts by its coverage, and posts found gone since it began.

    Nobody can reckon from it how many people are suspended: their accounts are not counted. Comments are read under
    accounts that are not listed, which are none of these; what was found there are posts of listed ones.
    """
    [row] = lease.dicts(
        """SELECT sum((outcome = 'complete')::INT) FILTER (account) AS complete,
                  sum((outcome = 'partial')::INT) FILTER (account) AS partial,
                  sum((outcome IN ('private', 'gone', 'blocked'))::INT) FILTER (account) AS failed,
                  sum((outcome = 'not_tried')::INT) FILTER (account) AS not_tried,
                  sum(new) AS new, sum(changed) AS changed,
                  (SELECT count(*) FROM posts WHERE missing_at >= $began) AS missing
           FROM (SELECT *, NOT starts_with(account_id, 'comments:') AS account FROM coverage
                 WHERE run_id = $id AND reason <> $suspended)""",
        {"id": run.id, "began": run.started_at, "suspended": SUSPENDED},
    )
    return Brought(**{name: None if value is None else int(value) for name, value in row.items()})


def last_runs(
    lease: Lease, *, limit: int = 10, offset: int = 0, kind: str | None = None, now: datetime | None = None
) -> list[Run]:
    """Return the latest runs behind the first `offset`, the newest first, of one kind (scan, import, demo) or of all.

    `now` leaves out those that lie ahead of it by more than `SOON`. Who is suspended is not named in notes.
    """
    rows = lease.dicts(
        """FROM runs WHERE ($kind IS NULL OR kind = $kind) AND ($soon IS NULL OR started_at <= $soon)
           ORDER BY started_at DESC, id DESC LIMIT $limit OFFSET $offset""",
        {"kind": kind, "limit": limit, "offset": offset, "soon": now + SOON if now else None},
    )
    return hide_in_runs(lease, (Run(**row) for row in rows))


def load_run(lease: Lease, run_id: str) -> Run | None:
    """Return one run; None when it never began."""
    rows = lease.dicts("FROM runs WHERE id = $id", {"id": run_id})
    return next(iter(hide_in_runs(lease, (Run(**row) for row in rows))), None)


def newest_scan(lease: Lease) -> str | None:
    """Return the id of the scan that began last: of those without an end no other can be under way."""
    rows = lease.rows("SELECT id FROM runs WHERE kind IN ('scan', 'demo') ORDER BY started_at DESC, id DESC LIMIT 1")
    return next((key for (key,) in rows), None)


def find_runs(lease: Lease, beginning: str, *, limit: int = 10) -> list[Run]:
    """Return the run with this id, or those whose ids begin so, the newest first."""
    rows = lease.dicts(
        "FROM runs WHERE starts_with(id, $beginning) ORDER BY id = $beginning DESC, started_at DESC LIMIT $limit",
        {"beginning": beginning, "limit": limit},
    )
    found = hide_in_runs(lease, (Run(**row) for row in rows))
    return found[:1] if found and found[0].id == beginning else found


def save_coverage(lease: Lease, coverage: Iterable[Coverage]) -> None:
    """Store what a run saw of accounts; said again for the same run and account it replaces what was said."""
    tables.replace(lease, "coverage", (_row(item) for item in coverage), keys=["run_id", "account_id"])


def coverage_of(lease: Lease, run_id: str) -> list[Coverage]:
    """Return what one run saw, in order of account."""
    return [
        as_coverage(row) for row in lease.dicts("FROM coverage WHERE run_id = $id ORDER BY account_id", {"id": run_id})
    ]


def last_coverage(lease: Lease) -> dict[str, Coverage]:
    """Return by account what the latest run that names it saw."""
    rows = lease.dicts(
        f"""FROM {_LOOKS} QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY started_at DESC, run_id DESC) = 1
            ORDER BY account_id"""
    )
    return {row["account_id"]: as_coverage(row) for row in rows}


def silent_runs(lease: Lease, account_id: str) -> int:
    """Return how many of an account's latest runs in a row asked and were shown no post at all, new or known."""
    rows = lease.rows(
        f"""SELECT new + changed + unchanged FROM {_LOOKS} WHERE account_id = $id AND requests > 0
            ORDER BY started_at DESC, run_id DESC LIMIT 10""",  # noqa: S608
        {"id": account_id},
    )
    return next((number for number, (seen,) in enumerate(rows) if seen), len(rows))


def failed_at_once(lease: Lease, account_id: str) -> bool:
    """Tell whether an account's latest run was cut short before it was shown anything."""
    rows = lease.rows(
        f"""SELECT outcome = 'partial' AND requests = 0 FROM {_LOOKS} WHERE account_id = $id
            ORDER BY started_at DESC, run_id DESC LIMIT 1""",  # noqa: S608
        {"id": account_id},
    )
    return rows == [(True,)]


def last_tried(lease: Lease) -> dict[str, datetime]:
    """Return by account when it was last asked for; accounts never asked for are left out."""
    sql = f"SELECT account_id, max(ended_at) FROM {_LOOKS} WHERE outcome <> 'not_tried' GROUP BY ALL ORDER BY 1"  # noqa: S608
    return dict(lease.rows(sql))


def coverage_days(lease: Lease, first: date, only: Collection[str] | None = None) -> dict[str, dict[date, Outcome]]:
    """Return by account and day (UTC) the best that any run saw, from a day on; days without a run are left out.

    `only` narrows them to some accounts.
    """
    wanted, params = "", dict[str, Any](first=datetime.combine(first, time(), UTC), order=[str(one) for one in Outcome])
    if only is not None:
        marks, ids = tables.among(only)
        wanted, params = f"AND account_id IN {marks}", params | ids
    found: dict[str, dict[date, Outcome]] = {}
    for account, day, outcome in lease.rows(
        f"""SELECT account_id, CAST(started_at AT TIME ZONE 'UTC' AS DATE) AS "day",
                   arg_min(outcome, coalesce(list_position($order::VARCHAR[], outcome), 99))
            FROM {_LOOKS} WHERE started_at >= $first {wanted} GROUP BY ALL ORDER BY ALL""",  # noqa: S608
        params,
    ):
        found.setdefault(account, {})[day] = tables.word_of(Outcome, outcome, "coverage.outcome")
    return found


def last_complete(lease: Lease) -> dict[str, datetime]:
    """Return by account when a run last covered it completely; accounts never covered so are left out."""
    rows = lease.rows(
        f"""SELECT account_id, max(ended_at) FROM {_LOOKS} WHERE outcome = $complete
            GROUP BY account_id ORDER BY account_id""",  # noqa: S608
        {"complete": Outcome.COMPLETE},
    )
    return dict(rows)


def _row(coverage: Coverage) -> dict[str, Any]:
    row = asdict(coverage)
    tally: dict[str, Any] = row.pop("tally")
    return tally | row


def as_coverage(row: Mapping[str, Any]) -> Coverage:
    """Return a row of the table `coverage` as a record."""
    return Coverage(
        run_id=row["run_id"],
        account_id=row["account_id"],
        outcome=tables.word_of(Outcome, row["outcome"], "coverage.outcome"),
        reason=row["reason"],
        tally=Tally(new=row["new"], changed=row["changed"], unchanged=row["unchanged"]),
        requests=row["requests"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )
