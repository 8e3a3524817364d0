"""Drafts: what a reviewer has begun to write and not yet sent, kept over lost sessions and closed tabs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.domain.reviews import Verdict
from scanner.domain.users import folded
from scanner.store import tables
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Draft:
    """One person's unfinished words on one item."""

    item_id: str
    person: str
    saved_at: datetime
    verdict: Verdict | None = None
    codes: tuple[str, ...] = ()
    note: str = ""


def save_draft(lease: Lease, draft: Draft) -> None:
    """Keep a draft in place of the one before."""
    row = {
        "item_id": draft.item_id,
        "person": folded(draft.person),
        "verdict": draft.verdict,
        "codes": tables.to_json(draft.codes),
        "note": draft.note,
        "saved_at": draft.saved_at,
    }
    tables.replace(lease, "drafts", [row], keys=["item_id", "person"])


def load_drafts(lease: Lease, person: str, item_ids: Iterable[str]) -> dict[str, Draft]:
    """Return a person's drafts by item; items without one are left out."""
    rows = lease.dicts(
        "FROM drafts WHERE person = $person AND list_contains($items::VARCHAR[], item_id) ORDER BY item_id",
        {"person": folded(person), "items": list(item_ids)},
    )
    return {row["item_id"]: _draft(row) for row in rows}


def drop_draft(lease: Lease, item_id: str, person: str) -> None:
    """Forget a draft: it was sent, or thrown away."""
    params = {"item": item_id, "person": folded(person)}
    lease.execute("DELETE FROM drafts WHERE item_id = $item AND person = $person", params)


def _draft(row: Mapping[str, Any]) -> Draft:
    verdict = None if row["verdict"] is None else tables.word_of(Verdict, row["verdict"], "drafts.verdict")
    return Draft(**{**row, "verdict": verdict, "codes": tuple(json.loads(row["codes"]))})
