"""The program: every verb explains itself, and wrong input gives one clear line and the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from scanner import __version__
from scanner.cli.app import app
from scanner.store.connection import Store
from scanner.workspace import Workspace
from tests.cli.conftest import Run

REPOSITORY = Path(__file__).parents[2]
SCANNER = Path(sys.executable).with_name("scanner")
HOLD = """
import sys, time
from pathlib import Path
from scanner.store import locking
with locking.held(Path(sys.argv[1]), "uji: pegang", wait=5):
    print("held", flush=True)
    time.sleep(60)
"""


def verbs(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from verbs(command, (*path, name))
        else:
            yield path if name == "heads" else (*path, name)  # `scanner train` alone trains the heads


VERBS = list(verbs(typer.main.get_command(app)))


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example_of_itself(run: Run, verb: tuple[str, ...]):
    ended = run(*verb, "--help")
    assert ended.code == 0
    assert f"Example: scanner {' '.join(verb)}" in " ".join(ended.out.split())


def test_there_are_the_verbs_that_were_promised():
    named = {" ".join(verb) for verb in VERBS}
    assert {"init", "demo", "scan", "import", "score", "queue", "label", "train", "status", "doctor", "verify"} <= named
    assert {"roster import", "roster list", "roster check", "roster remove"} <= named


def test_the_program_alone_shows_what_it_can_do_and_its_exit_codes(run: Run):
    ended = run("--help")
    assert ended.code == 0
    assert "Exit codes: 0 ok, 1 error, 2 usage, 3 partial, 11 locked" in ended.out
    assert "doctor" in run().out + run().err


OFFICE, MISSING = "{office}", "{missing}"
IN_OFFICE = ("-w", OFFICE)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("scan", "-w", MISSING), 1, "scanner.toml: not there; make a workspace with `scanner init"),
        (("queue", "-w", MISSING), 1, "make a workspace"),
        (("label", "-w", MISSING), 1, "make a workspace"),
        (("status", "-w", MISSING), 1, "make a workspace"),
        (("verify", "-w", MISSING), 1, "make a workspace"),
        (("roster", "list", "-w", MISSING), 1, "make a workspace"),
        (("import", "{table}", "-w", MISSING), 1, "make a workspace"),
        (("init", "{table}"), 1, "no workspace can be made there"),
        (("init", OFFICE), 1, "there is a workspace already"),
        (("demo", OFFICE), 2, "holds a workspace that is not the demo's"),
        (("scan", "--since", "kemarin", *IN_OFFICE), 2, "--since: 'kemarin' is not a time like 2026-11-21"),
        (("scan", "--until", "31-12-2026", *IN_OFFICE), 2, "--until: '31-12-2026' is not a time"),
        (("scan", "--since", "2026-11-02", "--until", "2026-11-01", *IN_OFFICE), 2, "not after --since"),
        (("scan", "--platform", "friendster", *IN_OFFICE), 2, "'friendster' is not one of 'mastodon'"),
        (("scan", "--account", "mastodon:tidak@ada.example", *IN_OFFICE), 2, "not on the list; `scanner roster list`"),
        (("import", MISSING, *IN_OFFICE), 1, "cannot be read: No such file"),
        (("import", OFFICE, *IN_OFFICE), 1, "directory"),
        (("import", "{noise}", *IN_OFFICE), 1, "noise.bin"),
        (("import", "--column", "text", "{table}", *IN_OFFICE), 2, "write field=column, for example text=Isi"),
        (("import", "--column", "teks=Isi", "{table}", *IN_OFFICE), 1, "teks"),
        (("import", "--platform", "friendster", "{table}", *IN_OFFICE), 2, "is not one of"),
        (("import", *IN_OFFICE), 2, "Missing argument"),
        (("score", MISSING), 2, "ending '' is not known; known: .jsonl, .ndjson, .csv, .parquet"),
        (("score", "{missing}.jsonl"), 1, "cannot be read: No such file"),
        (("score", "{missing}.parquet"), 1, "not a Parquet file"),
        (("score", "{table}", "-o", "{missing}.xlsx"), 2, "ending '.xlsx' is not known"),
        (("score", "{table}", "-o", "{missing}/a.csv"), 1, "cannot be written: No such file"),
        (("score", "{table}", "--model", "hebat"), 1, "'hebat' is neither a model folder nor a shipped model"),
        (("score", "{table}", "--model", "{model}", "--election", "pilgub-antah"), 1, "there is no such election"),
        (("score", "{table}", "--phase", "LIBUR"), 2, "'LIBUR' is not one of"),
        (("queue", "--limit", "0", *IN_OFFICE), 2, "--limit"),
        (("queue", "--overlap", "1", *IN_OFFICE), 2, "--overlap"),
        (("queue", "--reviewer", " ", *IN_OFFICE), 2, "reviewer: empty"),
        (("label", "--reviewer", "", *IN_OFFICE), 2, "reviewer: empty"),
        (("train", MISSING), 1, "holds no posts/*.jsonl"),
        (("train", "--capacity", "9"), 2, "--capacity and --volume belong together"),
        (("train", "--capacity", "9", "--volume", "8"), 2, "--capacity 9: more than the --volume of 8"),
        (("train", "--precision", "2"), 2, "--precision"),
        (("train", "--transfer", MISSING), 2, "antah: no such file; labelled posts as JSONL"),
        (("roster", "import", MISSING, *IN_OFFICE), 1, "not there"),
        (("roster", "import", OFFICE, *IN_OFFICE), 1, "cannot be read: Is a directory"),
        (("roster", "import", "{noise}", *IN_OFFICE), 1, "not UTF-8"),
        (("roster", "import", "{table}", *IN_OFFICE), 1, "row 1: column person_id"),
        (
            ("roster", "remove", "mastodon:tidak@ada.example", "--reason", "x", "--approved-by", "ketua", *IN_OFFICE),
            1,
            "no such account",
        ),
        (("roster", "remove", "mastodon:tidak@ada.example", *IN_OFFICE), 2, "--reason"),
        (("gather",), 2, "No such command 'gather'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_input_gives_one_clear_line_and_its_exit_code(
    run: Run, office: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, words: str
):
    (tmp_path / "table.csv").write_text("text,author\nhalo,x\n", "utf-8")
    (tmp_path / "noise.bin").write_bytes(b"\x00\xff\x01" * 99)
    places = {"table": tmp_path / "table.csv", "noise": tmp_path / "noise.bin", "missing": tmp_path / "antah"}
    ended = run(*(one.format(**places, office=office, model=office / "tetap") for one in arguments))
    assert ended.code == code
    assert words in ended.refusal
    assert ended.out == ""
    if code != 2:
        lines = [line for line in ended.err.splitlines() if line.startswith("scanner: ")]
        assert len(lines) == 1
        assert ended.err.endswith(f"{lines[0]}\n")


def config_without(office: Path, old: str, new: str) -> None:
    path = office / "scanner.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[mandate]", "[mandate", "scanner.toml:5: not valid TOML"),
        ("controller_kind =", "controler_kind =", "mandate.controler_kind: Extra inputs are not permitted; known here"),
        ("min_interval = 0.0", 'min_interval = "sedikit"', "network.min_interval"),
        ("dpia_id =", "# dpia_id =", "dpia_id missing; nothing is fetched"),
        ('election = "pilgub-nusa-rimba"', 'election = "pilgub-antah"', "known: "),
        ('model = "tetap"', 'model = "hebat"', "neither a model folder nor a shipped model"),
    ],
)
def test_wrong_settings_are_named_by_their_key(run: Run, office: Path, old: str, new: str, words: str):
    config_without(office, old, new)
    ended = run("scan", "-w", office)
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.refusal
    assert len(ended.err.splitlines()) == 1


def test_the_environment_goes_before_the_file(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_WORKSPACE", str(office))
    assert run("status").code == 0
    monkeypatch.setenv("SCANNER_MODEL", "hebat")
    assert "model 'hebat'" in run("status").err


@pytest.fixture
def holder(office: Path) -> Iterator[Any]:
    """Start another process that holds a lock of the workspace."""
    started: list[subprocess.Popen[str]] = []

    def hold(name: str) -> int:
        command = [sys.executable, "-c", HOLD, str(office / "data" / name)]
        process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        return process.pid

    yield hold
    for process in started:
        process.kill()
        process.communicate()


def test_a_held_database_ends_with_11_and_names_who_holds_it(
    run: Run, office: Path, holder: Any, monkeypatch: pytest.MonkeyPatch
):
    pid = holder("scanner.duckdb")
    monkeypatch.setattr(Workspace, "store", property(lambda self: Store(self.data / "scanner.duckdb", wait=0.05)))
    for verb in ("queue", "status", "verify", "label"):
        ended = run(verb, "-w", office)
        assert ended.code == 11
        assert f"held by PID {pid} (uji: pegang" in ended.err


def test_a_second_scan_ends_with_11_at_once(run: Run, office: Path, holder: Any):
    pid = holder("scan")
    ended = run("scan", "-w", office, "--platform", "x")
    assert ended.code == 11
    assert f"PID {pid}" in ended.err


def test_a_damaged_database_is_one_line(run: Run, office: Path):
    (office / "data" / "scanner.duckdb").write_bytes(b"rusak" * 5000)
    ended = run("queue", "-w", office)
    assert (ended.code, len(ended.err.splitlines())) == (1, 1)
    assert "cannot be trusted" in ended.err


def test_a_file_that_the_system_refuses_is_one_line(run: Run, office: Path):
    (office / "scanner.toml").unlink()
    (office / "scanner.toml").symlink_to(office / "scanner.toml")
    (office / "roster.csv").unlink()
    (office / "roster.csv").symlink_to(office / "roster.csv")
    for arguments in (("scan",), ("init", office), ("roster", "import", office / "roster.csv")):
        ended = run(*arguments, *(("-w", office) if arguments[0] != "init" else ()))
        assert (ended.code, ended.err.count("scanner: ")) == (1, 1)


def test_the_real_program_refuses_in_one_line_without_a_traceback(tmp_path: Path):
    done = subprocess.run([SCANNER, "scan", "-w", tmp_path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scanner: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_goes_away_ends_the_real_program_quietly(office: Path, tmp_path: Path):
    rows = tmp_path / "many.jsonl"
    rows.write_text('{"text": "kabar pagi"}\n' * 4000, "utf-8")
    command = [SCANNER, "score", rows, "--model", office / "tetap"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_it_tells_its_version(run: Run):
    ended = run("--version")
    assert (ended.code, ended.out) == (0, f"scanner {__version__}\n")


def test_asking_for_help_pays_for_no_heavy_library():
    heavy = ("duckdb", "httpx", "numpy", "pandas", "pyarrow", "sklearn", "torch", "bs4")
    code = f"import sys, scanner.cli.app; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_user_without_a_name_can_work(monkeypatch: pytest.MonkeyPatch, run: Run, office: Path):
    """In a container the user may have no entry in passwd."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 987_654)
    ended = run("queue", "-w", office)
    assert ended.code == 0
    assert "waiting for uid-987654" in ended.err


@pytest.mark.parametrize(("verb", "priority"), [("purge", 10), ("queue", 0)])
def test_long_work_lets_whoever_waits_at_the_desk_go_first(verb: str, priority: int, tmp_path: Path):
    code = f"""
import os, sys
from scanner.cli.app import main
sys.argv = ["scanner", {verb!r}, "--workspace", {str(tmp_path)!r}]
try:
    main()
finally:
    print(os.getpriority(os.PRIO_PROCESS, 0))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(max(priority, os.getpriority(os.PRIO_PROCESS, 0)))]
