"""Doubles: what the first two reviewers of a post said blind, each knowing nothing of the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from scanner.domain.reviews import Stage, Verdict
from scanner.store.connection import Lease


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reviewer said of a post."""

    reviewer: str
    verdict: Verdict
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Double:
    """A post read by two reviewers."""

    flag_id: str
    readings: tuple[Reading, Reading]
    """In order of arrival."""


def load_doubles(lease: Lease, *, since: datetime | None = None, until: datetime | None = None) -> list[Double]:
    """Return the posts read twice, by flag; `since` and `until` (half open) bound the second of the two readings.

    Of a reviewer the first blind judgement counts that was neither taken back nor made too fast; of the reviewers the
    first two. Rulings, previews and gold are no readings, nor is what was said again after the machine's view was seen.
    Posts of suspended people have no part in it.
    """
    rows = lease.rows(
        """WITH kept AS (
               SELECT *, lower(trim(reviewer)) AS who FROM judgements
               WHERE stage = $blind AND flag_id NOT IN (
                   SELECT i.id FROM items AS i JOIN accounts AS a ON a.id = i.account_id
                   WHERE a.suspended_at IS NOT NULL)
               QUALIFY seq > coalesce(max(seq) FILTER (verdict = $withdrawn) OVER (PARTITION BY flag_id, who), 0)
           ), blind AS (
               FROM (FROM kept QUALIFY row_number() OVER (PARTITION BY flag_id, who ORDER BY seq) = 1)
               WHERE id NOT IN (SELECT judgement_id FROM hasty)
               QUALIFY row_number() OVER (PARTITION BY flag_id ORDER BY seq) <= 2
           )
           SELECT flag_id, said[1].reviewer, said[1].verdict, said[1].codes,
                  said[2].reviewer, said[2].verdict, said[2].codes
           FROM (
               SELECT flag_id, list(struct_pack(reviewer, verdict, codes) ORDER BY seq) AS said
               FROM blind GROUP BY flag_id
               HAVING count(*) = 2 AND ($since IS NULL OR max(decided_at) >= $since)
                  AND ($until IS NULL OR max(decided_at) < $until)
           )
           ORDER BY flag_id""",
        {"blind": Stage.BLIND, "withdrawn": Verdict.WITHDRAWN, "since": since, "until": until},
    )
    return [Double(flag_id, (_reading(*said[:3]), _reading(*said[3:]))) for flag_id, *said in rows]


@lru_cache(4096)
def _reading(reviewer: str, verdict: str, codes: str) -> Reading:
    """Return a reading; few are distinct, and there are two for every post."""
    return Reading(reviewer=reviewer, verdict=Verdict(verdict), codes=tuple(json.loads(codes)))
