"""No cell can become a formula, whichever separator the spreadsheet cuts at, and figures stay figures."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.report.spreadsheet import csv_text

FORMULA = re.compile(r"[\s\"\0]*[=+\-@＝＋－＠]")
LURES = (
    "=1+1",
    "+62811",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\0=1+1",
    " =1+1",
    '"=1+1',
    '" =1+1',
    "＝1+1",
    "＠SUM(A1)",
    '=HYPERLINK("http://evil.example";"klik")',
    "=cmd|' /C calc'!A0",
    "sari;=1+1",
    "sari,=1+1",
    "sari\t=1+1",
    "sari|=1+1",
    "sari\n=1+1",
    'sari";"=1+1',
    'sari;"=1+1',
)


def cut(text: str, separator: str) -> list[str]:
    """Return the cells a spreadsheet finds that takes this for the separator and drops NUL."""
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=separator)
    return [cell for row in reader for cell in row]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("lure", LURES)
def test_a_name_that_is_a_formula_stays_a_name(lure: str, separator: str):
    text = csv_text([{"question": "verdict", "reviewer": lure, "items": 12}])
    assert [cell for cell in cut(text, separator) if FORMULA.match(cell)] == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="=+-@ \t\r\n\"';,|a1\0＝"))
def test_no_text_at_all_becomes_a_formula(name: str):
    text = csv_text([{"reviewer": name, "other": name}])
    assert [cell for separator in ",;\t|" for cell in cut(text, separator) if FORMULA.match(cell)] == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="az09 .,;|'\"()/’éñ漢\U0001f44d\n"))
def test_ordinary_names_come_back_unchanged(name: str):
    assert cut(csv_text([{"reviewer": name}]), ",") == ["reviewer", name]


def test_figures_stay_figures_and_none_is_empty():
    text = csv_text([{"question": "verdict", "alpha": -0.125, "items": 12, "kappa": None}])
    assert text == '"question","alpha","items","kappa"\r\n"verdict",-0.125,12,""\r\n'


def test_names_with_a_hyphen_inside_are_left_alone():
    assert '"nur-aini"' in csv_text([{"reviewer": "nur-aini"}])


def test_no_rows_are_no_lines():
    assert csv_text([]) == ""
