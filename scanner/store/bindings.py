"""Which native id a handle pointed at first. Handles can be given to somebody else; ids cannot (guardrail G4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scanner.errors import StoreError
from scanner.store import audit, tables
from scanner.store.connection import Lease


def bind(lease: Lease, account_id: str, native_id: str, *, seen_at: datetime) -> str:
    """Return the native id on record for an account, recording this one if it is the first.

    Another id than the one seen now means that the handle points at somebody else: gather nothing, ask a human.
    """
    return bind_all(lease, {account_id: native_id}, seen_at=seen_at)[account_id]


def bind_all(lease: Lease, native_ids: Mapping[str, str], *, seen_at: datetime) -> dict[str, str]:
    """Return the native ids on record by account, recording those of accounts that have none."""
    rows = [{"account_id": key, "native_id": native, "first_seen": seen_at} for key, native in native_ids.items()]
    tables.insert_new(lease, "bindings", rows, keys=["account_id"])
    found = lease.rows(
        "SELECT account_id, native_id FROM bindings WHERE account_id = ANY($ids::VARCHAR[])", {"ids": list(native_ids)}
    )
    return dict(found)


def load_bindings(lease: Lease) -> dict[str, str]:
    """Return the native id on record by account."""
    return dict(lease.rows("SELECT account_id, native_id FROM bindings ORDER BY account_id"))


def rebind(lease: Lease, account_id: str, native_id: str, *, reason: str, by: str, at: datetime) -> None:
    """Accept another native id after a human made sure it is the same person, as when a server was rebuilt."""
    if not reason.strip() or not by.strip():
        raise StoreError(f"{account_id}: another native id needs a reason and the name of who made sure of it")
    before = bind(lease, account_id, native_id, seen_at=at)
    if before == native_id:
        return
    row = {"account_id": account_id, "native_id": native_id, "first_seen": at}
    tables.replace(lease, "bindings", [row], keys=["account_id"])
    detail = {"from": before, "to": native_id, "reason": reason}
    audit.append(lease, actor=by, action="account.rebind", subject=account_id, detail=detail, at=at)
