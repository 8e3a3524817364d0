"""Units are valid, shut what they need not, and leave open what the scanner needs, whatever the paths look like."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scanner.errors import UsageError
from scanner.schedule.units import DESK, SCAN, TIMER, Place, cron_table, systemd_units
from tests.schedule.confined import values

PLACE = Place(Path("/opt/scanner/bin/scanner"), Path("/srv/kantor"), "scanner")
BEHIND = replace(PLACE, host_names=("meja.bawaslu.example",), port=8100)
HARDENED = {
    "User": "scanner",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ReadWritePaths": "/srv/kantor",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "CapabilityBoundingSet": "",
    "MemoryDenyWriteExecute": "yes",
}
WILD = ["/srv/kantor kita", "/srv/kantor%n", "/srv/kan'tor;x", '/srv/"kantor"', "/srv/kan\\tor", "/home/sari/kantor"]
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.mark.parametrize("name", [SCAN, DESK])
def test_both_services_are_shut_in_and_may_write_into_the_workspace_alone(name: str):
    unit = systemd_units(PLACE)[name]
    assert {key: values(unit, key) for key in HARDENED} == {key: [value] for key, value in HARDENED.items()}
    assert "DynamicUser" not in unit
    assert values(unit, "SystemCallFilter") == ["@system-service", "~@privileged @resources"]


def test_the_timer_catches_up_once_and_spreads_firings():
    timer = systemd_units(PLACE)[TIMER]
    told = {key: values(timer, key) for key in ("OnCalendar", "Persistent", "RandomizedDelaySec", "WantedBy")}
    assert told == {
        "OnCalendar": ["*:0/15"],
        "Persistent": ["true"],
        "RandomizedDelaySec": ["10m"],
        "WantedBy": ["timers.target"],
    }
    assert values(systemd_units(PLACE)[SCAN], "SuccessExitStatus") == ["3 75"]


def test_the_desk_is_reached_on_this_machine_alone_or_by_its_names_through_a_proxy():
    alone, behind = systemd_units(PLACE)[DESK], systemd_units(BEHIND)[DESK]
    assert values(alone, "ExecStart") == ["/opt/scanner/bin/scanner serve --workspace /srv/kantor --port 8000"]
    assert values(behind, "ExecStart")[0].endswith("--port 8100 --behind-proxy --host-name meja.bawaslu.example")
    assert (values(behind, "IPAddressDeny"), values(behind, "IPAddressAllow")) == (["any"], ["localhost"])


def test_the_socket_of_the_desk_lies_where_other_units_and_terminals_find_it():
    desk = systemd_units(PLACE)[DESK]
    assert values(desk, "RuntimeDirectory") == ["scanner"]
    assert "TMPDIR=%t/scanner" in values(desk, "Environment")


def test_only_scans_write_where_backups_and_figures_go():
    units = systemd_units(replace(PLACE, writes=(Path("/mnt/cadangan kita"),)))
    assert values(units[SCAN], "ReadWritePaths") == ['/srv/kantor "-/mnt/cadangan kita"']
    assert values(units[DESK], "ReadWritePaths") == ["/srv/kantor"]


def test_code_made_while_running_is_allowed_only_where_an_extra_needs_it():
    unit = systemd_units(replace(PLACE, just_in_time=True))[SCAN]
    assert "MemoryDenyWriteExecute" not in unit


def test_homes_are_shut_unless_the_program_or_the_workspace_lies_in_one():
    assert values(systemd_units(replace(PLACE, reads=(Path("/home/x/venv"),)))[SCAN], "ProtectHome") == ["read-only"]


def test_cron_asks_as_often_and_tells_the_log():
    [line] = [line for line in cron_table(PLACE).splitlines() if line.startswith("*")]
    assert line.startswith("*/15 * * * * scanner /opt/scanner/bin/scanner scan --due --quiet --workspace /srv/kantor ")
    assert line.endswith("| logger -t scanner")


def test_cron_gets_wild_paths_as_the_shell_reads_them():
    table = cron_table(replace(PLACE, workspace=Path("/srv/100% kita")))
    assert r"--workspace '/srv/100\% kita' 2>&1" in table


@pytest.mark.parametrize("path", ["/srv/a\nExecStart=/bin/sh", "/srv/\x1b[2J"])
def test_what_would_begin_a_line_of_its_own_is_refused(path: str):
    for make in (systemd_units, cron_table):
        with pytest.raises(UsageError, match="control characters"):
            make(replace(PLACE, workspace=Path(path)))


def test_a_variable_in_a_path_is_refused():
    with pytest.raises(UsageError, match=r"'\$' means something else"):
        systemd_units(replace(PLACE, workspace=Path("/srv/$HOME")))


def written(folder: Path, place: Place) -> list[Path]:
    """Write the units as if an installed program stood for the scanner; root is a user every machine knows."""
    for name, text in systemd_units(replace(place, program=Path(sys.executable), user="root")).items():
        (folder / name).write_text(text, "utf-8")
    return sorted(folder.iterdir())


@pytest.mark.slow
@needs_systemd
@pytest.mark.parametrize("workspace", ["/srv/kantor", *WILD])
def test_systemd_finds_nothing_to_say_about_them(workspace: str, tmp_path: Path):
    paths = written(tmp_path, replace(BEHIND, workspace=Path(workspace), writes=(Path("/mnt/a b"),)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.slow
@needs_systemd
@pytest.mark.parametrize("place", [PLACE, replace(PLACE, workspace=Path("/home/k"), just_in_time=True)])
@pytest.mark.parametrize("name", [SCAN, DESK])
def test_systemd_counts_little_exposure(place: Place, name: str, tmp_path: Path):
    (tmp_path / name).write_text(systemd_units(place)[name], "utf-8")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=25", tmp_path / name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.slow
@needs_systemd
@pytest.mark.skipif(not Path("/proc/sys/kernel/seccomp").exists(), reason="this kernel filters no system calls")
def test_gathering_scoring_and_copying_need_nothing_that_the_unit_takes(tmp_path: Path):
    unit, workspace = tmp_path / SCAN, tmp_path / "demo"
    unit.write_text(systemd_units(PLACE)[SCAN], "utf-8")
    scanner = Path(sys.executable).with_name("scanner")
    key = tmp_path / "k.key"
    subprocess.run([scanner, "backup", "keygen", key], capture_output=True, check=True)
    for verb in (
        ["demo", workspace],
        ["users", "add", "sari", "--role", "reviewer", "--agency", "Bawaslu", "-w", workspace],
        ["purge", "-w", workspace],
        ["backup", "make", tmp_path / "cadangan", "--recipient", key, "-w", workspace],
        ["verify", "-w", workspace],
    ):
        command = [sys.executable, "-m", "tests.schedule.confined", unit, scanner, *verb]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (verb, done.stderr[-2000:])
