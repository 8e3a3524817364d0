"""Captures: bytes first into the evidence folder, then the row that names them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any

from scanner.domain.captures import Capture, Evidence
from scanner.store import evidence, tables
from scanner.store.connection import Lease


def save_captures(lease: Lease, captures: Iterable[Evidence]) -> None:
    """Keep the bytes durably, then store where they came from. One capture stored twice is one capture."""
    items = list(captures)
    # Side by side, because each file waits for the disk: one after the other, 500 files took 7 s, so 0.5 s.
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(partial(evidence.write, evidence.folder_of(lease.folder)), items))
    rows = [_row(item.capture) for item in items]
    tables.insert_new(lease, "captures", rows, keys=["sha256", "url", "captured_at"])


def load_captures(lease: Lease, sha256: str) -> list[Capture]:
    """Return every time and place at which these bytes were captured, the first one first."""
    rows = lease.dicts("FROM captures WHERE sha256 = $sha256 ORDER BY captured_at, url", {"sha256": sha256})
    return [
        Capture(**{**row, "headers": tables.pairs(row["headers"]), "request": tables.pairs(row["request"])})
        for row in rows
    ]


def captured_hashes(lease: Lease) -> list[str]:
    """Return the hashes of all captures, each once: what `evidence.verify` shall find in the folder."""
    return [digest for (digest,) in lease.rows("SELECT DISTINCT sha256 FROM captures ORDER BY sha256")]


def _row(capture: Capture) -> dict[str, Any]:
    told = {"headers": tables.to_json(capture.headers), "request": tables.to_json(capture.request)}
    return {**asdict(capture), **told}
