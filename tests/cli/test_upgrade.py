"""`scanner upgrade` at the terminal: nothing else works before, a backup stands behind it, no kill can halve it."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from scanner.store import migrations
from scanner.store.connection import Store
from scanner.store.upgrading import read_schema
from tests.cli.conftest import Run
from tests.store.olds import RELEASES, make_old, rows_of

OLD, NEW = (step.__name__ for step in migrations.MIGRATIONS[-2:])
SCANNER = Path(sys.executable).with_name("scanner")


def age(office: Path, steps: int) -> Path:
    """Make the workspace one that an older scanner left; return its database."""
    path = office / "data" / "scanner.duckdb"
    made = make_old(Store(path), office / "older" / path.name, steps).path
    for head in path.parent.glob("*.head"):
        head.unlink()
    for one in made.parent.iterdir():
        one.replace(path.with_name(one.name))
    made.parent.rmdir()
    return path


@pytest.fixture(scope="module")
def _aged(_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(_office, tmp_path_factory.mktemp("aged") / "w"))
    age(folder, RELEASES[-1])
    return folder


@pytest.fixture
def aged(_aged: Path, tmp_path: Path) -> Path:
    """A workspace of the release before this one."""
    return Path(shutil.copytree(_aged, tmp_path / "w"))


@pytest.mark.parametrize("verb", ["status", "queue", "verify", "summary", "serve", "purge"])
def test_no_command_works_on_an_older_record(run: Run, aged: Path, verb: str):
    ended = run(verb, "-w", aged)
    assert (ended.code, ended.out) == (1, "")
    assert f"made by an older scanner ({NEW} to {NEW} are still to be done): run `scanner upgrade`" in ended.refusal


def test_a_dry_run_tells_from_where_to_where_and_changes_nothing(run: Run, aged: Path):
    before = rows_of(aged / "data" / "scanner.duckdb")
    ended = run("upgrade", "--dry-run", "-w", aged)
    assert (ended.code, f"Schema {OLD} -> {NEW}: {NEW}. Nothing was written." in ended.refusal) == (0, True)
    assert rows_of(aged / "data" / "scanner.duckdb") == before
    assert not (aged / "data" / "before-upgrade").exists()


def test_it_is_done_once_and_keeps_what_was(run: Run, aged: Path):
    ended = run("upgrade", "-w", aged)
    assert ended.code == 0, ended.err
    assert "the database as it was, until the next erasing" in ended.refusal
    assert len(list((aged / "data" / "before-upgrade").glob(f"*-{OLD}/scanner.duckdb"))) == 1
    assert run("verify", "-w", aged).code == 0
    again = run("upgrade", "-w", aged)
    assert (again.code, again.refusal) == (0, f"Nothing to upgrade: the database is at {NEW}.")


@pytest.mark.parametrize("told_by", ["options", pytest.param("settings", marks=pytest.mark.slow)])
def test_with_a_key_an_encrypted_backup_stands_behind_it_and_comes_back(
    run: Run, aged: Path, tmp_path: Path, told_by: str
):
    key, folder = tmp_path / "k.key", tmp_path / "cadangan"
    public = run("backup", "keygen", key).out.strip()
    more = ("--backup", folder, "--recipient", public)
    if told_by == "settings":
        with (aged / "scanner.toml").open("a", encoding="utf-8") as config:
            config.write(f'\n[backups]\nfolder = "{folder}"\nrecipient = "{public}"\n')
        more = ()
    ended = run("upgrade", "-w", aged, *more)
    assert ended.code == 0, ended.err
    assert not (aged / "data" / "before-upgrade").exists()
    [made] = folder.glob("*.age")
    back = run("restore", made, "--identity", key, "-w", tmp_path / "b", "--erasures", folder / "erasures.log")
    assert back.code == 0, back.err
    assert run("verify", "-w", tmp_path / "b").code == 0


def test_a_newer_record_is_refused_in_one_line(run: Run, aged: Path):
    with duckdb.connect(str(aged / "data" / "scanner.duckdb")) as connection:
        connection.execute("INSERT INTO migrations VALUES ('m999_future', now())")
    for verb in ("upgrade", "status"):
        ended = run(verb, "-w", aged)
        assert (ended.code, len(ended.err.splitlines())) == (1, 1)
        assert "made by a newer scanner" in ended.err
        assert "update the scanner" in ended.err


@pytest.mark.parametrize("half", [("--backup", "x"), ("--recipient", "age1x")])
def test_where_to_and_for_whose_key_go_together(run: Run, aged: Path, half: tuple[str, str]):
    ended = run("upgrade", "-w", aged, *half)
    assert (ended.code, "--backup and --recipient go together" in ended.refusal) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize("steps", RELEASES)
def test_killed_it_is_the_old_one_or_the_new_one_and_ends_up_whole(office: Path, tmp_path: Path, steps: int):
    """Each time a fresh copy of the old workspace, each time killed at another moment (reliability C6: KILLS=10)."""
    chance = random.Random(steps)
    rows, name = rows_of(age(office, steps)), migrations.MIGRATIONS[steps - 1].__name__
    for number in range(int(os.environ.get("KILLS", "3"))):
        root = Path(shutil.copytree(office, tmp_path / str(number)))
        record, command = root / "data" / "scanner.duckdb", [SCANNER, "upgrade", "-w", root]
        record.with_name("scanner.duckdb.queue").unlink(missing_ok=True)
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and not record.with_name("scanner.duckdb.queue").exists():
                time.sleep(0.001)  # until it begins with the record
            time.sleep(chance.uniform(0, 0.5))
            process.kill()
        schema = read_schema(Store(record))
        if schema.pending:
            assert schema.old == name
            assert rows_of(record) == rows
        subprocess.run(command, capture_output=True, check=True)
        subprocess.run([SCANNER, "verify", "-w", root], capture_output=True, check=True)
        assert not list((root / "data").glob(".part-*"))
        shutil.rmtree(root)
