"""Backups at the terminal: a key, a copy, a look at it, and back without what was erased meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Run

HANDLE = "sari_guru@nusarimba.example"
MAIN = "from scanner.cli.app import main; main()"


@pytest.fixture
def key(run: Run, tmp_path: Path) -> Path:
    assert run("backup", "keygen", tmp_path / "cadangan.key").code == 0
    return tmp_path / "cadangan.key"


def back_up(run: Run, office: Path, key: Path, folder: Path) -> Path:
    ended = run("backup", folder, "--recipient", key, "-w", office)
    assert (ended.code, ended.out) == (0, ""), ended.err
    return max(folder.glob("*.age"))


def restore(run: Run, made: Path, key: Path, root: Path, *more: object) -> Ended:
    return run("restore", made, "--identity", key, "-w", root, *more)


def test_a_key_is_private_and_never_written_over(run: Run, key: Path):
    assert key.stat().st_mode & 0o077 == 0
    again = run("backup", "keygen", key)
    assert (again.code, "is there already" in again.refusal) == (2, True)
    public = run("backup", "keygen", key.with_name("lain.key")).out.strip()
    assert public.startswith("age1")


def test_there_and_back_again_without_who_was_erased(run: Run, office: Path, key: Path, tmp_path: Path):
    made = back_up(run, office, key, tmp_path / "cadangan")
    assert "as its manifest says" in run("backup", "verify", made, "--identity", key).err
    run("person", "erase", "PEG-0001", "--reason", "permintaan", "-w", office)
    ended = restore(run, made, key, tmp_path / "baru", "--erasures", tmp_path / "cadangan" / "erasures.log")
    assert ended.code == 0, ended.err
    assert "1 accounts and 0 posts, erased since, have left again." in ended.err
    assert HANDLE not in run("roster", "list", "-w", tmp_path / "baru").out
    assert HANDLE not in (tmp_path / "baru" / "roster.csv").read_text("utf-8")
    assert run("verify", "-w", tmp_path / "baru").code == 0
    assert run("status", "-w", tmp_path / "baru").code == 0
    assert (tmp_path / "baru" / "logs").stat().st_mode & 0o777 == 0o700  # without it the doctor asks for a hand


def test_without_a_list_nothing_is_restored(run: Run, office: Path, key: Path, tmp_path: Path):
    made = back_up(run, office, key, tmp_path / "cadangan")
    ended = restore(run, made, key, tmp_path / "baru")
    assert (ended.code, "--erasures FILE" in ended.refusal) == (2, True)
    assert not (tmp_path / "baru").exists()


def test_another_key_opens_nothing(run: Run, office: Path, key: Path, tmp_path: Path):
    made = back_up(run, office, key, tmp_path / "cadangan")
    run("backup", "keygen", tmp_path / "lain.key")
    ended = run("backup", "verify", made, "--identity", tmp_path / "lain.key")
    assert (ended.code, "cannot be read with this key" in ended.refusal) == (1, True)


@pytest.mark.parametrize("recipient", ["age1nonsense", "tidak-ada.key"])
def test_what_is_no_key_is_refused_in_one_line(run: Run, office: Path, tmp_path: Path, recipient: str):
    ended = run("backup", tmp_path / "cadangan", "--recipient", recipient, "-w", office)
    assert ended.code == 2
    assert not (tmp_path / "cadangan").exists()


@pytest.mark.slow
def test_killed_at_any_moment_it_is_shut_or_whole_and_the_erased_are_absent(
    run: Run, office: Path, key: Path, tmp_path: Path
):
    """Five times a process that restores is killed, ever later; then no door opens what is left."""
    made, root = back_up(run, office, key, tmp_path / "cadangan"), tmp_path / "baru"
    run("person", "erase", "PEG-0001", "--reason", "permintaan", "-w", office)
    listed = tmp_path / "cadangan" / "erasures.log"
    command = [sys.executable, "-c", MAIN, "restore", made, "--identity", key, "-w", root, "--erasures", listed]
    for number in range(5):
        with subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and sum(len(files) for *_, files in os.walk(root)) <= 3 * number:
                pass  # each time a little more has been unpacked
            process.kill()
        ended = run("status", "-w", root)
        assert ended.code == 1
        assert "is being restored" in ended.refusal or "scanner.toml: not there" in ended.refusal
    ended = restore(run, made, key, root, "--erasures", listed)
    assert ended.code == 0, ended.err
    body = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert b"oblos Wirya-Laila" not in body
    assert run("verify", "-w", root).code == 0
