"""Whatever the rows are: every group told has enough people and no outcome of its own, and no row is lost uncounted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.report.snapshot.generalise import Told, generalise
from scanner.report.snapshot.levels import LADDERS, Ladder, Step
from scanner.store.snapshot import workbench

LADDER = Ladder(
    columns=("place", "kind", "outcome"),
    steps=(
        Step("as it is", {}),
        Step("place", {"place": "'lainnya'"}),
        Step("kind", {"kind": "nullif(kind, kind)"}),
        Step("outcome", {"outcome": "nullif(outcome, outcome)"}),
    ),
    outcome="outcome",
    harmless=("none",),
)
Row = tuple[int, str | None, str | None, str]


def tell(rows: list[Row], smallest: int) -> tuple[Told, list[tuple[object, ...]]]:
    people, places, kinds, outcomes = zip(*rows, strict=True) if rows else ((), (), (), ())
    text = pa.string()
    table = pa.table(
        {
            "n": pa.array(range(len(rows)), pa.int64()),
            "person": pa.array(people, pa.int64()),
            "place": pa.array(places, text),
            "kind": pa.array(kinds, text),
            "outcome": pa.array(outcomes, text),
        }
    )
    with tempfile.TemporaryDirectory() as folder, workbench(Path(folder)) as bench:
        bench.register("given", table)
        told = generalise(bench, "given", LADDER, result="told", smallest=smallest)
        return told, bench.rows("SELECT person, t.place, t.kind, t.outcome, n FROM told AS t JOIN given USING (n)")


ROWS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["a", "b", None]),
        st.sampled_from(["x", "y", None]),
        st.sampled_from(["yes", "no", "none"]),
    ),
    max_size=120,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, smallest=st.integers(2, 6))
def test_every_group_has_enough_people_and_more_than_one_outcome(rows: list[Row], smallest: int):
    told, found = tell(rows, smallest)
    assert len(found) + told.left_out == len(rows) == sum(told.steps.values()) + told.left_out
    assert len({n for *_, n in found}) == len(found)
    groups: dict[tuple[object, ...], set[object]] = {}
    outcomes: dict[tuple[object, ...], set[object]] = {}
    for person, *told_columns, _n in found:
        groups.setdefault(tuple(told_columns), set()).add(person)
        outcomes.setdefault(tuple(told_columns[:2]), set()).add(told_columns[2])
    assert all(len(people) >= smallest for people in groups.values())
    assert all(len(said - {None}) != 1 or said <= {"none", None} for said in outcomes.values())


def test_ten_posts_by_one_person_are_no_group():
    told, found = tell([(1, "a", "x", "none")] * 30, 10)
    assert (found, told.left_out) == ([], 30)


def test_enough_alike_stay_as_they_are():
    told, found = tell([(person, "a", "x", "none") for person in range(10)], 10)
    assert {row[1:4] for row in found} == {("a", "x", "none")}
    assert told.steps["as it is"] == 10


def test_an_outcome_that_all_of_a_group_have_is_not_told():
    told, found = tell([(person, "a", "x", "yes") for person in range(20)], 10)
    assert {row[3] for row in found} == {None}
    assert told.steps["outcome"] == 20


def test_every_column_of_a_ladder_can_be_withheld_or_is_told_to_stay():
    kept = {"agency", "chosen", "said"}
    """The agency becomes 'lainnya'; why a post was seen and what was said is what the rows are for."""
    for name, ladder in LADDERS.items():
        changed = {column for step in ladder.steps for column, sql in step.columns.items() if sql.startswith("nullif")}
        assert set(ladder.columns) - changed <= kept, name
