"""Cursors: where gathering of each account stands, so that a killed walk goes on without a gap."""

from __future__ import annotations

from dataclasses import asdict

from scanner.domain.runs import Cursor
from scanner.store import tables
from scanner.store.connection import Lease


def save_cursor(lease: Lease, account_id: str, cursor: Cursor) -> None:
    """Store where gathering of an account stands, in the lease that stores the page it stands behind."""
    row = {**asdict(cursor), "account_id": account_id, "validators": tables.to_json(cursor.validators)}
    tables.replace(lease, "cursors", [row], keys=["account_id"])


def load_cursor(lease: Lease, account_id: str) -> Cursor:
    """Return where gathering of an account stands; an empty cursor for one never gathered."""
    rows = lease.dicts("SELECT * EXCLUDE (account_id) FROM cursors WHERE account_id = $id", {"id": account_id})
    if not rows:
        return Cursor()
    return Cursor(**{**rows[0], "validators": tables.pairs(rows[0]["validators"])})
