"""What goes out comes back: every text, in every format that is read back."""

from __future__ import annotations

import csv
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.report.export.columns import Kind, Type
from scanner.report.export.kinds import KINDS, POSTS, REVIEWS
from scanner.report.export.reading import READ, read_rows
from tests.report.export.conftest import LURES, row_of, written

WILD = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("=+-@'\"\t\r\n\0;,|\\ \u202e\u2028\ufeff＝\x1b")
    )
)


def back(rows: list[dict[str, Any]], form: str, encoding: str = "utf-8") -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        return list(read_rows(written(Path(folder), REVIEWS, rows, form, encoding), REVIEWS))


def told(row: dict[str, Any], kind: Kind = REVIEWS) -> dict[str, Any]:
    """Return a row as it is read: JSON as what it says."""
    said = {one.name: json.loads(row[one.name]) for one in kind.columns if one.type is Type.JSON}
    return row | said


@pytest.mark.parametrize("form", READ)
@settings(max_examples=60, deadline=None)
@given(notes=st.lists(WILD, max_size=4), codes=st.lists(WILD, max_size=2), seconds=st.none() | st.floats(0, 1e9))
def test_no_text_is_lost(form: str, notes: list[str], codes: list[str], seconds: float | None):
    rows = [row_of(REVIEWS, note=note, annotator=note, codes=json.dumps(codes), seconds=seconds) for note in notes]
    assert back(rows, form) == [told(row) for row in rows]


@pytest.mark.parametrize("form", READ)
def test_no_lure_is_lost_with_the_mark_for_excel_before_it(form: str):
    rows = [row_of(REVIEWS, note=lure) for lure in LURES]
    assert back(rows, form, "utf-8-sig") == [told(row) for row in rows]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("form", READ)
def test_every_kind_is_read_back_with_its_empty_cells(tmp_path: Path, kind: Kind, form: str):
    empty = row_of(kind, **{column.name: None for column in kind.columns if column.empty})
    rows = list(read_rows(written(tmp_path, kind, [row_of(kind), empty], form), kind))
    assert rows == [told(row_of(kind), kind), told(empty, kind)]


@pytest.mark.parametrize("form", READ)
def test_a_folder_and_a_zip_of_it_are_read_too(tmp_path: Path, form: str):
    path = written(tmp_path, REVIEWS, [row_of(REVIEWS)], form)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(path, path.name)
    (tmp_path / "rows").unlink()
    assert list(read_rows(tmp_path, REVIEWS)) == list(read_rows(tmp_path / "a.zip", REVIEWS)) == [told(row_of(REVIEWS))]


@pytest.mark.parametrize("form", READ)
def test_an_export_of_another_kind_is_refused(tmp_path: Path, form: str):
    path = written(tmp_path, POSTS, [row_of(POSTS)], form)
    with pytest.raises(UsageError, match="not an export of reviews: its columns are others"):
        list(read_rows(path, REVIEWS))


@pytest.mark.parametrize("form", [*READ, "xlsx", "zip"])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b'{"seq":', b"[" * 100_000, b"PAR1" * 4, b"PK\x03\x04aaaa"])
def test_what_is_no_export_is_one_line(tmp_path: Path, form: str, body: bytes):
    (tmp_path / f"reviews.{form}").write_bytes(body)
    if form == "jsonl" and not body:
        assert list(read_rows(tmp_path / "reviews.jsonl", REVIEWS)) == []
        return
    with pytest.raises(UsageError, match="not an export of reviews") as refused:
        list(read_rows(tmp_path / f"reviews.{form}", REVIEWS))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("column", "cell"), [("seq", "tujuh"), ("drawn", "ya"), ("decided_at", "kemarin"), ("codes", "[")]
)
def test_a_cell_of_another_type_is_refused(tmp_path: Path, column: str, cell: str):
    path = written(tmp_path, REVIEWS, [row_of(REVIEWS)], "csv")
    with path.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerows([row, {**row, column: cell}])
    rows = read_rows(path, REVIEWS)
    assert next(rows) == told(row_of(REVIEWS))
    with pytest.raises(UsageError, match="not an export of reviews"):
        next(rows)
