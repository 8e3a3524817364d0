"""What leaves the record as a table: flags, judgements or texts of posts, page by page, and why rows stay behind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

from scanner.store.connection import Lease

PAGE = 2_000
"""Rows that travel at once."""


class Rows(StrEnum):
    """What may leave row by row. There is no row for a person or a participant, and there shall be none."""

    FLAGS = "flags"
    REVIEWS = "reviews"
    POSTS = "posts"


class LeftOut(StrEnum):
    """Why a row stays behind; of several reasons the first."""

    ERASED = "erased"  # its post is no longer on record
    REMOVED = "removed"  # its account was taken off the list
    SUSPENDED = "suspended"  # its person is suspended (UU 27/2022 art. 41)
    FILTERED = "filtered"  # not what was asked for
    UNSETTLED = "unsettled"  # a judgement of an item that others still judge


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows; whatever is empty does not count. Periods are half open."""

    posted_since: datetime | None = None
    posted_until: datetime | None = None
    captured_since: datetime | None = None
    """Of the capture in which the words were first seen."""
    captured_until: datetime | None = None
    accounts: tuple[str, ...] = ()
    """Ids."""
    unsettled: bool = False
    """Judgements of items that others still judge, too."""


_FLAGS = """
    SELECT f.id, f.post_id, f.account_id, p.platform, p.url, v.text, f.election_id, f.phase, f.posted_at, f.known_at,
           v.captured_at, f.settled_at, f.ruleset, f.model_id, f.explanation, true AS settled
    FROM flags AS f LEFT JOIN versions AS v ON v.id = f.id LEFT JOIN posts AS p ON p.id = f.post_id"""

_REVIEWS = """
    SELECT j.seq, j.id, j.flag_id AS item_id, p.account_id, i.drawn, j.reviewer AS annotator, j.stage, j.verdict,
           CAST(j.codes AS VARCHAR) AS codes, j.note, j.seconds, j.decided_at,
           coalesce(h.set_aside, false) AS set_aside, i.settled_at, v.posted_at, v.captured_at,
           i.settled_at IS NOT NULL AS settled
    FROM judgements AS j LEFT JOIN items AS i ON i.id = j.flag_id
    LEFT JOIN versions AS v ON v.id = i.id LEFT JOIN posts AS p ON p.id = i.post_id
    LEFT JOIN hasty AS h ON h.judgement_id = j.id"""

_POSTS = """
    SELECT v.id, v.post_id, p.account_id, p.platform, p.role, p.url, v.text, v.context, v.language, v.posted_at,
           v.edited_at, v.captured_at, p.first_seen, p.last_seen, p.missing_at, v.id = p.version_id AS current,
           CAST(v.media AS VARCHAR) AS media, v.truncated, v.verifiable, v.repaired, v.capture_sha256, v.run_id,
           true AS settled
    FROM versions AS v LEFT JOIN posts AS p ON p.id = v.post_id"""

_BASE: Mapping[Rows, tuple[str, str]] = {
    Rows.FLAGS: (_FLAGS, "id"),
    Rows.REVIEWS: (_REVIEWS, "seq"),
    Rows.POSTS: (_POSTS, "id"),
}
"""By what may leave: all there is of it, and the column by which it goes page by page."""

_SORTED = """
    SELECT b.* EXCLUDE (settled), CASE
        WHEN a.id IS NULL THEN 'erased'
        WHEN a.removed_at IS NOT NULL THEN 'removed'
        WHEN a.suspended_at IS NOT NULL THEN 'suspended'
        WHEN NOT (($posted_since IS NULL OR coalesce(b.posted_at >= $posted_since, false))
              AND ($posted_until IS NULL OR coalesce(b.posted_at < $posted_until, false))
              AND ($captured_since IS NULL OR coalesce(b.captured_at >= $captured_since, false))
              AND ($captured_until IS NULL OR coalesce(b.captured_at < $captured_until, false))
              AND (len($accounts::VARCHAR[]) = 0 OR list_contains($accounts::VARCHAR[], a.id))) THEN 'filtered'
        WHEN NOT b.settled AND NOT $unsettled THEN 'unsettled' END AS left_out
    FROM base AS b LEFT JOIN accounts AS a ON a.id = b.account_id"""

_WITH_CHILDREN = """
    SELECT page.*, coalesce(CAST(c.codes AS VARCHAR), '[]') AS codes, coalesce(CAST(c.clauses AS VARCHAR), '[]')
           AS clauses, coalesce(CAST(c.findings AS VARCHAR), '[]') AS findings,
           coalesce(CAST(s.signals AS VARCHAR), '[]') AS signals, coalesce(CAST(x.contexts AS VARCHAR), '[]')
           AS exculpatory
    FROM page LEFT JOIN (
        SELECT flag_id, to_json(list(code ORDER BY position)) AS codes,
               to_json(list_distinct(flatten(list(json_extract_string(citations, '$[*].clause_id')))).list_sort())
                   AS clauses,
               to_json(list(json_object('code', code, 'elements', elements, 'citations', citations,
                                        'modifiers', modifiers, 'contested', contested) ORDER BY position)) AS findings
        FROM flag_findings WHERE flag_id IN (SELECT id FROM page) GROUP BY flag_id) AS c ON c.flag_id = page.id
    LEFT JOIN (
        SELECT flag_id, to_json(list(json_object(
            'code', code, 'entry', entry, 'weight', weight, 'channel', channel, 'start', "start", 'end', "end",
            'quote', quote, 'language', language, 'rewrite', rewrite, 'negated', negated, 'quoted', quoted)
            ORDER BY position)) AS signals
        FROM signals WHERE flag_id IN (SELECT id FROM page) GROUP BY flag_id) AS s ON s.flag_id = page.id
    LEFT JOIN (
        SELECT flag_id, to_json(list(json_object('tag', tag, 'cue', cue, 'start', "start", 'end', "end",
            'quote', quote, 'suppresses', suppresses) ORDER BY position)) AS contexts
        FROM exculpatory WHERE flag_id IN (SELECT id FROM page) GROUP BY flag_id) AS x ON x.flag_id = page.id
    ORDER BY page.id"""
"""Without sanction class, score and participant: none of them belongs into a table of people's posts."""


def pages(lease: Lease, rows: Rows, wanted: Wanted, *, most: int = PAGE) -> Iterator[pa.Table]:
    """Yield what leaves, in order of its key, at most so many rows at once; one empty table where there is nothing."""
    base, key = _BASE[rows]
    children = _WITH_CHILDREN if rows is Rows.FLAGS else f"FROM page ORDER BY {key}"
    sql = f"""WITH base AS ({base}), sorted AS ({_SORTED}), page AS (
                  SELECT * EXCLUDE (left_out) FROM sorted
                  WHERE left_out IS NULL AND ($after IS NULL OR {key} > $after) ORDER BY {key} LIMIT $most)
              {children}"""  # noqa: S608  no value stands in it
    after = None
    while True:
        page = lease.arrow(sql, _params(wanted) | {"after": after, "most": most})
        yield page
        if page.num_rows < most:
            return
        after = page.column(key)[-1].as_py()


def count_left_out(lease: Lease, rows: Rows, wanted: Wanted) -> dict[LeftOut, int]:
    """Count what stays behind by reason; reasons that apply to nothing are left out."""
    sql = f"""WITH base AS ({_BASE[rows][0]}), sorted AS ({_SORTED})
              SELECT left_out, count(*) FROM sorted WHERE left_out IS NOT NULL GROUP BY left_out"""  # noqa: S608
    found = dict(lease.rows(sql, _params(wanted)))
    return {reason: found[reason] for reason in LeftOut if reason in found}


def judged(lease: Lease, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return by id what humans said, under the names it is exported by; codes as a list."""
    rows = lease.dicts(
        """SELECT seq, id, flag_id AS item_id, reviewer AS annotator, stage, verdict, codes, note, seconds, decided_at
           FROM judgements WHERE id IN (SELECT unnest($ids::VARCHAR[]))""",
        {"ids": list(ids)},
    )
    return {row["id"]: {**row, "codes": json.loads(row["codes"])} for row in rows}


def _params(wanted: Wanted) -> dict[str, Any]:
    return asdict(wanted) | {"accounts": list(wanted.accounts)}
