"""Exports: files and snapshots that left the record, so that they leave with what is in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from scanner.store import tables
from scanner.store.connection import Lease

REVIEW = "review"
"""Kind of the files that reviewers judge from offline."""
BUNDLE = "bundle"
"""Kind of the evidence of one flag; its series is the post."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file or folder that left."""

    path: str
    """Where it was written, from the root of the disk."""
    kind: str
    """flags, reviews, posts, agreement, review, bundle, snapshot, person or backup."""
    made_at: datetime
    made_by: str
    sha256: str
    """Of the file, or of the list of hashes of a folder."""
    identifiable: bool
    """It holds words or names, so somebody can be found by it."""
    series: str | None = None
    """Of a snapshot: the series whose key its ids are made with; of a person: the mark; of a bundle: posts.id."""
    reason: str = ""
    """Why; empty where nobody has to say."""
    agreement: str | None = None
    """Reference of the written agreement with who gets it."""


def save_export(lease: Lease, export: Export) -> None:
    """Note what left; a later one at the same place takes the place of the earlier."""
    tables.replace(lease, "exports", [asdict(export)], keys=["path"])


def load_exports(lease: Lease) -> list[Export]:
    """Return all that left and is not crossed off, the oldest first."""
    return [Export(**row) for row in lease.dicts("FROM exports ORDER BY made_at, path")]


def follow_moved(lease: Lease) -> None:
    """Let what is noted lead to where snapshots lie now: a workspace may have been moved with everything in it."""
    for one in load_exports(lease):
        here = lease.folder.absolute() / "snapshots" / Path(one.path).name
        if one.kind == "snapshot" and here.is_dir() and not Path(one.path).exists():
            lease.execute("UPDATE exports SET path = ? WHERE path = ?", [str(here), one.path])
