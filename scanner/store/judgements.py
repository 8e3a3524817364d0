"""Judgements: what humans said of flags and of unflagged posts drawn at random, appended for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from scanner.domain.reviews import Judgement, Stage, Verdict
from scanner.domain.users import folded
from scanner.errors import StoreError
from scanner.store import audit, settling, tables
from scanner.store.connection import Lease


def append_judgement(lease: Lease, judgement: Judgement) -> bool:
    """Append what a human said, with its event in the audit chain; False when this judgement is there already.

    The key of the form decides: a form sent twice is one judgement. StoreError for what is neither flagged nor drawn.
    """
    [(seq, known, is_there)] = lease.rows(
        """SELECT coalesce(max(seq), 0) + 1, coalesce(bool_or(id = $key), false), EXISTS (FROM items WHERE id = $item)
           FROM judgements""",
        {"key": judgement.id, "item": judgement.flag_id},
    )
    if not is_there:
        raise StoreError(f"judgement {judgement.id}: there is no flag {judgement.flag_id!r}")
    row = {**asdict(judgement), "codes": tables.to_json(judgement.codes), "seq": seq}
    if known:
        return False
    tables.insert_one(lease, "judgements", row)
    settling.record(lease, judgement)
    audit.append(
        lease,
        actor=judgement.reviewer,
        action="judgement.append",
        subject=judgement.flag_id,
        detail={"judgement": judgement.id, "verdict": judgement.verdict, "stage": judgement.stage},
        at=judgement.decided_at,
    )
    return True


def load_judgement(lease: Lease, judgement_id: str) -> Judgement | None:
    """Return one judgement; None when it is not there."""
    rows = lease.dicts("FROM judgements WHERE id = $id", {"id": judgement_id})
    return _judgement(rows[0]) if rows else None


def last_of(lease: Lease, person: str, *, limit: int, since: datetime | None = None) -> list[Judgement]:
    """Return a person's last decisions since a moment, newest first: undone ones too, but no undo and no preview."""
    rows = lease.dicts(
        """FROM judgements WHERE lower(trim(reviewer)) = $person AND verdict <> 'withdrawn' AND stage <> 'preview'
           AND ($since IS NULL OR decided_at >= $since) ORDER BY seq DESC LIMIT $limit""",
        {"person": folded(person), "since": since, "limit": limit},
    )
    return [_judgement(row) for row in rows]


@dataclass(frozen=True, slots=True)
class Timed:
    """How long one judgement took."""

    judgement_id: str
    seconds: float
    hasty: bool
    """Noted as made too fast."""


def last_timed(lease: Lease, person: str, *, limit: int) -> list[Timed]:
    """Return how long a person's last readings took, newest first; of those whose time is known."""
    rows = lease.dicts(
        """SELECT j.id AS judgement_id, j.seconds, h.judgement_id IS NOT NULL AS hasty
           FROM judgements AS j LEFT JOIN hasty AS h ON h.judgement_id = j.id
           WHERE lower(trim(j.reviewer)) = $person AND j.verdict <> 'withdrawn' AND j.stage IN ('blind', 'gold')
             AND j.seconds IS NOT NULL
           ORDER BY j.seq DESC LIMIT $limit""",
        {"person": folded(person), "limit": limit},
    )
    return [Timed(**row) for row in rows]


def judgements_of(lease: Lease, flag_id: str) -> list[Judgement]:
    """Return everything humans said of a flag in order of arrival, undone judgements included."""
    return [_judgement(row) for row in lease.dicts("FROM judgements WHERE flag_id = $id ORDER BY seq", {"id": flag_id})]


def current_judgements(lease: Lease, flag_ids: Iterable[str] | None = None) -> list[Judgement]:
    """Return each reviewer's judgement that stands, of some flags or of all, in order of arrival.

    A reviewer's later judgement replaces the earlier; after an undo none stands until the reviewer judges again.
    """
    ids = None if flag_ids is None else list(flag_ids)
    rows = lease.dicts(
        "FROM standing_judgements WHERE $ids IS NULL OR flag_id = ANY($ids::VARCHAR[]) ORDER BY seq", {"ids": ids}
    )
    return [_judgement(row) for row in rows]


def count_judged(lease: Lease, *, overlap: int) -> tuple[int, int]:
    """Count the flags with fewer standing judgements than wanted, but at least one, and those with all of them.

    Those of suspended people are left out.
    """
    [(some, all_wanted)] = lease.rows(
        """SELECT count(*) FILTER (judged < $overlap), count(*) FILTER (judged >= $overlap)
           FROM (SELECT count(*) AS judged FROM standing_judgements
                 WHERE flag_id IN (SELECT id FROM flags WHERE account_id NOT IN (
                     SELECT id FROM accounts WHERE suspended_at IS NOT NULL))
                 GROUP BY flag_id)""",
        {"overlap": overlap},
    )
    return int(some), int(all_wanted)


def agreed(lease: Lease, *, overlap: int, limit: int) -> dict[str, tuple[Verdict, tuple[str, ...]]]:
    """Return the items on which at least `overlap` reviewers agreed, the latest first, with the codes they named.

    Agreed is: suspected, or not a violation, by all who judged. Items of accounts off the list or suspended are left
    out.
    """
    rows = lease.rows(
        """SELECT j.flag_id, any_value(j.verdict), list(j.codes ORDER BY j.seq)
           FROM standing_judgements AS j JOIN items AS i ON i.id = j.flag_id
           WHERE i.account_id IN (SELECT id FROM listed)
           GROUP BY j.flag_id
           HAVING count(*) >= $overlap AND count(DISTINCT j.verdict) = 1 AND any_value(j.verdict) <> $unsure
           ORDER BY max(j.seq) DESC LIMIT $limit""",
        {"overlap": overlap, "limit": limit, "unsure": Verdict.UNSURE},
    )
    return _by_flag(rows)


def settled(lease: Lease, *, overlap: int) -> dict[str, tuple[Verdict, tuple[str, ...]]]:
    """Return the items that are settled, in order of their ids, with the codes that those who prevailed named.

    Settled is what a third person ruled, or else: suspected, or not a violation, by at least `overlap` reviewers and by
    more than half of all who judged. Items of accounts off the list or suspended are left out.
    """
    rows = lease.rows(
        """SELECT j.flag_id, j.verdict, list(j.codes ORDER BY j.seq)
           FROM standing_judgements AS j JOIN items AS i ON i.id = j.flag_id
           WHERE j.verdict <> $unsure
             AND i.account_id IN (SELECT id FROM listed)
           GROUP BY j.flag_id, j.verdict
           HAVING bool_or(j.stage = 'adjudication') OR (
               count(*) >= $overlap
               AND 2 * count(*) > (SELECT count(*) FROM standing_judgements AS s WHERE s.flag_id = j.flag_id)
               AND NOT EXISTS (
                   FROM standing_judgements AS s WHERE s.flag_id = j.flag_id AND s.stage = 'adjudication'))
           ORDER BY j.flag_id""",
        {"overlap": overlap, "unsure": Verdict.UNSURE},
    )
    return _by_flag(rows)


def _by_flag(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[Verdict, tuple[str, ...]]]:
    return {
        flag_id: (Verdict(verdict), tuple(dict.fromkeys(code for one in named for code in json.loads(one))))
        for flag_id, verdict, named in rows
    }


def _judgement(row: Mapping[str, Any]) -> Judgement:
    return Judgement(
        id=row["id"],
        flag_id=row["flag_id"],
        reviewer=row["reviewer"],
        verdict=Verdict(row["verdict"]),
        decided_at=row["decided_at"],
        codes=tuple(json.loads(row["codes"])),
        note=row["note"],
        seconds=row["seconds"],
        stage=tables.word_of(Stage, row["stage"], "judgements.stage"),
    )
