"""The summary on the screen, as JSON and as a page; what is told of fewer than ten is hidden."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.workspace import open_workspace
from tests.cli.conftest import Run


def test_volumes_and_decisions_are_shown_and_small_groups_are_not(run: Run, office: Path):
    ended = run("summary", "-w", office)
    assert ended.code == 0
    assert "gathered" in ended.out
    assert "overdue" in ended.out
    assert "< 10" in ended.out
    assert "nusarimba" not in ended.out


def test_neither_screen_nor_page_names_a_unit_of_fewer_than_ten_people(run: Run, office: Path, tmp_path: Path):
    with open_workspace(office).store.lease("test") as lease:
        units = {unit for (unit,) in lease.rows("SELECT unit FROM listed WHERE id IN (SELECT account_id FROM flags)")}
    shown = run("summary", "-w", office, "--html", tmp_path / "summary.html").out + run("summary", "-w", office).out
    shown += (tmp_path / "summary.html").read_text("utf-8") + run("summary", "-w", office, "--json").out
    assert units
    assert not [unit for unit in units if unit in shown]


def test_programs_get_numbers_and_null_for_what_is_hidden(run: Run, office: Path):
    found = json.loads(run("summary", "-w", office, "--json").out)
    assert found["flagged"] == 3
    assert sum(week["gathered"] for week in found["weeks"]) == 4
    assert found["suspected"] == {"cases": None, "share": None}
    assert found["codes"]
    assert {row["flagged"] for row in (*found["codes"], *found["platforms"], *found["units"])} == {None}


def test_a_page_is_written_on_request(run: Run, office: Path, tmp_path: Path):
    page = tmp_path / "summary.html"
    ended = run("summary", "-w", office, "--html", page)
    assert ended.code == 0
    assert "summary.html: written." in ended.err.replace("\n", "")
    assert "Ringkasan pengawasan" in page.read_text("utf-8")


def test_a_period_without_anything_has_no_weeks(run: Run, office: Path):
    found = json.loads(run("summary", "-w", office, "--json", "--until", "2020-01-01").out)
    assert (found["weeks"], found["flagged"], found["until"]) == ([], 0, "2020-01-01T00:00:00+00:00")


def test_a_page_that_cannot_be_written_is_one_line(run: Run, office: Path, tmp_path: Path):
    ended = run("summary", "-w", office, "--html", tmp_path / "nowhere" / "summary.html")
    assert ended.code == 1
    assert len(ended.err.splitlines()) == 1
