"""Captures: bytes first into the evidence folder, then the row that names them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scanner.domain.captures import Capture, Evidence
from scanner.store import evidence, tables
from scanner.store.connection import Lease


def save_captures(lease: Lease, captures: Iterable[Evidence]) -> None:
    """Keep the bytes durably, then store where they came from. One capture stored twice is one capture."""
    folder = evidence.folder_of(lease.folder)
    rows = []
    for item in captures:
        evidence.write(folder, item)
        rows.append(_row(item.capture))
    tables.insert_new(lease, "captures", rows, keys=["sha256", "url", "captured_at"])


def load_captures(lease: Lease, sha256: str) -> list[Capture]:
    """Return every time and place at which these bytes were captured, the first one first."""
    rows = lease.dicts("FROM captures WHERE sha256 = $sha256 ORDER BY captured_at, url", {"sha256": sha256})
    return [Capture(**{**row, "headers": tables.pairs(row["headers"])}) for row in rows]


def captured_hashes(lease: Lease) -> list[str]:
    """Return the hashes of all captures, each once: what `evidence.verify` shall find in the folder."""
    return [digest for (digest,) in lease.rows("SELECT DISTINCT sha256 FROM captures ORDER BY sha256")]


def _row(capture: Capture) -> dict[str, Any]:
    return {**asdict(capture), "headers": tables.to_json(capture.headers)}
