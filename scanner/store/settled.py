"""Settled items: those that enough agreed on or a third person ruled on, and who laid one open to look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scanner.domain.accounts import Confidence
from scanner.domain.reviews import Stage, Verdict
from scanner.domain.users import User, folded
from scanner.store import tables
from scanner.store.connection import Lease

_WORDS = 200
"""First characters of a post that stand in the list."""

_SETTLED = """
    WITH said AS (
        SELECT item_id, any_value(verdict) FILTER (stage = 'adjudication') AS ruled,
               count(*) FILTER (stage = 'blind') AS judged,
               count(*) FILTER (stage = 'blind' AND verdict = $verdict) AS agreed,
               count(*) FILTER (verdict = 'suspected') AS suspecting
        FROM assignments WHERE stage <> 'gold' AND verdict IS NOT NULL GROUP BY item_id)
    SELECT i.id, a.handle, a.platform, a.confidence, i.election_id, i.known_at, i.drawn, s.suspecting,
           r.flag_id IS NOT NULL AS referred, left(v.text, $words) AS words,
           EXISTS (FROM assignments AS o WHERE o.item_id = i.id AND o.person = $person
                   AND o.revealed_at IS NOT NULL) AS opened
    FROM items AS i JOIN said AS s ON s.item_id = i.id JOIN listed AS a ON a.id = i.account_id
    JOIN versions AS v ON v.id = i.id LEFT JOIN referrals AS r ON r.flag_id = i.id
    WHERE i.settled_at IS NOT NULL
      AND (s.ruled = $verdict OR (s.ruled IS NULL AND s.agreed >= $overlap AND 2 * s.agreed > s.judged))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))
    ORDER BY i.settled_at DESC, i.id LIMIT $limit OFFSET $offset"""
"""NOTE: what `domain.seats.outcome` says of seats, said once more; a test holds the two against each other."""

_LAY_OPEN = """
    UPDATE assignments SET revealed_at = $now, shown_at = coalesce(shown_at, $now), closed = true,
           stage = CASE WHEN EXISTS (FROM judgements AS j WHERE j.flag_id = $item AND lower(trim(j.reviewer)) = $person)
                        THEN stage ELSE 'adjudication' END
    WHERE item_id = $item AND person = $person AND revealed_at IS NULL RETURNING item_id"""


@dataclass(frozen=True, slots=True)
class SettledItem:
    """One settled item as it is listed."""

    id: str
    handle: str
    platform: str
    confidence: Confidence
    """That the account is the person's own."""
    election_id: str
    known_at: datetime
    drawn: bool
    """It was drawn at random, and no rule has flagged it since: it can become gold, and is not referred."""
    suspecting: int
    """How many people hold it suspected."""
    referred: bool
    words: str
    """The first of its post."""
    opened: bool
    """The person who asks has seen what was said of it."""


def settled_items(
    lease: Lease, user: User, verdict: Verdict, *, overlap: int, limit: int | None = None, offset: int = 0
) -> list[SettledItem]:
    """Return what is settled with a verdict and the person may see, settled last first."""
    params: dict[str, Any] = {
        "verdict": verdict,
        "overlap": overlap,
        "person": user.name,
        "hidden": sorted(user.hidden),
        "words": _WORDS,
        "limit": limit,
        "offset": offset,
    }
    rows = lease.dicts(_SETTLED, params)
    return [SettledItem(**{**row, "confidence": Confidence(row["confidence"])}) for row in rows]


def lay_open(lease: Lease, item_id: str, person: str, *, now: datetime) -> bool:
    """Note that a person looks at a settled item, which gives them a place at it; False when that was noted before.

    Their place is that of somebody who may rule, unless they have judged it: who was one of the two stays that.
    """
    who = {"item_id": item_id, "person": folded(person)}
    if lease.rows("FROM assignments WHERE item_id = $item_id AND person = $person", who):
        return bool(lease.rows(_LAY_OPEN, {"item": item_id, "person": folded(person), "now": now}))
    times = {"taken_at": now, "held_until": now, "shown_at": now, "revealed_at": now}
    tables.insert_one(lease, "assignments", {**who, "stage": Stage.ADJUDICATION, **times, "closed": True})
    return True
