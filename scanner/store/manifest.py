"""The manifest: a chain with one link for each saved page; its head is anchored outside the database.

Removed or changed captures, rows and files together, no longer fit their link; a cut or rewritten end no longer fits
the anchor. A capture erased by law leaves its leaf behind, with the event that says who and why, and the chain holds.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from scanner.domain.captures import Capture
from scanner.domain.links import Link, leaf_of, new_salt, next_link, record_of
from scanner.errors import StoreDamaged
from scanner.store import audit, evidence, tables
from scanner.store.audit import GENESIS, Head
from scanner.store.connection import Lease

_ADOPTED = 1000
"""Captures on one link when those from before the manifest are taken up."""


def anchor_path(folder: Path) -> Path:
    """Return where the head of the manifest is kept outside the database."""
    return folder / "manifest.head"


def head(lease: Lease) -> Head:
    """Return the last link.

    StoreDamaged when the database no longer holds the one that was anchored: going on would cover up the loss.
    """
    path = anchor_path(lease.folder)
    if path.name in lease.after_commit:
        return last_link(lease)
    anchor = audit.read_anchor(path) or _begin(lease, path)
    # One look-up by key says whether the anchored link is there and which is the last one.
    found = lease.rows("SELECT seq, hash FROM manifest WHERE seq >= ? ORDER BY seq", [anchor.seq])
    if anchor != GENESIS and (anchor.seq, anchor.hash) not in found[:1]:
        raise StoreDamaged(
            f"{lease.path}: link {anchor.seq}, which {path.name} knows, is not in the database: captures were lost or "
            f"altered; run `scanner verify` before anything is added"
        )
    return Head(*found[-1]) if found else GENESIS


def append(lease: Lease, last: Head, leaves: Iterable[str]) -> Head:
    """Add a link behind `last` in the transaction that stores its captures; without leaves there is none."""
    listed = list(leaves)
    if not listed:
        return last
    link = next_link(last.seq + 1, last.hash, listed, datetime.now(UTC))
    lease.execute("INSERT INTO manifest VALUES (?, ?, ?, ?, ?, ?)", list(asdict(link).values()))
    new, path = Head(seq=link.seq, hash=link.hash), anchor_path(lease.folder)
    lease.after_commit[path.name] = partial(_anchor, path, new)
    return new


def adopt(lease: Lease) -> None:
    """Put captures from before the manifest on links of their own."""
    rows, last = lease.dicts("FROM captures WHERE link IS NULL ORDER BY captured_at, sha256, url"), head(lease)
    for start in range(0, len(rows), _ADOPTED):
        taken = [_bound(row, last.seq + 1) for row in rows[start : start + _ADOPTED]]
        tables.replace(lease, "captures", taken, keys=["sha256", "url", "captured_at"])
        last = append(lease, last, [row["leaf"] for row in taken])


def erase(lease: Lease, hashes: Iterable[str], *, by: str, reason: str, at: datetime | None = None) -> int:
    """Erase captures by law: row, salt and bytes go, the leaf stays with the event that says who and why.

    Returns how many rows went. The database file itself is rid of them only once it is written anew (purge). After a
    kill, erasing the same hashes again removes bytes that were left.
    """
    named = sorted(set(hashes))
    rows = lease.rows("DELETE FROM captures WHERE sha256 = ANY(?::VARCHAR[]) RETURNING leaf, link", [named])
    if rows:
        detail = {"reason": reason, "leaves": sorted(leaf for leaf, _ in rows)}
        event = audit.append(lease, actor=by, action="capture.erase", subject="captures", detail=detail, at=at)
        erased = [{"leaf": leaf, "link": link, "event": event.seq} for leaf, link in rows]
        tables.insert_new(lease, "erasures", erased, keys=["leaf"])
    for digest in named:
        path = evidence.path_of(evidence.folder_of(lease.folder), digest)
        lease.after_commit[f"erase {digest}"] = partial(path.unlink, missing_ok=True)
    return len(rows)


def reanchor(lease: Lease, *, actor: str, reason: str) -> Head:
    """Accept the manifest as it is, after a restored backup: the lost anchor becomes part of an audit event."""
    path, last = anchor_path(lease.folder), last_link(lease)
    lost = path.read_text(encoding="utf-8", errors="replace") if path.exists() else None
    detail = {"reason": reason, "anchor_before": lost, "anchor_now": asdict(last)}
    audit.append(lease, actor=actor, action="manifest.reanchor", subject="manifest", detail=detail)
    lease.after_commit[path.name] = partial(audit.write_anchor, path, last)
    return last


def last_link(lease: Lease) -> Head:
    """Return number and hash of the last link; reads only."""
    rows = lease.rows("SELECT seq, hash FROM manifest ORDER BY seq DESC LIMIT 1")
    return Head(*rows[0]) if rows else GENESIS


def links(lease: Lease, first: int, last: int) -> list[Link]:
    """Return the links from one number to another, both included."""
    rows = lease.dicts("FROM manifest WHERE seq BETWEEN $first AND $last ORDER BY seq", {"first": first, "last": last})
    return [Link(**row) for row in rows]


def leaves_of(lease: Lease, first: int, last: int) -> dict[int, list[str]]:
    """Return by link the leaves of its captures, erased ones included."""
    rows = lease.rows(
        """SELECT link, leaf FROM captures WHERE link BETWEEN $first AND $last UNION ALL
           SELECT link, leaf FROM erasures WHERE link BETWEEN $first AND $last ORDER BY ALL""",
        {"first": first, "last": last},
    )
    found: dict[int, list[str]] = {}
    for link, leaf in rows:
        found.setdefault(link, []).append(leaf)
    return found


def capture_of(row: Mapping[str, Any]) -> Capture:
    """Return a capture from its row."""
    kept = {name: value for name, value in row.items() if name not in ("link", "salt", "leaf")}
    told = {"headers": tables.pairs(row["headers"]), "request": tables.pairs(row["request"])}
    return Capture(**{**kept, **told})


def _bound(row: Mapping[str, Any], link: int) -> dict[str, Any]:
    salt = new_salt()
    key = {name: row[name] for name in ("sha256", "url", "captured_at")}
    return {**key, "link": link, "salt": salt, "leaf": leaf_of(record_of(capture_of(row), salt))}


def _begin(lease: Lease, path: Path) -> Head:
    """Anchor before the first link, so that from then on a missing anchor is always a finding."""
    if (last := last_link(lease)) != GENESIS:
        raise StoreDamaged(f"{path}: the anchor of {last.seq} links is missing; run `scanner verify`")
    audit.write_anchor(path, GENESIS)
    return GENESIS


def _anchor(path: Path, new: Head) -> None:
    """Write over the anchor in place: flushing it to disk for each page would be felt.

    It is far smaller than a sector and never shorter than before, so a kill leaves the old head or the new one, and
    a power cut perhaps an older one, which is in order.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(descriptor, tables.to_json(asdict(new)).encode(), 0)
    finally:
        os.close(descriptor)
