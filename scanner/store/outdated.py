"""Rows beside the posts that are past their days: run history, what could not be read, drafts, ended sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Up to which moment rows are past their days."""

    history: datetime
    drafts: datetime
    """Of items that wait no more."""
    sessions: datetime


# A run that brought words still on record stays: by it one knows whether they were gathered or imported.
_PAST: Mapping[str, tuple[str, str]] = {
    "coverage": ("history", "ended_at < $before"),
    "runs": ("history", "started_at < $before AND id NOT IN (SELECT run_id FROM versions)"),
    "quarantine": ("history", "rejected_at < $before"),
    "devices": ("history", "seen_at < $before"),
    "drafts": ("drafts", "saved_at < $before AND item_id NOT IN (SELECT id FROM items WHERE settled_at IS NULL)"),
    "sessions": ("sessions", "seen_at < $before"),
    "sign_in_attempts": ("sessions", "tried_at < $before"),
}


def count_outdated(lease: Lease, cutoffs: Cutoffs) -> dict[str, int]:
    """Return by table how many rows are past their days; tables without any are left out."""
    found = {
        table: lease.rows(f"SELECT count(*) FROM {table} WHERE {past}", _params(cutoffs, which))  # noqa: S608
        for table, (which, past) in _PAST.items()
    }
    return {table: count for table, [(count,)] in found.items() if count}


def delete_outdated(lease: Lease, cutoffs: Cutoffs) -> dict[str, int]:
    """Delete these rows; return by table how many went."""
    counts = count_outdated(lease, cutoffs)
    for table in counts:
        which, past = _PAST[table]
        lease.execute(f"DELETE FROM {table} WHERE {past}", _params(cutoffs, which))  # noqa: S608
    return counts


def _params(cutoffs: Cutoffs, which: str) -> dict[str, datetime]:
    return {"before": getattr(cutoffs, which)}
