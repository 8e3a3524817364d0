"""Whatever the rows are: every group told has enough people and no outcome of its own, and no row is lost uncounted."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
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
    settled="nullif(outcome, 'none')",
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
    assert all(len(said - {"none", None}) != 1 for said in outcomes.values())


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


def test_what_is_not_settled_yet_does_not_hide_that_all_others_came_to_one_end():
    rows: list[Row] = [(person, "a", "x", "yes" if person < 10 else "none") for person in range(20)]
    _told, found = tell(rows, 10)
    assert {row[3] for row in found} == {"none", None}


SAID = pa.list_(pa.struct([("stage", pa.string()), ("verdict", pa.string())]))


@pytest.mark.parametrize(("ruled", "told"), [("suspected", 0), ("not_violation", 20)])
def test_two_ways_to_one_end_are_no_second_end(tmp_path: Path, ruled: str, told: int):
    agreed = [{"stage": "blind", "verdict": "suspected"}] * 2
    split = [{"stage": "blind", "verdict": one} for one in ("not_violation", "suspected")]
    said = [agreed] * 10 + [[*split, {"stage": "adjudication", "verdict": ruled}]] * 10
    columns = {name: pa.nulls(20, pa.string()) for name in LADDERS["reviews"].columns}
    columns |= {"period_start": pa.nulls(20, pa.date32()), "said": pa.array(said, SAID), "n": pa.array(range(20))}
    with workbench(tmp_path) as bench:
        bench.register("given", pa.table({**columns, "person": pa.array(range(20))}))
        assert sum(generalise(bench, "given", LADDERS["reviews"], result="told", smallest=10).steps.values()) == told


def test_every_column_of_a_ladder_can_be_withheld_or_is_told_to_stay():
    kept = {"agency", "chosen", "said"}
    """The agency becomes 'lainnya'; why a post was seen and what was said is what the rows are for."""
    for name, ladder in LADDERS.items():
        changed = {column for step in ladder.steps for column, sql in step.columns.items() if sql.startswith("nullif")}
        assert set(ladder.columns) - changed <= kept, name
