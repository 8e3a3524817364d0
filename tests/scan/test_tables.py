"""Tables come in and go out without losing a row, whatever a bad one looks like."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import ImportFailed, UsageError
from scanner.scan.tables import BadRow, TableFormat, format_of, open_writer, read_rows

ROWS: list[dict[str, Any]] = [
    {"text": "Selamat pagi, warga", "n": 1},
    {"text": 'koma, "kutip" dan\nbaris baru 🙂', "n": 2},
]


def good(name: str) -> list[dict[str, Any]]:
    return [row for row in read_rows(name) if not isinstance(row, BadRow)]


def bad(name: str) -> list[str]:
    return [str(row) for row in read_rows(name) if isinstance(row, BadRow)]


@pytest.mark.parametrize("ending", ["jsonl", "ndjson", "parquet"])
def test_rows_come_back_as_they_were_written(tmp_path: Path, ending: str):
    name = str(tmp_path / f"posts.{ending}")
    with open_writer(name) as writer:
        writer.write(ROWS[:1])
        writer.write(ROWS[1:])
    assert good(name) == ROWS


def test_csv_rows_come_back_as_text(tmp_path: Path):
    name = str(tmp_path / "posts.csv")
    with open_writer(name) as writer:
        writer.write([{**ROWS[1], "codes": ["A", "B"]}])
    assert good(name) == [{"text": ROWS[1]["text"], "n": "2", "codes": '["A","B"]'}]


def test_nothing_appears_under_the_name_when_writing_breaks_off(tmp_path: Path):
    target = tmp_path / "posts.jsonl"
    with pytest.raises(RuntimeError), open_writer(str(target)) as writer:
        writer.write(ROWS)
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_rows_is_still_written(tmp_path: Path):
    name = str(tmp_path / "none.parquet")
    with open_writer(name):
        pass
    assert good(name) == []


def test_a_line_that_is_no_object_is_named_and_the_rest_goes_on(tmp_path: Path):
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text":"satu"}\n[1]\n{"text":\n\n' + b"[" * 5000 + b'\n{"text":"dua"}\n')
    assert [row["text"] for row in good(str(path))] == ["satu", "dua"]
    assert [line.split(":")[0].removeprefix(str(tmp_path)) for line in bad(str(path))] == [
        "/posts.jsonl line 2",
        "/posts.jsonl line 3",
        "/posts.jsonl line 5",
    ]


def test_a_csv_row_of_another_width_is_named(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_text("text,n\nsatu,1\ndua\ntiga,3,4\nempat,4\n")
    assert [row["text"] for row in good(str(path))] == ["satu", "empat"]
    assert len(bad(str(path))) == 2


def test_csv_of_other_encodings_and_nul_bytes_is_read(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_bytes(b"\xef\xbb\xbftext\r\nsa\x00tu \xff\r\n")
    assert good(str(path)) == [{"text": "satu �"}]


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path):
    path = tmp_path / "posts.parquet"
    path.write_text("nothing")
    with pytest.raises(ImportFailed, match="not a Parquet file"):
        good(str(path))


def test_parquet_keeps_its_types(tmp_path: Path):
    path = tmp_path / "posts.parquet"
    pq.write_table(pa.table({"text": ["a"], "when": pa.array([1], pa.timestamp("s", "UTC"))}), path)
    assert good(str(path))[0]["when"].isoformat() == "1970-01-01T00:00:01+00:00"


@pytest.mark.parametrize("name", ["posts.xlsx", "posts", "posts.jsonl.gz"])
def test_an_unknown_ending_names_the_known_ones(name: str):
    with pytest.raises(UsageError, match=r"known: \.jsonl, \.ndjson, \.csv, \.parquet or - for JSONL"):
        format_of(name)


def test_a_missing_file_is_one_clear_line(tmp_path: Path):
    with pytest.raises(ImportFailed, match="cannot be read: No such file"):
        good(str(tmp_path / "none.jsonl"))


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path):
    with pytest.raises(ImportFailed, match="cannot be written"), open_writer(str(tmp_path / "x" / "y.jsonl")):
        pass


def test_a_hyphen_is_standard_input_and_output(monkeypatch: pytest.MonkeyPatch):
    class Standard:
        buffer = io.BytesIO(b'{"text":"satu"}\n')

    assert format_of("-") is TableFormat.JSONL
    monkeypatch.setattr(sys, "stdin", Standard())
    assert good("-") == [{"text": "satu"}]


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300), ending=st.sampled_from(["jsonl", "csv"]))
def test_wild_bytes_never_break_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes, ending: str):
    path = tmp_path_factory.mktemp("wild") / f"posts.{ending}"
    path.write_bytes(content)
    for row in read_rows(str(path)):
        assert isinstance(row, dict | BadRow)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({"text": st.text(st.characters(exclude_categories=["Cs"])), "n": st.integers(-9, 9)}),
        max_size=5,
    )
)
def test_any_text_survives_jsonl_and_parquet(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]):
    folder = tmp_path_factory.mktemp("tables")
    for ending in ("jsonl", "parquet"):
        name = str(folder / f"posts.{ending}")
        with open_writer(name) as writer:
            writer.write(rows)
        assert good(name) == rows


def test_csv_is_readable_by_others(tmp_path: Path):
    path = tmp_path / "posts.csv"
    with open_writer(str(path)) as writer:
        writer.write(ROWS)
    with path.open(newline="", encoding="utf-8") as file:
        assert [row["text"] for row in csv.DictReader(file)] == [row["text"] for row in ROWS]
