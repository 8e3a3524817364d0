"""Which items wait for whom: none of one's own agency or kin, none twice, none that enough people have or had."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from scanner.domain.reviews import Stage
from scanner.domain.users import Role, User
from scanner.store.connection import Lease

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when an item is due."""

WIB = ZoneInfo("Asia/Jakarta")
FIRST_BATCH = 500
"""Items looked at first, those due soonest; each further batch is eight times as large."""

# NOTE: the legal day is that of Western Indonesia Time, which has no summer time: adding seven hours is many times as
# fast as AT TIME ZONE.
_DAYS = """
    SELECT election_id, (epoch_us(known_at) + 25200000000) // 86400000000 AS "day", min(known_at) AS known_at,
           count(*) AS items
    FROM items WHERE settled_at IS NULL GROUP BY ALL"""

_WAITING = """
    FROM items AS i JOIN accounts AS a ON a.id = i.account_id
    LEFT JOIN (
        SELECT unnest($elections::VARCHAR[]) AS election_id, unnest($days::BIGINT[]) AS "day",
               unnest($turns::INTEGER[]) AS turn
    ) AS d ON d.election_id = i.election_id AND d."day" = (epoch_us(i.known_at) + 25200000000) // 86400000000
    LEFT JOIN (
        SELECT item_id,
            count(*) FILTER (stage = 'blind' AND verdict IS NOT NULL) AS judged,
            greatest(count(*) FILTER (stage = 'blind' AND verdict = 'suspected'),
                     count(*) FILTER (stage = 'blind' AND verdict = 'not_violation')) AS most,
            count(*) FILTER (
                stage = 'blind' AND person <> $person AND judgement_id IS NULL AND held_until > $now) AS held,
            count(*) FILTER (stage = 'adjudication' AND person <> $person AND held_until > $now) AS adjudicated,
            bool_or(person = $person AND (judgement_id IS NOT NULL OR revealed_at IS NOT NULL)) AS known,
            bool_or(person = $person AND stage = 'blind' AND (judgement_id IS NOT NULL OR revealed_at IS NOT NULL))
                AS judged_it,
            max(skipped_at) FILTER (person = $person) AS skipped_at
        FROM assignments WHERE NOT closed GROUP BY item_id
    ) AS c ON c.item_id = i.id
    WHERE i.settled_at IS NULL AND a.removed_at IS NULL
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.agency)))
      AND NOT list_contains($hidden::VARCHAR[], lower(trim(a.person_id)))
      AND ($draws OR NOT i.drawn) AND ($elections IS NULL OR d.turn IS NOT NULL)
      AND ($ids IS NULL OR list_contains($ids::VARCHAR[], i.id)) AND NOT list_contains($but::VARCHAR[], i.id)
      AND ((coalesce(c.judged, 0) + coalesce(c.held, 0) < $overlap AND NOT coalesce(c.known, false))
           OR ($adjudicates AND c.judged >= $overlap AND NOT (c.most >= $overlap AND 2 * c.most > c.judged)
               AND NOT c.judged_it AND c.adjudicated = 0))"""
"""Blind: fewer than wanted have judged it or hold it. Adjudication: enough have, and no verdict has enough and more
than half of them. There is no parameter for a participant (guardrail G8)."""

_FOUND = """
    i.id, coalesce(c.judged, 0) AS judged, coalesce(c.held, 0) AS held,
    CASE WHEN coalesce(c.judged, 0) < $overlap THEN 'blind' ELSE 'adjudication' END AS stage"""

_SEVERITY = "CASE WHEN i.phase IN ('TENANG', 'HARI_H', 'PSU') THEN 0 WHEN i.phase IN ('NON', 'PRA') THEN 2 ELSE 1 END"
"""How much waiting harms: quiet days and polls first, then from penetapan on, then the time before it.

By the phase alone, which the reviewer sees anyway: codes and sanction class have no part in it, so that the order tells
nothing of them.
"""

_ORDER = f"c.skipped_at NULLS FIRST, d.turn, {_SEVERITY}, md5(i.id || $person), i.id"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item that waits for a person."""

    id: str
    stage: Stage
    """BLIND or ADJUDICATION."""
    judged: int
    """Judgements that count."""
    held: int
    """How many others have it in hand."""


def next_items(
    lease: Lease,
    user: User,
    *,
    now: datetime,
    overlap: int,
    due: Due,
    limit: int,
    but: Sequence[str] = (),
    draws: bool = True,
) -> list[Waiting]:
    """Return what waits for a person: by day of the deadline, then severity, then a shuffle of the person's own.

    The shuffle stays the same. What the person put off comes after the others of about the same deadline. `but`: items
    to leave out. Without `draws` only flags.
    """
    found: list[Waiting] = []
    params = _params(user, now=now, overlap=overlap) | {"but": list(but), "draws": draws}
    for batch in _batches(lease, due):
        params |= batch | {"limit": limit - len(found)}
        found += map(_waiting, lease.dicts(f"SELECT {_FOUND} {_WAITING} ORDER BY {_ORDER} LIMIT $limit", params))
        if len(found) >= limit:
            break
    return found


def still_waiting(lease: Lease, user: User, ids: Iterable[str], *, now: datetime, overlap: int) -> dict[str, Waiting]:
    """Return which of these items wait for a person, by id."""
    params = _params(user, now=now, overlap=overlap) | {"ids": list(ids)}
    return {row["id"]: _waiting(row) for row in lease.dicts(f"SELECT {_FOUND} {_WAITING}", params)}


def count_items(lease: Lease, user: User, *, now: datetime, overlap: int, draws: bool = True) -> int:
    """Count what waits for a person; without `draws` only flags."""
    params = _params(user, now=now, overlap=overlap) | {"draws": draws}
    return int(lease.rows(f"SELECT count(*) {_WAITING}", params)[0][0])


def _params(user: User, *, now: datetime, overlap: int) -> dict[str, Any]:
    return {
        "person": user.name,
        "hidden": sorted(user.hidden),
        "adjudicates": user.role is Role.ADJUDICATOR,
        "overlap": overlap,
        "now": now,
        "elections": None,
        "days": None,
        "turns": None,
        "ids": None,
        "but": [],
        "draws": True,
    }


def _batches(lease: Lease, due: Due) -> Iterator[dict[str, list[Any]]]:
    """Yield the legal days on which open items became known, those due soonest first, with the turn of each."""
    days = [(due(row["election_id"], row["known_at"]).astimezone(WIB).date(), row) for row in lease.dicts(_DAYS)]
    days.sort(key=lambda one: (one[0], one[1]["election_id"], one[1]["day"]))
    batch: list[tuple[int, dict[str, Any]]] = []
    size, most = 0, FIRST_BATCH
    for turn, (_, group) in enumerate(groupby(days, key=lambda one: one[0])):
        same = [row for _, row in group]
        batch += [(turn, row) for row in same]
        size += sum(row["items"] for row in same)
        if size >= most:
            yield _columns(batch)
            batch, size, most = [], 0, most * 8
    if batch:
        yield _columns(batch)


def _columns(batch: Sequence[tuple[int, Mapping[str, Any]]]) -> dict[str, list[Any]]:
    return {
        "elections": [row["election_id"] for _, row in batch],
        "days": [row["day"] for _, row in batch],
        "turns": [turn for turn, _ in batch],
    }


def _waiting(row: Mapping[str, Any]) -> Waiting:
    return Waiting(id=row["id"], stage=Stage(row["stage"]), judged=row["judged"], held=row["held"])
