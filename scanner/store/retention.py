"""Which posts are past their days, by what became of them and by the phase they were posted in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from scanner.store import tables
from scanner.store.connection import Lease
from scanner.store.tombstones import Tomb

_MOMENT = pa.timestamp("us", "UTC")
_LIMITS = pa.schema([("outcome", pa.string()), ("phase", pa.string()), ("rank", pa.int8()), ("before", _MOMENT)])
_DAYS = pa.schema([("day", pa.date32()), ("phase", pa.string())])

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
        LEFT JOIN versions AS v ON v.id = i.id WHERE $only IS NULL OR i.post_id = ANY($only::VARCHAR[])
    ), judged AS (
        SELECT post_id, bool_and(coalesce(c.since <= l.before, false)) AS past, bool_or(golden) AS golden,
               bool_or(in_hand) AS in_hand,
               arg_max(struct_pack(outcome := c.outcome, election_id, phase := c.phase), l.rank) AS item
        FROM cases AS c LEFT JOIN limits AS l ON l.outcome = c.outcome AND l.phase = c.phase GROUP BY post_id
    ), seen AS (
        SELECT post_id, max(captured_at) AS captured_at FROM versions
        WHERE $only IS NULL OR post_id = ANY($only::VARCHAR[]) GROUP BY post_id
    ), known AS (
        SELECT p.id, p.platform, s.captured_at, j.item.outcome AS outcome, j.item.election_id AS election_id,
               coalesce(j.item.phase, d.phase) AS phase, coalesce(j.golden, false) AS golden,
               coalesce(j.in_hand, false) AS in_hand
        FROM posts AS p JOIN seen AS s ON s.post_id = p.id JOIN versions AS v ON v.id = p.version_id
        LEFT JOIN judged AS j ON j.post_id = p.id
        LEFT JOIN days AS d ON d."day" = CAST(v.posted_at AT TIME ZONE $zone AS DATE)
        WHERE coalesce(j.past, true)
    )
    SELECT id, coalesce(k.outcome, 'unflagged') AS outcome, coalesce(election_id, $election) AS election_id, k.phase,
           CASE WHEN k.outcome IS NOT NULL AND platform = ANY($holds::VARCHAR[]) THEN 'legal_hold'
                WHEN golden THEN 'gold' WHEN in_hand THEN 'in_hand' END AS held
    FROM known AS k LEFT JOIN limits AS l ON l.outcome = 'unflagged' AND l.phase = k.phase
    WHERE captured_at <= CASE WHEN k.phase IS NULL THEN $timeless ELSE l.before END"""


class Held(StrEnum):
    """Why a post stays although it is past its days."""

    LEGAL_HOLD = "legal_hold"  # flagged, on a platform with a legal hold
    GOLD = "gold"  # reviewers are measured against it
    IN_HAND = "in_hand"  # somebody is judging it right now


@dataclass(frozen=True, slots=True)
class Election:
    """The election that posts are held against which nothing flagged."""

    id: str
    zone: str
    """Of its region: by whose clock a day begins."""
    phase_on: Callable[[date], Phase]


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
    table = read_past(lease, policy, election, holds=holds, only=only, now=now)
    return [
        Past(row["id"], _tomb(row), None if row["held"] is None else Held(row["held"])) for row in table.to_pylist()
    ]


def read_past(
    lease: Lease,
    policy: Policy,
    election: Election,
    *,
    holds: Collection[str] = (),
    only: Sequence[str] | None = None,
    now: datetime,
) -> pa.Table:
    """Return the same as a table: id, outcome, election_id, phase (NULL: of unknown time), held (NULL: it leaves)."""
    params = _prepare(lease, policy, election, holds, only, now)
    return lease.arrow(f"{_PAST} ORDER BY k.outcome IS NULL, id", params)


def count_past(lease: Lease, policy: Policy, election: Election, *, holds: Collection[str] = (), now: datetime) -> int:
    """Return how many posts would leave now."""
    params = _prepare(lease, policy, election, holds, None, now)
    [(count,)] = lease.rows(f"SELECT count(*) FROM ({_PAST}) WHERE held IS NULL", params)  # noqa: S608
    return int(count)


def _prepare(
    lease: Lease,
    policy: Policy,
    election: Election,
    holds: Collection[str],
    only: Sequence[str] | None,
    now: datetime,
) -> dict[str, Any]:
    """Let SQL read the moments and the calendar; return the other parameters.

    A phase is asked for once for each day on which something was posted, whoever and however much it was.
    """
    days = lease.rows(
        'SELECT DISTINCT CAST(posted_at AT TIME ZONE $zone AS DATE) AS "day" FROM versions WHERE posted_at NOT NULL',
        {"zone": election.zone},
    )
    calendar = [{"day": day, "phase": election.phase_on(day)} for (day,) in days]
    lease.register("days", pa.Table.from_pylist(calendar, schema=_DAYS))
    lease.register("limits", pa.Table.from_pylist(list(_limits(policy, now)), schema=_LIMITS))
    return {
        "now": now,
        "zone": election.zone,
        "election": election.id,
        "holds": sorted(holds),
        "only": None if only is None else list(only),
        "timeless": policy.before(Outcome.UNFLAGGED, None, now),
    }


def _limits(policy: Policy, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield, for each outcome and phase, the moment up to which it must have come about."""
    for rank, outcome in enumerate(KEPT_FOR):
        for phase in Phase:
            before = policy.before(outcome, phase, now)
            yield {"outcome": outcome, "phase": phase, "rank": rank, "before": before}


def _tomb(row: Mapping[str, Any]) -> Tomb:
    phase = None if row["phase"] is None else tables.word_of(Phase, row["phase"], "flags.phase")
    return Tomb(Outcome(row["outcome"]), row["election_id"], phase)
