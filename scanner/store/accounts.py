"""Listed accounts, and the mandates under which they may be looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from scanner.domain.accounts import Account, Confidence, Employment, Mandate, Platform
from scanner.errors import StoreError
from scanner.store import audit, tables
from scanner.store.connection import Lease

_SUSPEND_FURTHER = """
    UPDATE accounts SET suspended_at = s.suspended_at, suspended_by = s.suspended_by,
                        suspended_reason = s.suspended_reason
    FROM (SELECT lower(trim(person_id)) AS person, min(suspended_at) AS suspended_at,
                 min_by(suspended_by, suspended_at) AS suspended_by,
                 min_by(suspended_reason, suspended_at) AS suspended_reason
          FROM accounts WHERE suspended_at IS NOT NULL GROUP BY ALL) AS s
    WHERE lower(trim(person_id)) = s.person AND accounts.suspended_at IS NULL"""


def save_mandate(lease: Lease, mandate: Mandate) -> None:
    """Store a mandate by decree number and election; a renewed one overwrites the old."""
    tables.replace(lease, "mandates", [asdict(mandate)], keys=["decree_number", "election_id"])


def load_mandates(lease: Lease) -> list[Mandate]:
    """Return all recorded mandates, the first valid first."""
    return [Mandate(**row) for row in lease.dicts("FROM mandates ORDER BY valid_from, decree_number, election_id")]


def save_accounts(lease: Lease, accounts: Iterable[Account]) -> None:
    """Store accounts as the roster has them now. A removed account stays removed until somebody restores it.

    Whose person is suspended is suspended, a newly listed one too. The database refuses an account approved by the
    person who requested it (guardrail G1).
    """
    tables.replace(lease, "accounts", (_row(account) for account in accounts), keys=["id"])
    lease.execute(_SUSPEND_FURTHER)


def corrections(lease: Lease, accounts: Iterable[Account]) -> dict[str, list[str]]:
    """Return by id which columns of accounts on record saving these would change; new and equal ones are left out."""
    rows = {account.id: _row(account) for account in accounts}
    stored = lease.dicts("FROM accounts WHERE id = ANY($ids::VARCHAR[]) ORDER BY id", {"ids": list(rows)})
    found = {old["id"]: [key for key, value in rows[old["id"]].items() if old[key] != value] for old in stored}
    return {key: columns for key, columns in found.items() if columns}


def load_accounts(lease: Lease) -> list[Account]:
    """Return the accounts on the list, in order of id; removed and suspended ones are left out."""
    return [_account(row) for row in lease.dicts("FROM listed ORDER BY id")]


def load_suspended(lease: Lease) -> list[Account]:
    """Return the accounts of people who are suspended and that would be on the list otherwise, in order of id."""
    sql = "FROM accounts WHERE removed_at IS NULL AND suspended_at IS NOT NULL ORDER BY id"
    return [_account(row) for row in lease.dicts(sql)]


def listed_ids(lease: Lease, account_ids: Iterable[str]) -> set[str]:
    """Return those of these accounts that are on the list and whose person is not suspended."""
    marks, params = tables.among(account_ids)
    return {key for (key,) in lease.rows(f"SELECT id FROM listed WHERE id IN {marks}", params)}  # noqa: S608


def removed_ids(lease: Lease) -> set[str]:
    """Return the ids of all accounts that were taken off the list."""
    return {key for (key,) in lease.rows("SELECT id FROM accounts WHERE removed_at IS NOT NULL")}


def suspended_ids(lease: Lease) -> set[str]:
    """Return the ids of all accounts of people who are suspended."""
    return {key for (key,) in lease.rows("SELECT id FROM accounts WHERE suspended_at IS NOT NULL")}


def load_account(lease: Lease, account_id: str) -> Account | None:
    """Return one account, removed or not, since its posts are kept until purged.

    None when it never was listed, and while its person is suspended.
    """
    return load_these(lease, [account_id]).get(account_id)


def load_these(lease: Lease, account_ids: Iterable[str]) -> dict[str, Account]:
    """Return accounts by id, removed or not; those that never were listed or are suspended are left out."""
    marks, params = tables.among(account_ids)
    sql = f"FROM accounts WHERE id IN {marks} AND suspended_at IS NULL"
    return {row["id"]: _account(row) for row in lease.dicts(sql, params)}


def remove_account(lease: Lease, account_id: str, *, reason: str, by: str, approved_by: str, at: datetime) -> None:
    """Take an account off the list, with both persons and the reason in the audit chain; twice is one removal.

    Its flags leave the review queue. What was stored stays until purged. StoreError when it was never listed.
    """
    _check_change(lease, account_id, reason=reason, by=by, approved_by=approved_by)
    removed = lease.rows(
        """UPDATE accounts SET removed_at = $at, removed_by = $by, removed_reason = $reason
           WHERE id = $id AND removed_at IS NULL RETURNING id""",
        {"id": account_id, "at": at, "by": by, "reason": reason},
    )
    if removed:
        detail = {"reason": reason, "approved_by": approved_by}
        audit.append(lease, actor=by, action="account.remove", subject=account_id, detail=detail, at=at)


def restore_account(lease: Lease, account_id: str, *, reason: str, by: str, approved_by: str, at: datetime) -> None:
    """Put a removed account back on the list, with both persons and the reason in the audit chain; twice is once.

    StoreError when it was never listed.
    """
    _check_change(lease, account_id, reason=reason, by=by, approved_by=approved_by)
    restored = lease.rows(
        """UPDATE accounts SET removed_at = NULL, removed_by = NULL, removed_reason = NULL
           WHERE id = $id AND removed_at IS NOT NULL RETURNING id""",
        {"id": account_id},
    )
    if restored:
        detail = {"reason": reason, "approved_by": approved_by}
        audit.append(lease, actor=by, action="account.restore", subject=account_id, detail=detail, at=at)


def _check_change(lease: Lease, account_id: str, *, reason: str, by: str, approved_by: str) -> None:
    """Changing the list needs a reason and two persons (guardrail G9)."""
    names = {name.strip().casefold() for name in (by, approved_by)}
    if not reason.strip() or "" in names:
        raise StoreError(f"{account_id}: taking it off or back on the list needs a reason and the names of two persons")
    if len(names) < 2:
        raise StoreError(f"{account_id}: {by} cannot approve their own change; a second person must")
    if not lease.rows("SELECT id FROM accounts WHERE id = $id", {"id": account_id}):
        raise StoreError(f"{account_id}: no such account; listed ones are shown by `scanner roster`")


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "platform": account.platform,
        "handle": account.handle,
        "person_id": account.person_id,
        "agency": account.agency,
        "unit": account.unit,
        "employment": account.employment,
        "service_from": account.service_from,
        "service_until": account.service_until,
        "confidence": account.confidence,
        "legal_basis": account.legal_basis,
        "decree_number": account.decree_number,
        "requested_by": account.requested_by,
        "approved_by": account.approved_by,
        "listed_from": account.listed_from,
        "listed_until": account.listed_until,
        "native_id": account.native_id,
        "url": account.url,
        "leave": tables.to_json([[first.isoformat(), last.isoformat()] for first, last in account.leave]),
        "extra": tables.to_json(dict(account.extra)),
    }


def _account(row: Mapping[str, Any]) -> Account:
    leave = json.loads(row["leave"])
    return Account(
        platform=tables.word_of(Platform, row["platform"], "accounts.platform"),
        handle=row["handle"],
        person_id=row["person_id"],
        agency=row["agency"],
        unit=row["unit"],
        employment=Employment(row["employment"]),
        service_from=row["service_from"],
        service_until=row["service_until"],
        confidence=Confidence(row["confidence"]),
        legal_basis=row["legal_basis"],
        decree_number=row["decree_number"],
        requested_by=row["requested_by"],
        approved_by=row["approved_by"],
        listed_from=row["listed_from"],
        listed_until=row["listed_until"],
        native_id=row["native_id"],
        url=row["url"],
        leave=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in leave),
        extra=json.loads(row["extra"]),
    )
