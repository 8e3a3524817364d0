"""Items that could not be read: place, reason and hash are kept, so none is silently lost; their content is not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from scanner.domain.runs import Rejected
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.hidden import hide_in_rejected


def save_rejected(lease: Lease, rejected: Iterable[Rejected], *, run_id: str, seen_at: datetime) -> int:
    """Store items that could not be read; return how many were not there yet."""
    rows = (_row(item, run_id=run_id, seen_at=seen_at) for item in rejected)
    return len(tables.insert_new(lease, "quarantine", rows, keys=["id"]))


def load_rejected(lease: Lease, *, run_id: str | None = None, limit: int = 1000) -> list[Rejected]:
    """Return items in quarantine, the newest first, that one run met first or of all runs.

    Who is suspended is not named.
    """
    rows = lease.dicts(
        """SELECT source, line, reason, raw_sha256 FROM quarantine WHERE $run_id IS NULL OR run_id = $run_id
           ORDER BY rejected_at DESC, source, line, id LIMIT $limit""",
        {"run_id": run_id, "limit": limit},
    )
    return hide_in_rejected(lease, (Rejected(**row) for row in rows))


def count_rejected(lease: Lease) -> int:
    """Return how many items are in quarantine."""
    return int(lease.rows("SELECT count(*) FROM quarantine")[0][0])


def _row(item: Rejected, *, run_id: str, seen_at: datetime) -> dict[str, Any]:
    # File names and reasons may hold lone surrogates, which no database stores: written as \\udxxx.
    row = {key: _storable(value) if isinstance(value, str) else value for key, value in asdict(item).items()}
    digest = hashlib.sha256(tables.to_json(row).encode()).hexdigest()
    return {**row, "id": digest, "run_id": run_id, "rejected_at": seen_at}


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
