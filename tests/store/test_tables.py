from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.runs import Outcome
from scanner.errors import StoreDamaged, StoreError
from scanner.store import tables
from scanner.store.connection import Lease


def cursor(account: str, high_water: str | None = None) -> dict[str, object]:
    return {"account_id": account, "high_water": high_water, "validators": "[]"}


def waters(lease: Lease) -> list[tuple[str, str | None]]:
    return lease.rows("SELECT account_id, high_water FROM cursors ORDER BY account_id")  # type: ignore[return-value]


def test_inserting_leaves_what_is_there_and_tells_what_was_added(lease: Lease) -> None:
    assert tables.insert_new(lease, "cursors", [cursor("a", "1")], keys=["account_id"]) == ["a"]
    assert tables.insert_new(lease, "cursors", [cursor("a", "2"), cursor("b", "2")], keys=["account_id"]) == ["b"]
    assert waters(lease) == [("a", "1"), ("b", "2")]


def test_replacing_overwrites_the_columns_given_and_no_others(lease: Lease) -> None:
    tables.replace(lease, "cursors", [{**cursor("a", "1"), "top": "9"}], keys=["account_id"])
    tables.replace(lease, "cursors", [cursor("a", "2")], keys=["account_id"])
    assert lease.rows("SELECT high_water, top FROM cursors") == [("2", "9")]


def test_of_rows_with_one_key_inserting_takes_the_first_and_replacing_the_last(lease: Lease) -> None:
    tables.insert_new(lease, "cursors", [cursor("a", "1"), cursor("a", "2")], keys=["account_id"])
    tables.replace(lease, "cursors", [cursor("b", "1"), cursor("b", "2")], keys=["account_id"])
    assert waters(lease) == [("a", "1"), ("b", "2")]


def test_no_rows_are_no_work(lease: Lease) -> None:
    assert tables.insert_new(lease, "cursors", [], keys=["account_id"]) == []
    tables.replace(lease, "cursors", [], keys=["account_id"])
    assert waters(lease) == []


@pytest.mark.parametrize("value", ["\ud800", 5])
def test_it_names_the_table_of_a_value_that_cannot_be_stored(lease: Lease, value: object) -> None:
    with pytest.raises(StoreError, match="a row for table cursors cannot be stored"):
        tables.replace(lease, "cursors", [{**cursor("a"), "top": value}], keys=["account_id"])


@given(st.text() | st.none())
def test_a_word_stands_for_what_it_names_or_is_damage_with_its_column(word: str | None) -> None:
    if word in set(Outcome):
        assert tables.word_of(Outcome, word, "coverage.outcome") == word
    else:
        with pytest.raises(
            StoreDamaged, match=r"(?s)^coverage.outcome: .* is none of its words; complete, .*, not_tried"
        ):
            tables.word_of(Outcome, word, "coverage.outcome")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_json_is_canonical_and_read_back_as_it_was(value: object) -> None:
    assert json.loads(tables.to_json(value)) == value
    assert tables.to_json(json.loads(tables.to_json(value))) == tables.to_json(value)


def test_pairs_are_read_back() -> None:
    assert tables.pairs(tables.to_json((("etag", '"é"'), ("a", "b")))) == (("etag", '"é"'), ("a", "b"))
