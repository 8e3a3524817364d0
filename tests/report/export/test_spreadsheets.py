"""No text becomes a formula in a spreadsheet, and none is cut off silently (reliability B8)."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.report.export import as_xlsx
from scanner.report.export.as_xlsx import cut
from scanner.report.export.formats import SPREADSHEET_MOST, units, writer_of
from scanner.report.export.kinds import REVIEWS
from tests.report.export.conftest import LURES, row_of, spooled, written

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
CELLS = {
    "csv": "44,34,76,1,,0,false,true,false,false,false,-1,true",
    "tsv": "9,34,76,1,,0,false,true,false,false,false,-1,true",
}
"""How LibreOffice reads text: separator, quotes, UTF-8, numbers detected, formulas reckoned: the most dangerous way."""


def sheets(path: Path) -> list[list[list[str]]]:
    """Return the cells of an XLSX, sheet by sheet, from its XML."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(
            (name for name in archive.namelist() if "worksheets/sheet" in name), key=lambda one: (len(one), one)
        )
        roots = [ET.fromstring(archive.read(name)) for name in names]
    return [[[_text(cell) for cell in row] for row in root.iter(f"{_MAIN}row")] for root in roots]


def _text(cell: ET.Element) -> str:
    assert cell.find(f"{_MAIN}f") is None, "a formula"
    told = "".join(part.text or "" for part in cell.iter() if part.tag in (f"{_MAIN}t", f"{_MAIN}v"))
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), told)


def test_every_lure_is_a_text_cell_of_an_xlsx_and_nothing_is_a_link(tmp_path: Path):
    path = written(tmp_path, REVIEWS, [row_of(REVIEWS, note=lure) for lure in LURES], "xlsx")
    [[head, *rows]] = sheets(path)
    notes = [row[head.index("note")] for row in rows]
    assert notes == list(LURES)
    with zipfile.ZipFile(path) as archive:
        assert not [name for name in archive.namelist() if b"hyperlink" in archive.read(name)]


def test_what_a_cell_cannot_hold_goes_on_in_the_next_column(tmp_path: Path):
    texts = ["a" * SPREADSHEET_MOST, "b" * (SPREADSHEET_MOST + 1), "\U0001f44d" * SPREADSHEET_MOST]
    rows = spooled(tmp_path, REVIEWS, [row_of(REVIEWS, note=text) for text in texts])
    [(_, told)] = writer_of("xlsx")(tmp_path / "a.xlsx", rows, encoding="utf-8")
    assert "longer texts go on in the next column (note)" in told
    [[head, *found]] = sheets(tmp_path / "a.xlsx")
    start = head.index("note")
    assert head[start : start + 4] == ["note", "note (2)", "note (3)", "seconds"]
    assert ["".join(row[start : start + len(cut(text))]) for row, text in zip(found, texts, strict=True)] == texts


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("a\U0001f44dé"), max_size=12), most=st.integers(2, 5))
def test_pieces_are_the_text_and_each_fits(text: str, most: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(as_xlsx, "SPREADSHEET_MOST", most)
        pieces = cut(text)
    assert "".join(pieces) == text
    assert all(units(piece) <= most for piece in pieces)
    assert all(pieces) or pieces == [""]


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(as_xlsx, "SHEET_MOST", 3)
    path = written(tmp_path, REVIEWS, [row_of(REVIEWS, seq=number) for number in range(7)], "xlsx")
    assert [[row[0] for row in rows] for rows in sheets(path)] == [
        ["seq", "0", "1", "2"],
        ["seq", "3", "4", "5"],
        ["seq", "6"],
    ]


def test_nothing_is_a_sheet_with_a_header(tmp_path: Path):
    assert sheets(written(tmp_path, REVIEWS, [], "xlsx")) == [[REVIEWS.schema.names]]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_text_file_holds_long_texts_whole_and_says_that_spreadsheets_cut_them(tmp_path: Path, form: str):
    rows = spooled(tmp_path, REVIEWS, [row_of(REVIEWS, note="a" * 40_000)])
    notes = writer_of(form)(tmp_path / f"a.{form}", rows, encoding="utf-8")
    assert notes[-1][1].startswith("1 cells are longer than 32,767 characters")
    assert "a" * 40_000 in (tmp_path / f"a.{form}").read_text("utf-8")


def converted(folder: Path, form: str, *paths: Path) -> list[str]:
    """Let LibreOffice read files and return its own XML of each."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: apt install libreoffice-calc-nogui)")
    filters = [f"--infilter=Text - txt - csv (StarCalc):{CELLS[form]}"] if form in CELLS else []
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, profile, "--headless", *filters, "--convert-to", "fods", "--outdir", folder, *paths]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return [(folder / f"{path.stem}.fods").read_text("utf-8") for path in paths]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "tsv", "xlsx"])
def test_libreoffice_finds_no_formula(tmp_path: Path, form: str):
    assert len(LURES) >= 40
    rows: list[dict[str, Any]] = [
        row_of(REVIEWS, note=lure, annotator=lure, id=lure, codes=f'["{number}"]') for number, lure in enumerate(LURES)
    ]
    ours = written(tmp_path, REVIEWS, rows, form)
    if form == "xlsx":
        [told] = converted(tmp_path, form, ours)
    else:
        bare = tmp_path / f"bare.{form}"
        with bare.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="," if form == "csv" else "\t").writerows([lure] for lure in LURES)
        told, unguarded = converted(tmp_path, form, ours, bare)
        assert "table:formula=" in unguarded, "the check must be able to fail"
    assert told.count("table:formula=") == 0
    assert told.count("xlink:href") == 0
