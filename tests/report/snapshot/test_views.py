"""The dictionary and the files say the same, and nothing in them is left unexplained."""

from __future__ import annotations

import json

import duckdb

from scanner.report.snapshot.publish import Published
from scanner.report.snapshot.views import VIEWS, views


def test_every_documented_column_exists_and_every_column_is_documented(published: Published):
    told = json.loads((published.path / "dictionary.json").read_bytes())
    with duckdb.connect(str(published.path / "snapshot.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
    documented = [(name, column["name"], column["type"]) for name, view in told.items() for column in view["columns"]]
    assert sorted(rows) == sorted(documented)
    assert list(told) == [view.name for view in VIEWS]


def test_every_column_says_what_it_means_and_the_file_says_it_too(published: Published):
    with duckdb.connect(str(published.path / "snapshot.duckdb"), read_only=True) as connection:
        comments = dict(
            connection.execute(
                "SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        )
    for view in VIEWS:
        assert view.row
        for column in view.columns:
            assert comments[f"{view.name}.{column.name}"] == column.meaning != ""


def test_what_is_never_empty_is_never_empty(published: Published):
    for view in VIEWS:
        solid = [column.name for column in view.columns if not column.null]
        found = duckdb.sql(f"FROM '{published.path}/parquet/{view.name}.parquet'")
        assert found.columns == list(view.names)
        for name in solid:
            assert found.filter(f'"{name}" IS NULL').fetchall() == [], f"{view.name}.{name}"


def test_words_are_a_column_of_posts_only_where_they_were_ordered():
    names = {view.name: view.names for view in views(with_text=True)}
    assert "text" in names["posts"]
    assert not any("text" in view.names for view in views(with_text=False))


def test_no_view_has_a_column_by_which_posts_could_be_counted_by_person():
    for view in VIEWS:
        assert not {"person_id", "handle", "url", "native_id", "note", "explanation"} & set(view.names)
        assert view.name == "accounts" or "account_id" not in view.names
