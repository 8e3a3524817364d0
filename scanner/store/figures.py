"""Figures about a period: what came in, what reviewers made of it, and how long that took. Counts, never persons.

Weeks count what happened in them; everything else is about the posts that became known in the period. Participants
have no part in any of it (guardrail G16).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import pyarrow as pa

from scanner.store.connection import Lease

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when a flag is due."""

_MOMENT = pa.timestamp("us", "UTC")
_DUES = pa.schema([("election_id", pa.string()), ("known_at", _MOMENT), ("due_at", _MOMENT)])

_WEEKS = """
    WITH suspended AS (
        SELECT id FROM accounts WHERE suspended_at IS NOT NULL
    ), events AS (
        SELECT 'gathered' AS kind, first_seen AS happened_at FROM posts WHERE account_id NOT IN (FROM suspended)
        UNION ALL SELECT 'scored', captured_at FROM versions WHERE id IN (SELECT version_id FROM scores)
                  AND post_id NOT IN (SELECT id FROM posts WHERE account_id IN (FROM suspended))
        UNION ALL SELECT 'flagged', known_at FROM flags WHERE account_id NOT IN (FROM suspended)
        UNION ALL SELECT 'judged', min(decided_at) FROM standing_judgements
                  WHERE flag_id IN (SELECT id FROM flags WHERE account_id NOT IN (FROM suspended)) GROUP BY flag_id
    )
    SELECT CAST(date_trunc('week', happened_at AT TIME ZONE 'UTC') AS DATE) AS monday,
           count(*) FILTER (kind = 'gathered') AS gathered, count(*) FILTER (kind = 'scored') AS scored,
           count(*) FILTER (kind = 'flagged') AS flagged, count(*) FILTER (kind = 'judged') AS judged
    FROM events WHERE ($since IS NULL OR happened_at >= $since) AND ($until IS NULL OR happened_at < $until)
    GROUP BY monday ORDER BY monday"""

_CASES = """
    WITH said AS (
        SELECT flag_id AS id, max_by(verdict, seq) FILTER (stage = 'adjudication') AS ruling,
               min_by(verdict, seq) AS first,
               count(*) FILTER (verdict = 'suspected') > count(*) FILTER (verdict = 'not_violation') AS mostly
        FROM standing_judgements GROUP BY flag_id
    ), shown AS (
        SELECT id AS account_id, platform, concat(agency, ' · ', unit) AS unit, removed_at IS NOT NULL AS removed,
               count(DISTINCT person_id) FILTER (removed_at IS NULL) OVER (PARTITION BY platform) AS on_platform,
               count(DISTINCT person_id) FILTER (removed_at IS NULL) OVER (PARTITION BY agency, unit) AS in_unit
        FROM accounts WHERE suspended_at IS NULL
    ), known AS (
        SELECT id, account_id, election_id, phase, known_at, settled_at, false AS drawn FROM flags
        UNION ALL SELECT d.id, d.account_id, d.election_id, d.phase, d.known_at, coalesce(d.settled_at, f.settled_at),
                         true FROM draws AS d LEFT JOIN flags AS f USING (id)
    )
    SELECT *, settled_at IS NOT NULL AS settled, settled AND coalesce(ruling = 'suspected', mostly) AS suspected
    FROM known JOIN shown USING (account_id) LEFT JOIN said USING (id)
    WHERE ($since IS NULL OR known_at >= $since) AND ($until IS NULL OR known_at < $until)"""
"""Flags and draws of the period with what they were settled as: the ruling where two disagreed, else what most said.
A post that was drawn and is flagged by now is both. Who is suspended has no part in it."""

_COURSE = """
    SELECT count(*) AS flagged, count(*) FILTER (settled) AS settled, count(*) FILTER (suspected) AS suspected,
           count(*) FILTER (settled AND ruling IS NOT NULL) AS adjudicated,
           count(*) FILTER (settled AND ruling <> first AND first <> 'unsure') AS reversed,
           quantile_cont(epoch(settled_at - known_at) / 86400, 0.5) AS days_median,
           quantile_cont(epoch(settled_at - known_at) / 86400, 0.9) AS days_p90,
           count(*) FILTER (NOT settled AND NOT removed AND due_at <= $now) AS overdue,
           count(*) FILTER (settled_at > due_at) AS late
    FROM cases JOIN dues USING (election_id, known_at) WHERE NOT drawn"""

_AUDITED = """
    SELECT count(*) AS drawn, count(*) FILTER (settled) AS settled, count(*) FILTER (suspected) AS suspected
    FROM cases WHERE drawn"""

_GROUPS = """
    WITH grouped AS (
        SELECT 'platform' AS kind, platform AS name, on_platform AS people, * FROM cases
        UNION ALL SELECT 'unit', unit, in_unit, * FROM cases
        UNION ALL SELECT 'phase', phase, NULL, * FROM cases
        UNION ALL SELECT 'code', code, NULL, cases.* FROM cases JOIN flag_findings ON flag_id = id
    )
    SELECT kind, name, any_value(people) AS people,
           count(*) AS flagged, count(*) FILTER (settled) AS settled, count(*) FILTER (suspected) AS suspected
    FROM grouped WHERE NOT drawn GROUP BY kind, name ORDER BY name"""


class By(StrEnum):
    """What flags are counted by. There is neither person nor participant among it, and there shall be none."""

    CODE = "code"
    PLATFORM = "platform"
    PHASE = "phase"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Week:
    """What happened in one week, Monday to Sunday, UTC."""

    monday: date
    gathered: int
    """Posts seen for the first time that are still on record."""
    scored: int
    """Versions of posts captured that have a score."""
    flagged: int
    """Flags by their first capture."""
    judged: int
    """Flags by their first judgement that counts."""


@dataclass(frozen=True, slots=True)
class Course:
    """What became of the flags of a period."""

    flagged: int
    settled: int
    suspected: int
    """Settled as to be followed up."""
    adjudicated: int
    """Settled by a third person, because two disagreed."""
    reversed: int
    """Adjudicated against the first judgement; a first reviewer who was unsure is not overruled."""
    days_median: float | None
    """From first knowledge to settling; None when nothing is settled."""
    days_p90: float | None
    overdue: int
    """Not settled by now and past the deadline; flags of removed accounts wait for nobody."""
    late: int
    """Settled after the deadline."""


@dataclass(frozen=True, slots=True)
class Group:
    """Flags that have something in common; one flag may have several codes."""

    name: str
    people: int | None
    """Listed people behind it; None where it is no group of people."""
    flagged: int
    settled: int
    suspected: int


@dataclass(frozen=True, slots=True)
class Audited:
    """Posts the machine did not flag, drawn at random; those that later rules flagged stay among them."""

    drawn: int
    settled: int
    suspected: int
    """Missed by the machine."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period."""

    weeks: tuple[Week, ...]
    """Those in which anything happened, in order."""
    course: Course
    audited: Audited
    groups: dict[By, tuple[Group, ...]]
    """In order of their names."""


def load_figures(
    lease: Lease, *, since: datetime | None = None, until: datetime | None = None, due: Due, now: datetime
) -> Figures:
    """Return the figures of a period (half open). `due` is asked once for each election and moment of knowledge."""
    period = {"since": since, "until": until}
    lease.register("cases", lease.arrow(_CASES, period))
    starts = lease.rows("SELECT DISTINCT election_id, known_at FROM cases")
    dues = [{"election_id": election, "known_at": at, "due_at": due(election, at)} for election, at in starts]
    lease.register("dues", pa.Table.from_pylist(dues, schema=_DUES))
    groups: dict[By, list[Group]] = {by: [] for by in By}
    for row in lease.dicts(_GROUPS):
        groups[By(row.pop("kind"))].append(Group(**row))
    return Figures(
        weeks=tuple(Week(**row) for row in lease.dicts(_WEEKS, period)),
        course=Course(**lease.dicts(_COURSE, {"now": now})[0]),
        audited=Audited(**lease.dicts(_AUDITED)[0]),
        groups={by: tuple(found) for by, found in groups.items()},
    )
