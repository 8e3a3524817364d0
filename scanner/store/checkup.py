"""What is asked of a record to tell whether it is in order: counts and moments, nothing of anybody's words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.domain.runs import SOON
from scanner.errors import StoreDamaged, StoreError
from scanner.store.connection import Lease


def write_ahead_log(database: Path) -> Path:
    """Return where DuckDB keeps what is committed and not yet in the file."""
    return database.with_name(f"{database.name}.wal")


def last_event(lease: Lease, action: str | None = None) -> datetime | None:
    """Return when something was last done, or anything at all."""
    sql = "SELECT max(happened_at) FROM audit WHERE $action IS NULL OR action = $action"
    [(last,)] = lease.rows(sql, {"action": action})
    found: datetime | None = last
    return found


def first_event(lease: Lease) -> datetime | None:
    """Return when the record began."""
    [(first,)] = lease.rows("SELECT min(happened_at) FROM audit")
    found: datetime | None = first
    return found


def read_everything(lease: Lease) -> int:
    """Read every value of every table, so that DuckDB compares each block with its checksum; return how many tables.

    StoreDamaged names the first table that cannot be read.
    """
    names = [name for (name,) in lease.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL")]
    for name in names:
        try:
            lease.rows(f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" AS t')  # noqa: S608
        except StoreError as error:
            raise StoreDamaged(f"{name}: blocks are damaged, restore the last backup: {error}") from error
    return len(names)


def altered_versions(lease: Lease, limit: int | None) -> tuple[int, list[str]]:
    """Compare words with the hash in their version's id; return how many were looked at, and the ids that differ.

    `limit`: the newest so many; None: all.
    """
    [(count,)] = lease.rows("SELECT count(*) FROM versions")
    rows = lease.rows(
        """SELECT id FROM (SELECT id, text, context FROM versions ORDER BY captured_at DESC LIMIT $limit)
           WHERE NOT ends_with(id, '@' || left(sha256(text || chr(0) || context), 16)) ORDER BY id LIMIT 10""",
        {"limit": limit or count},
    )
    return min(count, limit or count), [key for (key,) in rows]


def last_detail(lease: Lease, action: str) -> dict[str, Any] | None:
    """Return what the chain tells of the last time something was done; None where it never was."""
    rows = lease.rows("SELECT detail FROM audit WHERE action = $action ORDER BY seq DESC LIMIT 1", {"action": action})
    found: dict[str, Any] | None = json.loads(rows[0][0]) if rows else None
    return found


def is_scheduled(lease: Lease) -> bool:
    """Tell whether anything was ever begun by schedule here."""
    [(yes,)] = lease.rows("""SELECT EXISTS (FROM keepers)
                             OR EXISTS (FROM runs WHERE trigger IN ('schedule', 'catch_up'))""")
    return bool(yes)


def killed_runs(lease: Lease, kinds: Iterable[str]) -> list[str]:
    """Return the ids of the newest runs of these kinds that have no end."""
    rows = lease.rows(
        """SELECT arg_max(id, started_at) FROM runs WHERE kind = ANY($kinds::VARCHAR[]) GROUP BY kind
           HAVING arg_max(ended_at IS NULL, started_at) ORDER BY ALL""",
        {"kinds": list(kinds)},
    )
    return [key for (key,) in rows]


def runs_ahead(lease: Lease, now: datetime) -> list[tuple[str, datetime]]:
    """Return id and beginning of the runs that lie ahead of the clock by more than `SOON`, the first one first."""
    sql = "SELECT id, started_at FROM runs WHERE started_at > $soon ORDER BY started_at, id"
    return [(key, at) for key, at in lease.rows(sql, {"soon": now + SOON})]


def never_scored(lease: Lease, *, before: datetime, not_authored: Iterable[str]) -> int:
    """Count what was captured before a moment and could be scored, but never was, by any model.

    Left out is what never is: posts of unknown time, in a role of those `not_authored`, or from outside the service of
    their author; and those of whoever has had a leave, whose days only the detector reckons.
    """
    # NOTE: the days of service are compared behind the join: as a condition of it they make DuckDB merge every version
    # with every account first, which took minutes at 200,000 posts.
    sql = """
        SELECT count(*) FILTER (day > service_from AND (service_until IS NULL OR day < service_until))
        FROM (SELECT v.posted_at::DATE AS day, a.service_from, a.service_until
              FROM versions AS v JOIN posts AS p ON p.version_id = v.id JOIN listed AS a ON a.id = p.account_id
              WHERE v.captured_at < $before AND v.posted_at IS NOT NULL AND v.id NOT IN (SELECT version_id FROM scores)
              AND a.confidence <> 'C' AND a.leave::VARCHAR = '[]' AND NOT list_contains($roles::VARCHAR[], p.role))"""
    return int(lease.rows(sql, {"before": before, "roles": list(not_authored)})[0][0])


def quarantined(lease: Lease, *, since: datetime) -> tuple[int, int]:
    """Return how many items could not be read since a moment, and how many posts were captured."""
    [(rejected, captured)] = lease.rows(
        """SELECT (SELECT count(*) FROM quarantine WHERE rejected_at >= $since),
                  (SELECT count(*) FROM versions WHERE captured_at >= $since)""",
        {"since": since},
    )
    return int(rejected), int(captured)


def weak_sign_ins(lease: Lease, *, drawn_before: datetime) -> tuple[list[str], list[str]]:
    """Return who may sign in without password or authenticator, and whose drawn password is older than a moment."""
    rows = lease.rows(
        """SELECT u.name, c.user_name IS NULL OR c.totp_secret = '' AS without,
                  coalesce(NOT c.chosen AND c.set_at < $before, false) AS drawn
           FROM users AS u LEFT JOIN credentials AS c ON c.user_name = u.name
           WHERE u.disabled_at IS NULL ORDER BY u.name""",
        {"before": drawn_before},
    )
    return [name for name, without, _ in rows if without], [name for name, _, drawn in rows if drawn]
