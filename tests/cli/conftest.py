"""The program as a person at a terminal meets it: arguments in, exit code and two streams out."""

from __future__ import annotations

import functools
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main

from scanner.cli.app import main
from scanner.workspace import Workspace
from tests.corpora import write_corpus
from tests.offices import fill, make_office


@dataclass(frozen=True)
class Ended:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """What was written to stderr, as words: usage errors come in a box whose borders do not matter."""
        return " ".join(self.err.replace("│", " ").split())


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the program in this process. `typed` is what comes in on stdin."""

    def run(*arguments: object, typed: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["scanner", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return Ended(int(code or 0), *capsys.readouterr())

    return run


@pytest.fixture(scope="session", autouse=True)
def _verbs_built_once() -> Iterator[None]:
    """Let all runs of the program share its parsers: making those of all verbs takes 60 ms, and none changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", functools.cache(typer.main.get_command))
        yield


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _small_corpus(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let reviewers be shown examples out of four written posts: reading the shipped ones takes seconds."""
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    monkeypatch.setattr(Workspace, "corpus", corpus)


@pytest.fixture(scope="session")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_office(tmp_path_factory.mktemp("office") / "w")
    fill(workspace)
    return workspace.root


@pytest.fixture
def office(_office: Path, tmp_path: Path) -> Path:
    """A workspace of its own with three accounts, four posts and three flags."""
    return Path(shutil.copytree(_office, tmp_path / "w"))
