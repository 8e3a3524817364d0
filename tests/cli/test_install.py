"""`scanner schedule install`: files for the system, printed or written, for this very installation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILES = {"scanner-scan.service", "scanner-scan.timer", "scanner-desk.service"}


def test_units_are_printed_unless_a_folder_is_named(run: Run, office: Path, tmp_path: Path):
    printed = run("schedule", "install", "--systemd", "-w", office)
    assert (printed.code, printed.err) == (0, "")
    assert all(f"# {name}\n" in printed.out for name in FILES)
    written = run("schedule", "install", "--systemd", "-w", office, "-o", tmp_path / "units")
    assert (written.code, written.out) == (0, "")
    assert {path.name for path in (tmp_path / "units").iterdir()} == FILES
    again = run("schedule", "install", "--systemd", "-w", office, "-o", tmp_path / "units")
    assert again.code == 0
    assert "systemctl enable --now scanner-scan.timer" in again.err


def test_they_name_this_program_the_whole_path_and_never_root(run: Run, office: Path):
    out = run("schedule", "install", "--systemd", "-w", office, "--host-name", "meja.example").out
    program = Path(sys.executable).with_name("scanner").absolute()
    assert f"ExecStart={program} scan --due --quiet --workspace {office.resolve()}" in out
    assert "--behind-proxy --host-name meja.example" in out
    assert "User=root" not in out


def test_folders_of_the_settings_outside_the_workspace_may_be_written(run: Run, office: Path, tmp_path: Path):
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write(f'\n[backups]\nfolder = "{tmp_path}/cadangan"\n[metrics]\ntextfile = "data/scanner.prom"\n')
    out = run("schedule", "install", "--systemd", "-w", office).out
    assert f"ReadWritePaths={office.resolve()} -{tmp_path}/cadangan\n" in out


def test_a_folder_beside_the_workspace_is_outside_however_it_is_written(run: Run, office: Path):
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write('\n[backups]\nfolder = "../cadangan"\n')
    out = run("schedule", "install", "--systemd", "-w", office).out
    assert f"ReadWritePaths={office.resolve()} -{office.resolve().parent}/cadangan\n" in out


def test_cron_gets_one_line(run: Run, office: Path, tmp_path: Path):
    out = run("schedule", "install", "--cron", "-w", office, "--user", "pengawas").out
    assert sum(line.startswith("*/15 ") for line in out.splitlines()) == 1
    assert " pengawas " in out
    assert run("schedule", "install", "--cron", "-w", office, "-o", tmp_path / "cron.d").code == 0
    assert (tmp_path / "cron.d" / "scanner").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "one of --systemd and --cron would be valid"),
        (("--systemd", "--cron"), 2, "one of --systemd and --cron would be valid"),
        (("--systemd", "--user", "root"), 2, "--user root: the scanner needs no such rights"),
        (("--cron", "--user", "0"), 2, "--user 0: the scanner needs no such rights"),
        (("--systemd", "--host-name", "https://meja.example"), 1, "not a plain name"),
        (("--systemd", "--port", "0"), 2, "--port"),
    ],
)
def test_what_cannot_be_meant_is_refused(run: Run, office: Path, arguments: tuple[str, ...], code: int, words: str):
    ended = run("schedule", "install", *arguments, "-w", office)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.refusal


def test_without_a_workspace_there_is_nothing_to_run(run: Run, tmp_path: Path):
    ended = run("schedule", "install", "--systemd", "-w", tmp_path / "antah")
    assert (ended.code, "make a workspace" in ended.err) == (1, True)
