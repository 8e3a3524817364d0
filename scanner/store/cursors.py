"""Cursors: where gathering of each account stands, so that a killed walk goes on without a gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from scanner.domain.runs import Cursor
from scanner.store import tables
from scanner.store.connection import Lease


def save_cursor(lease: Lease, account_id: str, cursor: Cursor) -> None:
    """Store where gathering of an account stands, in the lease that stores the page it stands behind."""
    save_cursors(lease, {account_id: cursor})


def save_cursors(lease: Lease, cursors: Mapping[str, Cursor]) -> None:
    """Store where gathering stands, by account."""
    rows = [
        {**asdict(cursor), "account_id": account_id, "validators": tables.to_json(cursor.validators)}
        for account_id, cursor in cursors.items()
    ]
    tables.replace(lease, "cursors", rows, keys=["account_id"])


def load_cursor(lease: Lease, account_id: str) -> Cursor:
    """Return where gathering of an account stands; an empty cursor for one never gathered."""
    return load_cursors(lease, [account_id]).get(account_id, Cursor())


def load_cursors(lease: Lease, account_ids: Iterable[str]) -> dict[str, Cursor]:
    """Return where gathering stands by account; accounts never gathered are left out."""
    rows = lease.dicts("FROM cursors WHERE account_id = ANY($ids::VARCHAR[])", {"ids": list(account_ids)})
    return {str(row.pop("account_id")): _cursor(row) for row in rows}


def _cursor(row: dict[str, Any]) -> Cursor:
    return Cursor(**{**row, "validators": tables.pairs(row["validators"])})
