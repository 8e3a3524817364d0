"""What is wrong in the settings is named by file and line; what holds is shown with where it comes from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CANARY = "kunci-9f3a-rahasia"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scanner.toml").write_text("[network]\nworkers = 3\n\n[retention.phases]\ntenang.unflagged_days = 9\n")
    secrets = f"""
notifications.urls = ["tgram://{CANARY}/1"]
[platforms.youtube.keys]
key = "{CANARY}"
[ping]
url = "https://hc.example/{CANARY}"
[platforms.x]
base_url = "https://{CANARY}@x.example"
"""
    (tmp_path / "secrets.toml").write_text(secrets)
    (tmp_path / "secrets.toml").chmod(0o600)
    return tmp_path


def test_settings_in_order_are_said_to_be(run: Run, folder: Path):
    ended = run("config", "check", "-w", folder)
    assert (ended.code, ended.out) == (0, "")
    assert "The settings are in order" in ended.err
    assert json.loads(run("config", "check", "-w", folder, "--json").out) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[network\n", "scanner.toml:1: not valid TOML"),
        ("\n[network]\nworkerz = 2\n", "scanner.toml:3 network.workerz: Extra inputs are not permitted; known here:"),
        ("[network]\nworkers = 99\n", "scanner.toml:2 network.workers: Input should be less than or equal to 10"),
        ("[schedule]\npurge_at = 'nanti'\n", "scanner.toml:2 schedule.purge_at: "),
    ],
    ids=["syntax", "unknown key", "out of bounds", "another kind"],
)
def test_what_is_wrong_is_named_by_file_and_line(run: Run, folder: Path, content: str, says: str):
    (folder / "scanner.toml").write_text(content, "utf-8")
    ended = run("config", "check", "-w", folder)
    assert ended.code == 1
    assert f"{folder}/{says}" in ended.err
    assert CANARY not in ended.err + run("config", "check", "-w", folder, "--json").out


def test_every_wrong_setting_has_its_own_line(run: Run, folder: Path):
    (folder / "scanner.toml").write_text("election = 3\n[media]\nfilms = 1\nmax_per_post = 0\n", "utf-8")
    said = run("config", "check", "-w", folder).err.splitlines()
    assert [line.split(": ")[0].rpartition("/")[2] for line in said] == [
        "scanner.toml:1 election",
        "scanner.toml:4 media.max_per_post",
        "scanner.toml:3 media.films",
    ]


def test_what_holds_is_shown_with_its_source(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_NETWORK__CONTACT", "uji@contoh.id")
    shown = {
        one["key"]: (one["value"], one["source"])
        for one in json.loads(run("config", "show", "-w", folder, "--json").out)
    }
    assert shown["network.workers"] == (3, "scanner.toml:2")
    assert shown["network.contact"] == ("uji@contoh.id", "SCANNER_NETWORK__CONTACT")
    assert shown["network.deadline"] == (30.0, "default")
    assert shown["retention.phases.tenang.unflagged_days"] == (9, "scanner.toml:5")
    assert shown["schedule.purge_at"] == ("02:00:00", "default")
    assert shown["mandate.valid_from"] == (None, "default")


def test_secrets_are_shown_as_stars(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCANNER_PLATFORMS__X__KEYS__TOKEN", CANARY)
    table, listed = run("config", "show", "-w", folder).out, run("config", "show", "-w", folder, "--json").out
    assert CANARY not in table + listed
    shown = {one["key"]: (one["value"], one["source"]) for one in json.loads(listed)}
    assert shown["platforms.youtube.keys.key"] == ("***", "secrets.toml:4")
    assert shown["platforms.x.keys.token"] == ("***", "SCANNER_PLATFORMS__X__KEYS__TOKEN")
    assert shown["platforms.x.base_url"] == ("***", "secrets.toml:8")
    assert shown["notifications.urls"][0] == "***"
    assert shown["notifications.webhook"] == (None, "default")


def test_whoever_signs_in_where_within_an_address_is_hidden_too(run: Run, folder: Path):
    (folder / "scanner.toml").write_text(f"[timestamps]\nurl = 'https://u:{CANARY}@tsa'\nca_file = 'a.pem'\n", "utf-8")
    assert CANARY not in run("config", "show", "-w", folder).out


def test_settings_that_do_not_hold_are_not_shown(run: Run, folder: Path):
    (folder / "scanner.toml").write_text("[network]\nworkers = 99\n", "utf-8")
    ended = run("config", "show", "-w", folder)
    assert (ended.code, ended.out) == (1, "")
    assert "scanner.toml:2 network.workers" in ended.err
