"""The doctor at the door: ok, WARN, FIX with what to do next, or waiting for another check; exit 0, 3 or 1."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.doctor.conftest import rewrite


@pytest.fixture(autouse=True)
def _nobody_special(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() or 1000)


@pytest.fixture
def office(office: Path) -> Path:
    """The workspace of the other verbs, politely set."""
    rewrite(office / "scanner.toml", "min_interval = 0.0", "min_interval = 2.0")
    return office


def test_a_whole_workspace_is_all_ok(run: Run, office: Path):
    ended = run("doctor", "-w", office)
    marks = [line.split()[0] for line in ended.out.splitlines()[2:]]
    assert (ended.code, ended.err) == (0, f"{len(marks)} ok.\n")
    assert set(marks) == {"ok"}
    assert len(marks) >= 40


def test_what_is_broken_says_what_to_do_next(run: Run, office: Path):
    (office / "data").chmod(0o755)
    ended = run("doctor", "-w", office)
    assert ended.code == 1
    [line] = [line for line in ended.out.splitlines() if line.startswith("FIX")]
    assert "data folder" in line
    assert f"chmod 700 {office / 'data'}" in line


def test_warnings_alone_have_an_exit_code_of_their_own(run: Run, office: Path):
    rewrite(office / "scanner.toml", "min_interval = 2.0", "min_interval = 0.5")
    ended = run("doctor", "-w", office)
    assert ended.code == 3
    [line] = [line for line in ended.out.splitlines() if line.startswith("WARN")]
    assert "politeness" in line


def test_what_could_not_be_checked_is_neither_ok_nor_broken(run: Run, tmp_path: Path):
    ended = run("doctor", "-w", tmp_path)
    assert ended.code == 1
    assert "scanner init" in ended.out
    broken = [line.split()[1] for line in ended.out.splitlines() if line.startswith("FIX")]
    assert broken == ["settings"]
    assert "not checked: first mend settings" in ended.out


def test_json_for_programs_has_every_check(run: Run, office: Path, tmp_path: Path):
    found = json.loads(run("doctor", "-w", office, "--json").out)
    assert all(set(check) == {"name", "state", "found", "next_step"} for check in found)
    assert {check["state"] for check in found} == {"ok"}
    ended = run("doctor", "-w", tmp_path, "--json")
    assert ended.code == 1
    assert {check["state"] for check in json.loads(ended.out)} == {"ok", "failed", "unchecked"}


@pytest.mark.slow
def test_deep_looks_at_more(run: Run, office: Path):
    names = [check["name"] for check in json.loads(run("doctor", "-w", office, "--deep", "--json").out)]
    assert {"blocks", "timestamps"} <= set(names)


def test_at_eighty_columns_nothing_is_cut(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("doctor", "-w", tmp_path).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "`scanner init" in " ".join(shown.split())
