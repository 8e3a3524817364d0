"""Which posts are past their days, by what became of them and by the phase they were posted in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import pyarrow as pa

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from scanner.store.connection import Lease
from scanner.store.tombstones import Tomb

_MOMENT = pa.timestamp("us", "UTC")
_LIMITS = pa.schema([("outcome", pa.string()), ("phase", pa.string()), ("rank", pa.int8()), ("before", _MOMENT)])

# A post leaves when all that is known of it is past its days: every version that was flagged or drawn, and its newest
# words, in which nothing may have been found. A phase that nobody knows keeps it. The legal clock of an edit is that of
# the post's first flag (`known_at`); its days here begin when its own words were seen.
_PAST = """
    WITH said AS (
        SELECT flag_id AS id, max_by(verdict, seq) FILTER (stage = 'adjudication') AS ruling,
               count(*) FILTER (verdict = 'suspected') > count(*) FILTER (verdict = 'not_violation') AS mostly
        FROM standing_judgements GROUP BY flag_id
    ), cases AS (
        SELECT i.post_id, i.election_id, i.phase,
               CASE WHEN r.flag_id IS NOT NULL THEN 'referred' WHEN i.settled_at IS NULL THEN 'unsettled'
                    WHEN coalesce(said.ruling = 'suspected', said.mostly) THEN 'suspected'
                    ELSE 'dismissed' END AS outcome,
               coalesce(r.referred_at, i.settled_at, greatest(i.known_at, v.captured_at)) AS since,
               i.id IN (SELECT item_id FROM gold) AS golden,
               i.id IN (SELECT item_id FROM assignments
                        WHERE NOT closed AND judgement_id IS NULL AND held_until > $now) AS in_hand
        FROM items AS i LEFT JOIN said USING (id) LEFT JOIN referrals AS r ON r.flag_id = i.id
        LEFT JOIN versions AS v ON v.id = i.id
    ), judged AS (
        SELECT post_id, bool_and(coalesce(c.since <= l.before, false)) AS past, bool_or(golden) AS golden,
               bool_or(in_hand) AS in_hand,
               arg_max(struct_pack(outcome := c.outcome, election_id, phase := c.phase), l.rank) AS item
        FROM cases AS c LEFT JOIN limits AS l ON l.outcome = c.outcome AND l.phase = c.phase GROUP BY post_id
    ), seen AS (SELECT post_id, max(captured_at) AS captured_at FROM versions GROUP BY post_id)
    SELECT p.id, p.platform, v.posted_at, s.captured_at, j.item.outcome AS outcome, j.item.election_id AS election_id,
           j.item.phase AS phase, coalesce(j.golden, false) AS golden, coalesce(j.in_hand, false) AS in_hand
    FROM posts AS p JOIN seen AS s ON s.post_id = p.id JOIN versions AS v ON v.id = p.version_id
    LEFT JOIN judged AS j ON j.post_id = p.id
    WHERE s.captured_at <= $newest AND coalesce(j.past, true) AND ($only IS NULL OR p.id = ANY($only::VARCHAR[]))
    ORDER BY j.post_id IS NULL, p.id"""


class Held(StrEnum):
    """Why a post stays although it is past its days."""

    LEGAL_HOLD = "legal_hold"  # flagged, on a platform with a legal hold
    GOLD = "gold"  # reviewers are measured against it
    IN_HAND = "in_hand"  # somebody is judging it right now


@dataclass(frozen=True, slots=True)
class Election:
    """The election that posts are held against which nothing flagged."""

    id: str
    phase_at: Callable[[datetime], Phase]


@dataclass(frozen=True, slots=True)
class Past:
    """A post past its days."""

    post_id: str
    tomb: Tomb
    held: Held | None


def past_days(
    lease: Lease,
    policy: Policy,
    election: Election,
    *,
    holds: Collection[str] = (),
    only: Sequence[str] | None = None,
    now: datetime,
) -> list[Past]:
    """Return the posts past their days, those with a flag first; of `only` some posts, where these are given.

    `holds`: platforms whose flagged posts stay by law.
    """
    lease.register("limits", pa.Table.from_pylist(list(_limits(policy, now)), schema=_LIMITS))
    newest = now - timedelta(days=min(policy.all_days(Outcome.UNFLAGGED)))
    rows = lease.dicts(_PAST, {"now": now, "newest": newest, "only": None if only is None else list(only)})
    found = ((row, _phase(row, election)) for row in rows)
    return [
        Past(row["id"], _tomb(row, phase, election), _held(row, holds))
        for row, phase in found
        if row["captured_at"] <= policy.before(Outcome.UNFLAGGED, phase, now)
    ]


def _limits(policy: Policy, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield, for each outcome and phase, the moment up to which it must have come about."""
    for rank, outcome in enumerate(KEPT_FOR):
        for phase in Phase:
            before = policy.before(outcome, phase, now)
            yield {"outcome": outcome, "phase": phase, "rank": rank, "before": before}


def _phase(row: Mapping[str, Any], election: Election) -> Phase | None:
    if row["phase"] is not None:
        return Phase(row["phase"])
    return None if row["posted_at"] is None else election.phase_at(row["posted_at"].astimezone(UTC))


def _tomb(row: Mapping[str, Any], phase: Phase | None, election: Election) -> Tomb:
    outcome = Outcome(row["outcome"] or Outcome.UNFLAGGED)
    return Tomb(outcome, row["election_id"] or election.id, phase)


def _held(row: Mapping[str, Any], holds: Collection[str]) -> Held | None:
    if row["outcome"] is not None and row["platform"] in holds:
        return Held.LEGAL_HOLD
    if row["golden"]:
        return Held.GOLD
    return Held.IN_HAND if row["in_hand"] else None
