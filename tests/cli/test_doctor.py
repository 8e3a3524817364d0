"""The doctor at the door: ok, FIX with what to do next, or waiting for another check; exit 1 unless all is well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_a_whole_workspace_is_all_ok(run: Run, office: Path):
    ended = run("doctor", "-w", office)
    assert (ended.code, ended.err) == (0, "")
    marks = [line.split()[0] for line in ended.out.splitlines()[2:]]
    assert set(marks) == {"ok"}
    assert len(marks) == 16


def test_what_is_broken_says_what_to_do_next(run: Run, office: Path):
    (office / "data").chmod(0o755)
    ended = run("doctor", "-w", office)
    assert ended.code == 1
    [line] = [line for line in ended.out.splitlines() if line.startswith("FIX")]
    assert "data folder" in line
    assert f"chmod 700 {office / 'data'}" in line


def test_what_could_not_be_checked_is_neither_ok_nor_broken(run: Run, tmp_path: Path):
    ended = run("doctor", "-w", tmp_path)
    assert ended.code == 1
    assert "scanner init" in ended.out
    assert [line.split()[1] for line in ended.out.splitlines() if line.startswith("FIX")] == ["settings"]
    assert "not checked: first mend settings" in ended.out


def test_json_for_programs_has_every_check(run: Run, office: Path, tmp_path: Path):
    found = json.loads(run("doctor", "-w", office, "--json").out)
    assert all(set(check) == {"name", "ok", "found", "next_step"} for check in found)
    assert {check["ok"] for check in found} == {True}
    ended = run("doctor", "-w", tmp_path, "--json")
    assert ended.code == 1
    assert {check["ok"] for check in json.loads(ended.out)} == {True, False, None}


def test_at_eighty_columns_nothing_is_cut(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("doctor", "-w", tmp_path).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "`scanner init" in " ".join(shown.split())
