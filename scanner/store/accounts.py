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


def save_mandate(lease: Lease, mandate: Mandate) -> None:
    """Store a mandate by decree number and election; a renewed one overwrites the old."""
    tables.replace(lease, "mandates", [asdict(mandate)], keys=["decree_number", "election_id"])


def load_mandates(lease: Lease) -> list[Mandate]:
    """Return all recorded mandates, the first valid first."""
    return [Mandate(**row) for row in lease.dicts("FROM mandates ORDER BY valid_from, decree_number, election_id")]


def save_accounts(lease: Lease, accounts: Iterable[Account]) -> None:
    """Store accounts as the roster has them now. A removed account stays removed until somebody restores it.

    The database refuses an account approved by the person who requested it (guardrail G1).
    """
    tables.replace(lease, "accounts", (_row(account) for account in accounts), keys=["id"])


def load_accounts(lease: Lease) -> list[Account]:
    """Return the accounts on the list, in order of id; removed ones are left out."""
    return [_account(row) for row in lease.dicts("FROM accounts WHERE removed_at IS NULL ORDER BY id")]


def load_account(lease: Lease, account_id: str) -> Account | None:
    """Return one account, removed or not, since its posts are kept until purged; None when it never was listed."""
    return load_these(lease, [account_id]).get(account_id)


def load_these(lease: Lease, account_ids: Iterable[str]) -> dict[str, Account]:
    """Return accounts by id, removed or not; those that never were listed are left out."""
    rows = lease.dicts("FROM accounts WHERE id = ANY($ids::VARCHAR[])", {"ids": list(account_ids)})
    return {row["id"]: _account(row) for row in rows}


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
    if load_account(lease, account_id) is None:
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
        platform=Platform(row["platform"]),
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
