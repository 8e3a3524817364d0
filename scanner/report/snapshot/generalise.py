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

    `table` has the columns of the ladder, `n`, and `person`. Rows alike are a cell; steps are taken by cells.
    """
    columns = ", ".join(ladder.columns)
    bench.execute(
        f"""CREATE TABLE cells AS SELECT row_number() OVER () AS cell, * FROM (
            SELECT {columns}, list(n) AS members, list(DISTINCT person) AS people FROM {table} GROUP BY {columns})"""
    )
    bench.execute("CREATE TABLE people AS SELECT cell, unnest(people) AS person FROM cells")
    bench.execute(f"CREATE TABLE waiting AS SELECT cell, {columns} FROM cells")
    bench.execute("CREATE TABLE kept AS SELECT 0 AS step, * FROM waiting LIMIT 0")
    for number, step in enumerate(ladder.steps):
        _take(bench, ladder, step, number, smallest)
    # Each row by the number of its cell alone: rows are many, cells are few.
    bench.execute(f"CREATE TABLE {result}_members AS SELECT unnest(members) AS n, cell FROM cells")
    bench.execute(f"ALTER TABLE kept RENAME TO {result}_kept")
    bench.execute(
        f"CREATE VIEW {result} AS SELECT n, step, {columns} FROM {result}_members JOIN {result}_kept USING (cell)"
    )
    told = dict(bench.rows(f"SELECT step, count(*) FROM {result} GROUP BY step"))
    [(rows,)] = bench.rows(f"SELECT count(*) FROM {table}")
    for name in ("cells", "people", "waiting"):
        bench.execute(f"DROP TABLE {name}")
    steps = {step.name: told.get(number, 0) for number, step in enumerate(ladder.steps)}
    return Told(steps, rows - sum(steps.values()))


def _take(bench: Workbench, ladder: Ladder, step: Step, number: int, smallest: int) -> None:
    """Make what waits coarser by one step, and keep the groups that are large enough now."""
    columns = ", ".join(ladder.columns)
    if step.columns:
        told = ", ".join(f"{step.columns[name]} AS {name}" if name in step.columns else name for name in ladder.columns)
        bench.execute(f"CREATE OR REPLACE TABLE waiting AS SELECT cell, {told} FROM waiting")
    bench.execute(
        f"""INSERT INTO kept
            WITH groups AS MATERIALIZED (
                SELECT row_number() OVER () AS id, * FROM (
                    SELECT {columns}, list(cell) AS cells FROM waiting GROUP BY {columns})
            ), parts AS MATERIALIZED (
                SELECT id, unnest(cells) AS cell FROM groups
            ), large AS (
                SELECT id FROM parts JOIN people USING (cell) GROUP BY id HAVING count(DISTINCT person) >= {smallest}
            )
            SELECT {number}, waiting.* FROM waiting JOIN parts USING (cell) JOIN ({_mixed(ladder)}) USING (id)"""
    )
    bench.execute(f"DELETE FROM waiting WHERE cell IN (SELECT cell FROM kept WHERE step = {number})")


def _mixed(ladder: Ladder) -> str:
    """Return the query of large groups that do not give an outcome away."""
    if ladder.outcome is None:
        return "FROM large"
    others = ", ".join(column for column in ladder.columns if column != ladder.outcome)
    settled = f"SELECT *, {ladder.settled or ladder.outcome} AS settled FROM groups JOIN large USING (id)"
    return f"""SELECT id FROM ({settled})
        QUALIFY count(DISTINCT settled) OVER (PARTITION BY {others}) >= 2 OR settled IS NULL"""
