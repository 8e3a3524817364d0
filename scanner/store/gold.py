"""Gold: settled items against which reviewers are measured, without knowing which they are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.reviews import Verdict
from scanner.domain.users import Role, User, folded
from scanner.errors import ReviewError
from scanner.store import audit, tables
from scanner.store.connection import Lease

_FOR = """
    SELECT g.item_id FROM gold AS g JOIN items AS i ON i.id = g.item_id JOIN listed AS a ON a.id = i.account_id
    WHERE lower(trim(g.set_by)) <> $person
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))
      AND NOT EXISTS (
          FROM assignments AS s WHERE s.item_id = g.item_id AND s.person = $person
          AND (s.judgement_id IS NOT NULL OR s.revealed_at IS NOT NULL))
    ORDER BY md5(g.item_id || $person)"""


_ENDS = """
    WITH said AS (
        SELECT id, row_number() OVER (ORDER BY seq) AS place, count(*) OVER () AS many
        FROM judgements WHERE lower(trim(reviewer)) = $person AND decided_at >= $since
          AND verdict <> 'withdrawn' AND stage <> 'preview'
    ), looked AS (SELECT id, place, many - many % $step AS many FROM said)
    SELECT l.place > $span AS late, count(*), count(*) FILTER (s.verdict = g.verdict)
    FROM looked AS l JOIN assignments AS s ON s.judgement_id = l.id AND s.stage = 'gold' AND s.verdict IS NOT NULL
    JOIN gold AS g ON g.item_id = s.item_id
    WHERE l.many >= 2 * $span AND (l.place <= $span OR (l.place > l.many - $span AND l.place <= l.many))
    GROUP BY late"""


@dataclass(frozen=True, slots=True)
class Gold:
    """An item whose verdict is held to be beyond doubt."""

    item_id: str
    verdict: Verdict
    codes: tuple[str, ...]
    set_by: str
    set_at: datetime


def set_gold(lease: Lease, gold: Gold, *, reason: str) -> bool:
    """Store a gold item, with its event in the audit chain; False when it is gold already.

    ReviewError unless the verdict is definite: nobody can be measured against doubt.
    """
    if gold.verdict not in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION):
        raise ReviewError(f"{gold.item_id}: gold is suspected or not_violation, not {gold.verdict}")
    row = {
        "item_id": gold.item_id,
        "verdict": gold.verdict,
        "codes": tables.to_json(gold.codes),
        "set_by": gold.set_by,
        "set_at": gold.set_at,
    }
    if not tables.insert_new(lease, "gold", [row], keys=["item_id"]):
        return False
    detail = {"verdict": gold.verdict, "reason": reason}
    audit.append(lease, actor=gold.set_by, action="gold.set", subject=gold.item_id, detail=detail, at=gold.set_at)
    return True


def retire_gold(lease: Lease, item_id: str, *, by: str, at: datetime) -> bool:
    """Let an item be gold no more, with its event in the audit chain; False when it is not gold."""
    if not lease.rows("DELETE FROM gold WHERE item_id = $id RETURNING item_id", {"id": item_id}):
        return False
    audit.append(lease, actor=by, action="gold.retire", subject=item_id, detail={}, at=at)
    return True


def load_gold(lease: Lease, item_ids: Iterable[str] | None = None) -> dict[str, Gold]:
    """Return gold items by id, of some items or of all."""
    marks, ids = ("", {}) if item_ids is None else tables.among(item_ids)
    where = f"WHERE item_id IN {marks}" if marks else ""
    rows = lease.dicts(f"FROM gold {where} ORDER BY item_id", ids)
    return {
        row["item_id"]: Gold(**{**row, "verdict": Verdict(row["verdict"]), "codes": tuple(json.loads(row["codes"]))})
        for row in rows
    }


def gold_for(lease: Lease, user: User) -> list[str]:
    """Return the gold items that a person has not judged, has not set and may see, in an order of the person's own.

    None for an adjudicator: among disputes it would be known for what it is.
    """
    if user.role is Role.ADJUDICATOR:
        return []
    return [item for (item,) in lease.rows(_FOR, {"person": user.name, "hidden": sorted(user.hidden)})]


def gold_results(lease: Lease, person: str) -> tuple[int, int]:
    """Return how many gold items a person has judged, and how many of them as they are."""
    [(judged, right)] = lease.rows(
        """SELECT count(*), count(*) FILTER (s.verdict = g.verdict)
           FROM assignments AS s JOIN gold AS g USING (item_id)
           WHERE s.person = $person AND s.stage = 'gold' AND s.verdict IS NOT NULL""",
        {"person": folded(person)},
    )
    return int(judged), int(right)


def gold_ends(
    lease: Lease, person: str, *, since: datetime, span: int, step: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return gold judged and judged right among the first, and among the last, `span` decisions since a moment.

    Both without any before there are twice as many. The last ones end at a multiple of `step`: what is reckoned from
    them changes with no single answer, which would tell that it was gold.
    """
    params = {"person": folded(person), "since": since, "span": span, "step": step}
    told = {late: (int(judged), int(right)) for late, judged, right in lease.rows(_ENDS, params)}
    return told.get(False, (0, 0)), told.get(True, (0, 0))
