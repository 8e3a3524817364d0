"""What a purge took away, or would take: counts by store and outcome, no name; kept in data/receipts/<UTC>.json."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from scanner.store import files, tables


@dataclass(slots=True)
class Receipt:
    """What left."""

    at: datetime
    posts: Counter[str] = field(default_factory=Counter)
    """By outcome."""
    held: Counter[str] = field(default_factory=Counter)
    """Posts past their days that stay, by why."""
    raw_answers: int = 0
    pictures: int = 0
    """Drawn for display."""
    rows: Counter[str] = field(default_factory=Counter)
    """By table, beside those of the posts."""
    exports: Counter[str] = field(default_factory=Counter)
    """Files and folders by kind."""
    missing: list[str] = field(default_factory=list)
    """Exports that were not there any more: if somebody moved them, they are out of reach."""
    left_alone: list[str] = field(default_factory=list)
    """Exports that were altered since, or lie on a disk that is not there: somebody has to look."""
    logs: int = 0
    leftovers: int = 0
    """Files of killed runs."""
    event: int | None = None
    """audit.seq of the event that says the same; None where nothing left, or nothing has left yet."""

    @property
    def counts(self) -> dict[str, int]:
        """Everything that left, by store, without what did not."""
        found = {
            **{f"posts, {outcome}": count for outcome, count in self.posts.items()},
            "raw answers": self.raw_answers,
            "pictures": self.pictures,
            **{f"rows, {table}": count for table, count in self.rows.items()},
            **{f"exports, {kind}": count for kind, count in self.exports.items()},
            "logs": self.logs,
            "leftovers": self.leftovers,
        }
        return {store: count for store, count in found.items() if count}

    @property
    def told(self) -> dict[str, Any]:
        """The receipt as plain values."""
        # Not by `asdict`, which takes the pairs of a Counter for things to be counted.
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return values | {"at": self.at.isoformat()}


def write_receipt(data: Path, receipt: Receipt) -> Path:
    """Keep a receipt under a data folder; return where."""
    path = data / "receipts" / f"{receipt.at:%Y%m%dT%H%M%SZ}.json"
    files.write_durably(path, tables.to_json(receipt.told).encode(), mode=0o600)
    return path
