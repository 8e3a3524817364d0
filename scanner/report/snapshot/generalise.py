"""Telling less until at least k people share everything a table tells of a row (k-anonymity, local recoding).

Groups count people, not rows: ten posts by one person are that person's. Where a column is an outcome, a group in which
all that is settled came to one end would tell it of everybody in it; such a group is made coarser too (l-diversity 2).
"""

# ruff: noqa: S608  every name in these statements is one of ours
from __future__ import annotations

from dataclasses import dataclass

from scanner.report.snapshot.levels import Ladder, Step
from scanner.store.snapshot import Workbench


@dataclass(frozen=True, slots=True)
class Told:
    """How much of a table is told, and how exactly."""

    steps: dict[str, int]
    """Rows by the step at which they stay, in the order of the steps."""
    left_out: int
    """Rows that no group is large enough for."""


def generalise(bench: Workbench, table: str, ladder: Ladder, *, result: str, smallest: int) -> Told:
    """Make `result` out of `table`: its row numbers `n` with the columns of the ladder as they may be told.

    `table` has the columns of the ladder, `n`, and `person`. Rows alike are a cell; steps are taken by cells. Besides,
    `{result}_places` has the row numbers with the `cell` they came to, and `{result}_kept` the cells told.
    """
    kept = f"{result}_kept"
    _begin(bench, table, ladder, kept)
    for number, step in enumerate(ladder.steps):
        if number:
            _coarsen(bench, ladder, step, kept)
        _keep(bench, ladder, number, smallest, kept)
        if not bench.rows(f"FROM waiting ANTI JOIN {kept} USING (cell) LIMIT 1"):
            break
    # Each row by the number of its cell alone: rows are many, cells are few.
    columns = ", ".join(ladder.columns)
    for sql in (
        f"CREATE TABLE {result}_places AS SELECT n, ended.cell FROM members JOIN ended ON ended.part = members.cell",
        f"CREATE VIEW {result} AS SELECT n, step, {columns} FROM {result}_places JOIN {kept} USING (cell)",
    ):
        bench.execute(sql)
    told = dict(bench.rows(f"SELECT step, count(*) FROM {result} GROUP BY step"))
    [(rows,)] = bench.rows("SELECT count(*) FROM members")
    for name in ("members", "people", "waiting", "parts", "ended"):
        bench.execute(f"DROP TABLE {name}")
    steps = {step.name: told.get(number, 0) for number, step in enumerate(ladder.steps)}
    return Told(steps, rows - sum(steps.values()))


def _begin(bench: Workbench, table: str, ladder: Ladder, kept: str) -> None:
    """Make cells of rows alike: which `members` each has, whose they are, and that all of them are waiting."""
    columns = ", ".join(ladder.columns)
    # rowid, not row_number(): numbering rows takes DuckDB one thread and twice the time.
    for sql in (
        f"""CREATE TABLE cells AS SELECT {columns}, list(n) AS ns, list(person) AS persons
            FROM {table} GROUP BY {columns}""",
        "CREATE TABLE members AS SELECT rowid AS cell, unnest(ns) AS n FROM cells",
        "CREATE TABLE people AS SELECT DISTINCT rowid AS cell, unnest(persons) AS person FROM cells",
        f"CREATE TABLE waiting AS SELECT rowid AS cell, {columns} FROM cells",
        "CREATE TABLE parts AS SELECT rowid AS part, rowid AS cell FROM cells",
        "DROP TABLE cells",
        "CREATE TABLE ended AS FROM parts LIMIT 0",
        f"CREATE TABLE {kept} AS SELECT 0 AS step, * FROM waiting LIMIT 0",
    ):
        bench.execute(sql)


def _coarsen(bench: Workbench, ladder: Ladder, step: Step, kept: str) -> None:
    """Take a step: cells that are alike now become one, so that each step has fewer of them to look at."""
    columns = ", ".join(ladder.columns)
    told = ", ".join(f"{step.columns[name]} AS {name}" if name in step.columns else name for name in ladder.columns)
    for sql in (
        f"""CREATE OR REPLACE TABLE waiting AS SELECT min(cell) AS cell, {columns}, list(cell) AS joined
            FROM (SELECT cell, {told} FROM waiting ANTI JOIN {kept} USING (cell)) GROUP BY {columns}""",
        "CREATE TABLE moved AS SELECT cell, unnest(joined) AS was FROM waiting",
        """CREATE OR REPLACE TABLE people AS
            SELECT DISTINCT moved.cell, person FROM people JOIN moved ON moved.was = people.cell""",
        """CREATE OR REPLACE TABLE parts AS
            SELECT part, moved.cell FROM parts JOIN moved ON moved.was = parts.cell""",
        "DROP TABLE moved",
    ):
        bench.execute(sql)


def _keep(bench: Workbench, ladder: Ladder, number: int, smallest: int, kept: str) -> None:
    """Keep the cells that enough people share now; the others wait."""
    bench.execute(
        f"""INSERT INTO {kept}
            WITH large AS (SELECT cell FROM people GROUP BY cell HAVING count(*) >= {smallest})
            SELECT {number}, cell, {", ".join(ladder.columns)} FROM waiting SEMI JOIN large USING (cell)
            {_mixed(ladder)}"""
    )
    bench.execute(f"INSERT INTO ended SELECT part, cell FROM parts SEMI JOIN {kept} USING (cell)")


def _mixed(ladder: Ladder) -> str:
    """Return the condition on large groups that they do not give an outcome away."""
    if ladder.outcome is None:
        return ""
    others = ", ".join(column for column in ladder.columns if column != ladder.outcome)
    settled = ladder.settled or ladder.outcome
    return f"QUALIFY {settled} IS NULL OR count(DISTINCT {settled}) OVER (PARTITION BY {others}) >= 2"
