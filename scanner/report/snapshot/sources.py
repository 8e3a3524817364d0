"""What a snapshot reads of the record: all in one lease, as Arrow, and only of accounts on the list.

Nothing is made unknowable here: these rows stay in memory, until `pseudonyms` and `generalise` have had them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from scanner.store.connection import Lease
from scanner.store.doubles import Double, load_doubles

# Settled as in store.figures: the ruling where two disagreed, else what most said.
_ITEMS = """
    said AS (
        SELECT flag_id AS id, max_by(verdict, seq) FILTER (stage = 'adjudication') AS ruling,
               count(*) FILTER (verdict = 'suspected') > count(*) FILTER (verdict = 'not_violation') AS mostly
        FROM standing_judgements GROUP BY flag_id
    ), known AS (
        SELECT f.id, f.post_id, 'flagged' AS chosen, f.settled_at, v.captured_at AS captured
        FROM flags AS f JOIN versions AS v ON v.id = f.id
        UNION ALL SELECT id, post_id, 'drawn', settled_at, known_at FROM draws WHERE flagged_at IS NULL
    ), item AS (
        SELECT id, post_id, chosen, CASE WHEN settled_at IS NULL THEN 'waiting'
               WHEN coalesce(ruling = 'suspected', mostly, false) THEN 'suspected' ELSE 'not_violation' END AS outcome
        FROM known LEFT JOIN said USING (id)
        QUALIFY row_number() OVER (PARTITION BY post_id ORDER BY chosen DESC, captured DESC, id) = 1
    )"""

ACCOUNTS = """
    SELECT id, person_id AS person, platform, employment,
           CASE WHEN count(DISTINCT person_id) OVER (PARTITION BY agency) >= $smallest THEN agency ELSE $others END
               AS agency
    FROM listed"""

KINDS = """
    SELECT label, model_id AS model, ruleset, row_number() OVER (ORDER BY label, model_id, ruleset) AS "kind"
    FROM (SELECT DISTINCT * EXCLUDE (version_id, probability) FROM scores)"""

# Lists are sorted when they are whole: ORDER BY within an aggregate takes three times as long.
_POSTS = f"""
    WITH {_ITEMS}, found AS (
        SELECT flag_id AS id, list_sort(list(code)) AS codes FROM flag_findings GROUP BY flag_id
    ), scored AS (
        SELECT version_id AS id, list_sort(list(CAST(100 * k."kind" + round(20 * probability) AS INTEGER))) AS scores
        FROM scores AS s JOIN kinds AS k ON k.label = s.label AND k.model = s.model_id AND k.ruleset = s.ruleset
        GROUP BY version_id
    )
    SELECT p.id, a.person, a.agency, p.platform, p.role, coalesce(v.language, 'und') AS language,
           CAST(v.posted_at AT TIME ZONE $zone AS DATE) AS "day", coalesce(i.chosen, 'neither') AS chosen,
           coalesce(i.outcome, 'not_asked') AS outcome, f.election_id AS election, c.codes, f.ruleset,
           f.model_id AS model, s.scores {{text}}
    FROM posts AS p JOIN cast_ AS a ON a.id = p.account_id LEFT JOIN item AS i ON i.post_id = p.id
    LEFT JOIN flags AS f ON f.id = i.id LEFT JOIN found AS c ON c.id = f.id
    JOIN versions AS v ON v.id = coalesce(i.id, p.version_id) LEFT JOIN scored AS s ON s.id = v.id
"""  # noqa: S608

_SIGNALS = f"""
    WITH {_ITEMS}
    SELECT a.person, p.platform, CAST(f.posted_at AT TIME ZONE $zone AS DATE) AS "day", f.post_id AS post, s.code,
           s.weight, s.channel, s.language, s.object_kind, s.negated, s.quoted
    FROM item AS i JOIN flags AS f ON f.id = i.id JOIN signals AS s ON s.flag_id = f.id
    JOIN posts AS p ON p.id = f.post_id JOIN cast_ AS a ON a.id = p.account_id
"""  # noqa: S608

# In order of what was said, not of when: who spoke first is nobody's to know. Where two said the same, keys drawn by
# lot decide.
_REVIEWS = """
    SELECT i.id, any_value(a.person) AS person, any_value(p.platform) AS platform,
           CAST(any_value(i.posted_at) AT TIME ZONE $zone AS DATE) AS "day",
           CASE WHEN any_value(i.drawn) THEN 'drawn' ELSE 'flagged' END AS chosen,
           list(struct_pack(stage, verdict) ORDER BY stage DESC, verdict, md5(j.id)) AS said,
           list(list_sort(CAST(codes AS VARCHAR[])) ORDER BY stage DESC, verdict, md5(j.id)) AS codes,
           list(CASE WHEN seconds IS NULL THEN 'unknown' WHEN seconds < 10 THEN '<10' WHEN seconds < 30 THEN '10-30'
                WHEN seconds < 60 THEN '30-60' WHEN seconds <= 180 THEN '60-180' ELSE '>180' END
                ORDER BY stage DESC, verdict, md5(j.id)) AS seconds,
           list(lower(trim(reviewer)) ORDER BY stage DESC, verdict, md5(j.id)) AS reviewers
    FROM standing_judgements AS j JOIN items AS i ON i.id = j.flag_id JOIN posts AS p ON p.id = i.post_id
    JOIN cast_ AS a ON a.id = i.account_id GROUP BY i.id"""

# Of scans alone: a backfill asks for old posts, so its silence on a day tells nothing of what there was on it.
_COVERAGE = """
    WITH seen AS (
        SELECT account_id, CAST(started_at AT TIME ZONE 'UTC' AS DATE) AS "day",
               arg_min(outcome, list_position(['complete', 'partial', 'private', 'gone', 'blocked', 'not_tried'],
                                              outcome)) AS outcome,
               sum(new) AS new, sum(changed) AS changed, sum(requests) AS requests
        FROM coverage WHERE run_id NOT IN (SELECT id FROM runs WHERE trigger = 'backfill') GROUP BY ALL
    )
    SELECT a.id, a.person, a.platform, c."day", c.outcome, CAST(c.new AS BIGINT) AS new,
           CAST(c.changed AS BIGINT) AS changed, CAST(c.requests AS BIGINT) AS requests
    FROM seen AS c JOIN cast_ AS a ON a.id = c.account_id"""


def _size(count: str) -> str:
    """Return the SQL of how large a count is.

    Told exactly, runs could be taken from `coverage`, and what is left be a few people.
    """
    return (
        f"CASE WHEN {count} < 100 THEN '<100' WHEN {count} < 1000 THEN '100-999' "
        f"WHEN {count} < 10000 THEN '1000-9999' ELSE '10000 or more' END"
    )


_RUNS = f"""
    WITH seen AS (
        SELECT run_id, count(*) AS accounts, count(DISTINCT a.person) AS people, CAST(sum(c.new) AS BIGINT) AS new
        FROM coverage AS c JOIN cast_ AS a ON a.id = c.account_id GROUP BY run_id
    )
    SELECT id, kind, CAST(started_at AT TIME ZONE $zone AS DATE) AS "day", ended_at IS NOT NULL AS ended, exit_code,
           versions, CASE WHEN people >= $smallest THEN {_size("accounts")} END AS accounts,
           CASE WHEN people >= $smallest THEN {_size("seen.new")} END AS posts_new
    FROM runs LEFT JOIN seen ON run_id = id"""  # noqa: S608

WANTED = {"posts": _POSTS, "signals": _SIGNALS, "reviews": _REVIEWS, "coverage": _COVERAGE, "runs": _RUNS}
"""The rows that need `cast_` (the accounts) and `kinds` (of scores) registered; {text} stands for a further column."""
OTHERS = "lainnya"
"""The name under which agencies stand that are not told apart."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was read of the record."""

    tables: dict[str, pa.Table]
    """By name: accounts, kinds, posts, signals, reviews, coverage, runs."""
    doubles: tuple[Double, ...]
    left_out: int
    """Accounts that were removed or whose person is suspended; nothing of them was read."""
    names: tuple[str, ...] = ()
    """Where words leave: what listed people are called, removed and suspended ones too."""

    @property
    def people(self) -> list[str]:
        """Everybody of whom something was read."""
        people: list[str] = self.tables["accounts"]["person"].to_pylist()
        return people


def gather(lease: Lease, *, smallest: int, zone: str, with_text: bool) -> Gathered:
    """Read everything a snapshot is made of; `zone` is the region's, by whose clock days are told."""
    known = {"smallest": smallest, "zone": zone}
    tables = {
        "accounts": lease.arrow(ACCOUNTS, {"smallest": smallest, "others": OTHERS}),
        "kinds": lease.arrow(KINDS),
    }
    lease.register("cast_", tables["accounts"])
    lease.register("kinds", tables["kinds"])
    text = ", v.text" if with_text else ""
    for name, template in WANTED.items():
        sql = template.replace("{text}", text)
        tables[name] = lease.arrow(sql, {key: value for key, value in known.items() if f"${key}" in sql} or None)
    shown = set(tables["reviews"]["id"].to_pylist())
    doubles = tuple(one for one in load_doubles(lease) if one.flag_id in shown)
    [(left_out,)] = lease.rows("SELECT (SELECT count(*) FROM accounts) - (SELECT count(*) FROM listed)")
    return Gathered(tables, doubles, int(left_out), tuple(_names(lease)) if with_text else ())


def _names(lease: Lease) -> Iterator[str]:
    """Yield what listed people are called: handles, numbers, and what the roster has in columns of names."""
    rows = lease.rows("SELECT handle, split_part(handle, '@', 1), person_id, native_id, extra FROM accounts")
    for *names, extra in rows:
        told = json.loads(extra) if extra else {}
        yield from (str(name) for name in names if name)
        yield from (str(told[column]) for column in told if re.search("nama|name", column, re.IGNORECASE))
