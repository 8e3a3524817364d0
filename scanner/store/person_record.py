"""Everything on record about one person (UU 27/2022 art. 7), found by the catalogue, so that no table is forgotten.

A table belongs to it by the names of its columns; those that hang on nobody by name stand in `APART` with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.store import persons
from scanner.store.connection import Lease
from scanner.store.hidden import Names, names_of

COLUMNS: Mapping[str, str] = {
    "account_id": "account",
    "post_id": "post",
    "version_id": "version",
    "flag_id": "version",
    "item_id": "version",
    "judgement_id": "judgement",
}
"""What ids the columns of these names hold, in whatever table."""

IDS: Mapping[str, str] = {
    "accounts": "account",
    "posts": "post",
    "versions": "version",
    "flags": "version",
    "draws": "version",
    "judgements": "judgement",
}
"""What the ids of these tables are."""

APART: Mapping[str, str] = {
    "audit": "by subject, and what names them",
    "captures": "by the hashes in versions and media",
    "credentials": "of those who work here",
    "devices": "of those who work here",
    "erasing": "hashes of what leaves",
    "erasures": "hashes of what left",
    "exports": "by the time it was made",
    "mandates": "by the decree of their accounts",
    "keepers": "of machines",
    "manifest": "hashes alone",
    "migrations": "of the database",
    "pauses": "of those who work here",
    "quarantine": "what names them",
    "runs": "by coverage and versions",
    "sessions": "of those who work here",
    "sign_in_attempts": "of those who work here",
    "tombstones": "what no longer names anybody",
    "usage": "counts by platform",
    "users": "of those who work here",
    "waits": "of servers",
}
"""Tables without such columns: how they are looked through, or why nothing in them is about a listed person."""

_WINDOW = 50_000
"""Events looked through at once."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """What is on record about one person."""

    subject: str
    """What they are called on the audit chain."""
    accounts: tuple[str, ...]
    tables: Mapping[str, Rows]
    """Rows by table, those without any left out; times are UTC. Who works here stands in them by name."""


def read_record(lease: Lease, person: str) -> PersonRecord:
    """Read everything about a person. UsageError when no account on record is theirs."""
    accounts = persons.accounts_of(lease, person)
    ids = _ids(lease, accounts)
    found = {table: _rows(lease, table, columns, ids) for table, columns in linked_tables(lease).items()}
    subject = persons.subject_of(lease, person)
    names = names_of(lease, accounts)
    found |= {
        "captures": _captures(lease, ids["version"]),
        "mandates": _mandates(lease, accounts),
        "runs": _runs(lease, accounts, ids["version"]),
        "quarantine": [row for row in lease.dicts("FROM quarantine ORDER BY ALL") if names.stand_in(*_texts(row))],
        "exports": _exports(lease, accounts),
        "audit": list(_events(lease, {subject, *accounts, *ids["post"], *ids["version"]}, names)),
    }
    return PersonRecord(subject, tuple(accounts), {table: rows for table, rows in sorted(found.items()) if rows})


def linked_tables(lease: Lease) -> dict[str, list[tuple[str, str]]]:
    """Return by table the columns that tell whose a row is, each with the kind of its ids."""
    rows = lease.rows("""
        SELECT table_name, column_name FROM duckdb_columns() SEMI JOIN duckdb_tables() USING (table_name)
        WHERE NOT internal ORDER BY table_name, column_index""")
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column in rows:
        kind = IDS.get(table) if column == "id" else COLUMNS.get(column)
        if kind is not None:
            found.setdefault(table, []).append((column, kind))
    return found


def _ids(lease: Lease, accounts: Sequence[str]) -> dict[str, list[str]]:
    def ids(sql: str, names: Sequence[str]) -> list[str]:
        return [key for (key,) in lease.rows(sql, {"ids": list(names)})]

    posts = ids("SELECT id FROM posts WHERE account_id = ANY($ids::VARCHAR[]) ORDER BY id", accounts)
    versions = ids("SELECT id FROM versions WHERE post_id = ANY($ids::VARCHAR[]) ORDER BY id", posts)
    judgements = ids("SELECT id FROM judgements WHERE flag_id = ANY($ids::VARCHAR[]) ORDER BY seq", versions)
    return {"account": list(accounts), "post": posts, "version": versions, "judgement": judgements}


def _rows(lease: Lease, table: str, columns: Sequence[tuple[str, str]], ids: Mapping[str, list[str]]) -> Rows:
    theirs = " OR ".join(f'"{column}" = ANY(${kind}::VARCHAR[])' for column, kind in columns)
    kinds = {kind for _, kind in columns}
    return lease.dicts(f'FROM "{table}" WHERE {theirs} ORDER BY ALL', {kind: ids[kind] for kind in kinds})


def _captures(lease: Lease, versions: Sequence[str]) -> Rows:
    """Return where their posts and pictures were read; salt and place on the manifest tell nothing of them."""
    return lease.dicts(
        """SELECT * EXCLUDE (salt, leaf, link) FROM captures WHERE sha256 IN (
               SELECT capture_sha256 FROM versions WHERE id = ANY($ids::VARCHAR[])
               UNION SELECT sha256 FROM media WHERE version_id = ANY($ids::VARCHAR[])) ORDER BY captured_at, url""",
        {"ids": list(versions)},
    )


def _mandates(lease: Lease, accounts: Sequence[str]) -> Rows:
    return lease.dicts(
        """FROM mandates WHERE decree_number IN (SELECT decree_number FROM accounts WHERE id = ANY($ids::VARCHAR[]))
           ORDER BY ALL""",
        {"ids": list(accounts)},
    )


def _runs(lease: Lease, accounts: Sequence[str], versions: Sequence[str]) -> Rows:
    """Return the runs that looked at them; notes may be about others."""
    return lease.dicts(
        """SELECT * EXCLUDE (note) FROM runs WHERE id IN (
               SELECT run_id FROM coverage WHERE account_id = ANY($accounts::VARCHAR[])
               UNION SELECT run_id FROM versions WHERE id = ANY($versions::VARCHAR[])) ORDER BY started_at, id""",
        {"accounts": list(accounts), "versions": list(versions)},
    )


def _exports(lease: Lease, accounts: Sequence[str]) -> Rows:
    """Return what left the house since they were first seen and may hold them; for whom, not where it lies."""
    return lease.dicts(
        """SELECT kind, made_at, identifiable, reason, agreement FROM exports
           WHERE identifiable AND kind <> 'person' AND made_at >= (
               SELECT min(first_seen) FROM posts WHERE account_id = ANY($ids::VARCHAR[])) ORDER BY made_at, path""",
        {"ids": list(accounts)},
    )


def _events(lease: Lease, theirs: set[str], names: Names) -> Iterator[dict[str, Any]]:
    """Yield the events that concern them; of one that names them among others only that it happened."""
    [(last,)] = lease.rows("SELECT coalesce(max(seq), 0) FROM audit")
    for first in range(0, int(last) + 1, _WINDOW):
        window = {"first": first, "last": first + _WINDOW}
        sql = """SELECT seq, happened_at, actor, action, subject, detail FROM audit
                 WHERE seq >= $first AND seq < $last ORDER BY seq"""
        for row in lease.dicts(sql, window):
            if row["subject"] in theirs:
                yield row
            elif names.stand_in(row["subject"], row["detail"]):
                yield {**row, "subject": "", "detail": "{}"}


def _texts(row: Mapping[str, Any]) -> list[str]:
    return [value for value in row.values() if isinstance(value, str)]
