"""Rows go in as Arrow and come out as files; none of it touches a live database."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from scanner.errors import StoreError
from scanner.store.snapshot import build_file, found_in_file, found_in_parquet, workbench

TABLE = pa.table({"name": ["it's", None, "😅"], "codes": [["a"], [], None]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with workbench(tmp_path) as bench:
        bench.register("given", TABLE)
        assert bench.write("FROM given", tmp_path / "posts.parquet") == 3
    return tmp_path


def test_both_files_hold_the_same_rows_and_say_what_they_are(folder: Path):
    build_file(
        folder / "s.duckdb", folder, {"posts": ("one post, it's said", {"name": "What it's called", "codes": ""})}
    )
    found = found_in_file(folder / "s.duckdb")
    assert found == {"posts": found_in_parquet(folder / "posts.parquet")}
    assert found["posts"].columns == (("name", "VARCHAR"), ("codes", "VARCHAR[]"))
    with duckdb.connect(str(folder / "s.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT comment FROM duckdb_tables()").fetchall() == [("one post, it's said",)]


def test_other_rows_have_another_mark_and_another_order_has_not(folder: Path):
    marks = []
    with workbench(folder) as bench:
        bench.register("given", TABLE)
        for number, sql in enumerate(("FROM given ORDER BY name DESC", "SELECT upper(name) AS name, codes FROM given")):
            bench.write(sql, folder / f"{number}.parquet")
            marks.append(found_in_parquet(folder / f"{number}.parquet").mark)
    assert marks[0] == found_in_parquet(folder / "posts.parquet").mark != marks[1]


def test_what_the_database_refuses_is_one_line(tmp_path: Path):
    with workbench(tmp_path) as bench, pytest.raises(StoreError, match="does not exist"):
        bench.execute("FROM nothing")


def test_a_forgotten_table_is_gone(tmp_path: Path):
    with workbench(tmp_path) as bench:
        bench.register("given", TABLE)
        bench.forget("given")
        with pytest.raises(StoreError, match="given"):
            bench.rows("FROM given")
