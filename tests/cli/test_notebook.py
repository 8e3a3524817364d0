"""`scanner notebook` from the command line to the command that opens Jupyter."""

from __future__ import annotations

import shlex
import stat
import sys
from pathlib import Path

import pytest

from scanner.cli import notebook as door
from scanner.cli.notebook import copy_notebooks
from scanner.resources import data_folder
from tests.cli.conftest import Run


@pytest.fixture
def published(office: Path) -> Path:
    """An office's workspace in which a snapshot lies, as far as this verb looks at it."""
    (office / "data" / "snapshots" / "2026-11-22T030000Z").mkdir(parents=True)
    (office / "data" / "snapshots" / "latest").symlink_to("2026-11-22T030000Z")
    return office


def test_it_prints_the_command_on_the_snapshot_of_this_moment(run: Run, published: Path):
    ended = run("notebook", "-w", published, "--print")
    assert ended.code == 0
    variable, *command = shlex.split(ended.out)
    assert variable == f"SCANNER_SNAPSHOT={(published / 'data/snapshots/2026-11-22T030000Z').resolve()}"
    assert command[:2] == [sys.executable, "-m"]
    assert command[3:] == [str((published / "notebooks").resolve())]


def test_the_notebooks_are_brought_once_and_what_was_changed_stays(published: Path, run: Run):
    run("notebook", "-w", published, "--print")
    folder = published / "notebooks"
    shipped = {path.name for path in data_folder("notebooks").glob("*.ipynb")}
    assert shipped | {"charts.py", "reading.py", "sample_labels.csv", "README.md"} == {
        path.name for path in folder.iterdir()
    }
    (folder / "charts.py").write_text("# mine", "utf-8")
    (folder / "01_first_look.ipynb").unlink()
    assert copy_notebooks(folder) == 1
    assert (folder / "charts.py").read_text("utf-8") == "# mine"
    assert all(path.stat().st_mode & stat.S_IWUSR for path in folder.iterdir())


def test_without_a_snapshot_it_says_how_to_make_one(run: Run, office: Path):
    ended = run("notebook", "-w", office)
    assert ended.code == 2
    assert "no snapshot yet; `scanner snapshot publish" in ended.refusal
    assert not (office / "notebooks").exists()


def test_without_jupyter_it_names_the_extra(run: Run, published: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(door, "find_spec", lambda _name: None)
    ended = run("notebook", "-w", published)
    assert ended.code == 2
    assert "pip install 'scanner[notebooks]'" in ended.refusal


def test_it_starts_the_program_with_the_snapshot_and_hands_on_its_exit_code(
    run: Run, published: Path, monkeypatch: pytest.MonkeyPatch
):
    looks = "import os, sys; sys.exit(7 if os.environ['SCANNER_SNAPSHOT'].endswith('T030000Z') else 1)"
    monkeypatch.setattr(door, "find_spec", lambda _name: object())
    monkeypatch.setattr(door, "_command", lambda _program, _folder: [sys.executable, "-c", looks])
    assert run("notebook", "-w", published).code == 7
