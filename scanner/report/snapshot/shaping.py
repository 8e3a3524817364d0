"""The views of a snapshot out of what was gathered: ids made unknowable, groups made large enough, then written."""

# ruff: noqa: S608  every name in these statements is one of ours
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from scanner.report.snapshot import pseudonyms
from scanner.report.snapshot.generalise import Told, generalise
from scanner.report.snapshot.levels import LADDERS
from scanner.report.snapshot.masking import masked
from scanner.report.snapshot.sources import Gathered
from scanner.store.snapshot import Workbench

Sql: TypeAlias = str

_WEEK = """CAST(date_trunc('week', "day") AS DATE) AS period_start, if("day" IS NULL, NULL, 'week') AS period"""
_NAMED: Mapping[str, Sql] = {
    "accounts": "SELECT pseudonym('account', id) AS account_id, hash(person) AS person, * EXCLUDE (id, person)",
    "posts": f"""SELECT pseudonym('post', id) AS n, hash(person) AS person, {_WEEK},
                 * EXCLUDE (id, person, "day")""",
    "signals": 'SELECT hash(post) AS post, hash(person) AS person, * EXCLUDE (post, person, "day")',
    "reviews": f"""SELECT pseudonym('item', id) AS item_id, hash(person) AS person, {_WEEK},
                   list_transform(reviewers, lambda name: pseudonym('reviewer', name)) AS reviewers,
                   * EXCLUDE (id, person, "day", reviewers)""",
    "coverage": f"""SELECT hash(id) AS account, hash(person) AS person, {_WEEK},
                    * EXCLUDE (id, person, "day")""",
}
"""By table: whose rows they are, and of what, as numbers that say nothing; `n` counts them, or is a post's id."""

# Rows must not lie in the order of the record: that is the order of time. Sorted once, posts, flags and scores are
# written as they lie, large pieces of them in any order. What is told stands by the cell: sorting it along takes three
# times as long.
_SORTED = "CREATE TABLE posts_sorted AS SELECT n AS post_id, cell FROM posts_told_places ORDER BY n"
_SORTED_WITH_TEXT = f"""CREATE TABLE posts_sorted AS SELECT n AS post_id, cell, text FROM posts_told_places
    JOIN (SELECT pseudonym('post', id) AS n, {masked("text")} AS text FROM posts) USING (n) ORDER BY n"""
_ROUGH = LADDERS["posts"].place("scores in steps of 0.25")

_TOLD: Mapping[str, Sql] = {
    "accounts": """SELECT account_id, t.platform, t.agency, t.employment
        FROM accounts_told AS t JOIN accounts_named USING (n) ORDER BY account_id""",
    "posts": """SELECT post_id, platform, agency, role, language, phase, period_start, period, chosen, outcome {text}
        FROM posts_ready""",
    "flags": "SELECT post_id, election, codes, ruleset, model FROM posts_ready WHERE chosen = 'flagged'",
    "signals": """SELECT t.code, t.weight, t.channel, t.language, t.object_kind, t.negated, t.quoted, t.platform,
        t.phase, count(*) AS signals, count(DISTINCT post) AS posts
        FROM signals_told AS t JOIN signals_named USING (n) GROUP BY ALL ORDER BY ALL""",
    "scores": f"""SELECT post_id, label, model, ruleset, score % 100 / 20 AS probability,
        if(step >= {_ROUGH}, 0.25, 0.05)::DOUBLE AS step
        FROM (SELECT post_id, step, unnest(scores) AS score FROM posts_ready)
        JOIN kinds ON "kind" = score // 100""",
    "reviews": """SELECT item_id, k AS position, reviewers[k] AS reviewer, t.said[k].stage AS stage,
        t.said[k].verdict AS verdict, t.codes[k] AS codes, t.seconds[k] AS seconds, t.chosen, t.platform, t.phase,
        t.period_start, t.period
        FROM (SELECT *, unnest(range(1, len(said) + 1)) AS k FROM reviews_told) AS t
        JOIN reviews_named USING (n) ORDER BY item_id, position""",
    "agreement": """SELECT * REPLACE (pseudonym('reviewer', nullif(reviewer_a, '')) AS reviewer_a,
        pseudonym('reviewer', nullif(reviewer_b, '')) AS reviewer_b)
        FROM agreement WHERE items >= {smallest} ORDER BY ALL""",
    "coverage": """SELECT t.period_start, t.period, t.platform, t.outcome, count(DISTINCT account) AS accounts,
        count(*) AS account_days, CAST(sum(new) AS BIGINT) AS posts_new, CAST(sum(changed) AS BIGINT) AS posts_changed,
        CAST(sum(requests) AS BIGINT) AS requests
        FROM coverage_told AS t JOIN coverage_named USING (n) GROUP BY ALL ORDER BY ALL""",
    "runs": """SELECT pseudonym('run', id) AS run_id, kind, CAST(date_trunc('week', "day") AS DATE) AS week, ended,
        exit_code, versions, accounts, posts_new FROM runs ORDER BY ALL""",
    "models": """SELECT m.* EXCLUDE (scores), (SELECT count(*) FROM (SELECT unnest(scores) AS score FROM posts_ready)
        JOIN kinds AS k ON k."kind" = score // 100 WHERE k.model = m.model AND k.label = m.label) AS scores
        FROM models AS m ORDER BY ALL""",
    "rules": "SELECT * FROM rules ORDER BY ALL",
}


def shape(bench: Workbench, gathered: Gathered, key: bytes, *, smallest: int, with_text: bool) -> dict[str, Told]:
    """Make all that was gathered ready to be written; return how exactly it could be told.

    Besides what was gathered, `calendar` is registered. What is gathered is taken out of it.
    """
    bench.execute(pseudonyms.macro(key))
    told: dict[str, Told] = {}
    for name in list(gathered.tables):
        bench.register(name, gathered.tables.pop(name))  # and nobody else keeps it: they are large
        if name in _NAMED:
            _name(bench, name)
            told[name] = generalise(bench, f"{name}_named", LADDERS[name], result=f"{name}_told", smallest=smallest)
    bench.execute(_SORTED_WITH_TEXT if with_text else _SORTED)
    bench.forget("posts")
    bench.execute("CREATE VIEW posts_ready AS FROM posts_sorted JOIN posts_told_kept USING (cell)")
    return told


def write(bench: Workbench, folder: Path, *, smallest: int, with_text: bool) -> dict[str, int]:
    """Write every view as Parquet; return how many rows each has.

    Besides what was shaped, `agreement`, `models` and `rules` are registered.
    """
    text = ", text" if with_text else ""
    return {
        name: bench.write(sql.replace("{text}", text).replace("{smallest}", str(smallest)), folder / f"{name}.parquet")
        for name, sql in _TOLD.items()
    }


def _name(bench: Workbench, name: str) -> None:
    days = 'LEFT JOIN calendar USING ("day")' if "phase" in LADDERS[name].columns else ""
    select = f"{_NAMED[name]} FROM {name} {days}"
    if name == "posts":  # of which there are so many that to store them once more takes half a second a million
        bench.execute(f"CREATE VIEW posts_named AS {select}")
        return
    bench.execute(f"CREATE TABLE {name}_rows AS {select}")
    bench.execute(f"CREATE VIEW {name}_named AS SELECT rowid AS n, * FROM {name}_rows")
    bench.forget(name)
