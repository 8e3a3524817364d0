"""A workspace begins with one verb that says what comes next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_it_makes_a_workspace_and_says_what_comes_next(run: Run, tmp_path: Path):
    ended = run("init", tmp_path / "pengawasan")
    assert (ended.code, ended.out) == (0, "")
    assert f"Workspace made in {tmp_path / 'pengawasan'}." in ended.err
    assert "fill in [mandate] and election in scanner.toml" in ended.err
    assert (tmp_path / "pengawasan" / "scanner.toml").is_file()


def test_without_a_name_it_is_this_folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert run("init").code == 0
    assert (tmp_path / "secrets.toml").stat().st_mode & 0o077 == 0


def test_a_new_workspace_is_led_step_by_step(run: Run, tmp_path: Path):
    """Every refusal on the way names what is missing next."""
    root = tmp_path / "w"
    run("init", root)
    assert "controller, controller_kind, legal_basis" in run("scan", "-w", root).refusal
    assert "controller" in run("roster", "import", root / "roster.csv", "-w", root).refusal
    steps = {line.split()[1] for line in run("doctor", "-w", root).out.splitlines() if line.startswith("FIX")}
    assert steps >= {"mandate", "election", "roster"}


def test_a_second_time_is_refused_and_changes_nothing(run: Run, tmp_path: Path):
    run("init", tmp_path)
    (tmp_path / "scanner.toml").write_text("# mine\n", "utf-8")
    ended = run("init", tmp_path)
    assert ended.code == 1
    assert "there is a workspace already" in ended.err
    assert (tmp_path / "scanner.toml").read_text("utf-8") == "# mine\n"
