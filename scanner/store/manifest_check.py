"""Checking the manifest: captures against their leaves, leaves against their links, links against the anchor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.domain.links import Link, digest_of, leaf_of, record_of, rehash
from scanner.errors import StoreDamaged
from scanner.store import audit, manifest
from scanner.store.audit import GENESIS, Head
from scanner.store.connection import Lease

_AT_ONCE = 500
"""Links whose captures are looked at together: a million captures need not fit into memory."""


@dataclass(frozen=True, slots=True)
class ManifestReport:
    """What checking the manifest found."""

    links: int
    anchored: int | None
    """Number of the last link the anchor knows; None when there is no anchor."""
    erased: int
    """Captures erased by law, each with an event that says who and why."""
    problems: tuple[str, ...]
    """Plain words with numbers of links; empty when nothing was changed or lost."""


def verify(lease: Lease, anchor_file: Path | None = None, *, newest: int | None = None) -> ManifestReport:
    """Check every capture's row, every link and the anchor; reports, never raises or repairs.

    Files are checked by `evidence.verify`. An anchor older than the last link is in order: a kill may fall between
    commit and anchoring. `newest`: check no more than so many links, and of those before only that none is missing.
    """
    path = anchor_file or manifest.anchor_path(lease.folder)
    anchor, problems = _anchor(path)
    before, last = _behind(lease, newest)
    if before != last.seq:
        problems.append(f"{last.seq - before} of the links up to {last.seq} are missing")
    while batch := manifest.links(lease, last.seq + 1, _reach(lease, last)):
        problems.extend(_captures(lease, batch))
        for link in batch:
            problems.extend(_faults(link, last, anchor))
            last = Head(seq=link.seq, hash=link.hash)
    problems.extend(_unbound(lease))
    erased = _erasures(lease)
    problems.extend(erased.values())
    if anchor is None and last != GENESIS and not problems:
        problems.append(f"{path}: the anchor is missing, so a cut or rewritten end cannot be ruled out")
    if anchor is not None and anchor.seq > last.seq:
        problems.append(f"links {last.seq + 1} to {anchor.seq} are missing: the end of the manifest was cut off")
    [(links, gone)] = lease.rows("SELECT (SELECT count(*) FROM manifest), (SELECT count(*) FROM erasures)")
    return ManifestReport(
        links=links, anchored=anchor.seq if anchor else None, erased=gone - len(erased), problems=tuple(problems)
    )


def _anchor(path: Path) -> tuple[Head | None, list[str]]:
    try:
        return audit.read_anchor(path), []
    except StoreDamaged as error:
        return None, [str(error)]


def _behind(lease: Lease, newest: int | None) -> tuple[int, Head]:
    """Return how many links are not checked one by one, and the last of them: none unless `newest` bounds it."""
    if newest is None:
        return 0, GENESIS
    rows = lease.rows("SELECT seq, hash FROM manifest ORDER BY seq DESC LIMIT 1 OFFSET ?", [newest])
    last = Head(*rows[0]) if rows else GENESIS
    [(before,)] = lease.rows("SELECT count(*) FROM manifest WHERE seq <= ?", [last.seq])
    return before, last


def _reach(lease: Lease, last: Head) -> int:
    """Return the number of the last link of the next batch, over gaps."""
    sql = "SELECT coalesce(max(seq), 0) FROM (SELECT seq FROM manifest WHERE seq > ? ORDER BY seq LIMIT ?)"
    return int(lease.rows(sql, [last.seq, _AT_ONCE])[0][0])


def _faults(link: Link, last: Head, anchor: Head | None) -> Iterator[str]:
    if link.seq != last.seq + 1:
        yield f"links {last.seq + 1} to {link.seq - 1} are missing"
    if link.prev_hash != last.hash:
        yield f"link {link.seq} does not follow from the link before it"
    if link.hash != rehash(link):
        yield f"link {link.seq} was altered"
    if anchor is not None and anchor.seq == link.seq and anchor.hash != link.hash:
        yield f"link {link.seq} is not the one that was anchored: the end of the manifest was rewritten"


def _captures(lease: Lease, batch: Sequence[Link]) -> Iterator[str]:
    """Compare the captures of some links with what the links say came with them."""
    between = [batch[0].seq, batch[-1].seq]
    for row in lease.dicts("FROM captures WHERE link BETWEEN ? AND ? ORDER BY link, leaf", between):
        if leaf_of(record_of(manifest.capture_of(row), row["salt"] or "")) != row["leaf"]:
            yield f"link {row['link']}: the record of capture {row['sha256']} from {row['url']} was altered"
    leaves = manifest.leaves_of(lease, *between)
    for link in batch:
        found = leaves.get(link.seq, [])
        if digest_of(found) != link.digest:
            yield (
                f"link {link.seq}: {link.captures} captures were saved at {link.saved_at:%Y-%m-%d %H:%M:%S} UTC, "
                f"{_instead(link.captures, len(found))}"
            )


def _instead(saved: int, found: int) -> str:
    if found < saved:
        return f"{saved - found} of them are gone without a recorded erasure"
    return f"{found - saved} were put among them" if found > saved else "others are in their place"


def _unbound(lease: Lease) -> Iterator[str]:
    sql = """SELECT sha256, url FROM captures WHERE link IS NULL OR link NOT IN (SELECT seq FROM manifest)
             ORDER BY sha256, url, captured_at"""
    for digest, url in lease.rows(sql):
        yield f"capture {digest} from {url} is on no link: it was put there past the manifest, or its link is gone"


def _erasures(lease: Lease) -> dict[str, str]:
    """Return by leaf the erasures that the audit chain does not tell of."""
    events = lease.rows("SELECT seq, detail FROM audit WHERE action = 'capture.erase'")
    told = {seq: frozenset(json.loads(detail)["leaves"]) for seq, detail in events}
    return {
        leaf: f"link {link}: leaf {leaf} is said to be erased, but no audit event tells by whom and why"
        for leaf, link, event in lease.rows("SELECT leaf, link, event FROM erasures ORDER BY link, leaf")
        if leaf not in told.get(event, ())
    }
