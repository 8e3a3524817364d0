"""The page fetches nothing, hides what is small, and says in words what the charts draw."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scanner.classify.slices import wilson
from scanner.report.summary import Row, Share, Summary
from scanner.report.summary_page import write_summary
from scanner.store.figures import Week

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
NOT_TOLD = Share(None, None)
TOLD = Share(45, wilson(30, 45))
SUMMARY = Summary(
    since=datetime(2026, 11, 1, tzinfo=UTC),
    until=None,
    now=NOW,
    weeks=(Week(monday=date(2026, 11, 16), gathered=12_345, scored=12_300, flagged=60, judged=45),),
    flagged=60,
    suspected=TOLD,
    dismissed=Share(45, wilson(15, 45)),
    reversed=NOT_TOLD,
    days_median=2.25,
    days_p90=None,
    overdue=3,
    late=1,
    missed=NOT_TOLD,
    codes=(Row("AJAKAN-BERPIHAK", 60, TOLD), Row("SIMBOL-JARI", None, NOT_TOLD)),
    platforms=(Row("mastodon", 60, TOLD),),
    phases=(),
    units=(Row("Kabupaten <b>Contoh</b> · Dinas", 60, TOLD), Row("", None, NOT_TOLD)),
)


@pytest.fixture
def page(tmp_path: Path) -> str:
    write_summary(tmp_path / "summary.html", SUMMARY)
    return (tmp_path / "summary.html").read_text("utf-8")


def test_figures_are_written_the_indonesian_way_with_their_intervals(page: str):
    assert "12.345" in page
    assert "0,667 <small>(0,521–0,786)</small>" in page
    assert "2,2</td>" in page


def test_what_is_not_told_is_a_sign_and_not_a_number(page: str):
    row = page[page.rindex("<td>SIMBOL-JARI") :].split("</tr>")[0]
    assert re.sub(r"<[^>]+>", " ", row).split() == ["SIMBOL-JARI", "&lt;", "10", "&lt;", "10", "&lt;", "10"]


def test_small_units_have_no_name(page: str):
    assert "<td>Tidak ditampilkan</td>" in page


def test_nothing_is_fetched_and_no_chart_has_a_style(page: str):
    assert not re.search(r"<script|<link|<img|https?:|url\(|@import", page)
    for chart in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        assert "style" not in chart


def test_names_cannot_break_out_of_the_page(page: str):
    assert "<b>Contoh" not in page
    assert "&lt;b&gt;Contoh" in page


def test_period_and_moment_are_said(page: str):
    assert "sejak 01-11-2026 00:00 UTC sampai kini; keadaan 30-11-2026 09:00 UTC" in page
    assert "Dugaan, bukan putusan." in page


def test_every_heading_stands_in_both_languages(page: str):
    headings = re.findall(r"<h\d.*?</h\d>", page)
    assert len(headings) == 8
    assert all('<small lang="en">' in heading for heading in headings)
