"""Which verbs keep a log, what stands in it, and that its keys and secrets stay the workspace's own."""

from __future__ import annotations

import json
import logging
import re
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from scanner import logs
from scanner.cli.logged import _secrets, begin_log
from scanner.settings import load_settings
from scanner.workspace import Workspace, open_workspace
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def _logs_end() -> Iterator[None]:
    yield
    logs.end()


def written(office: Path) -> str:
    return "".join(path.read_text("ascii") for path in (office / "logs").glob("scanner.log*"))


def table(folder: Path) -> Path:
    path, now = folder / "unggahan.csv", datetime.now(UTC).isoformat(timespec="seconds")
    path.write_text(f"id,author,created_at,text\n900,sari_guru@nusarimba.example,{now},Ayo coblos\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("scan", "--platform", "x", "--json"), ('"scan begins"', "began: hand", "ended: exit 0")),
        (("import", "{table}", "--platform", "mastodon"), ('"import begins"', "ended: exit 0", "new 1")),
        (("purge",), ('"purge begins"', "stores rid of")),
    ],
    ids=["scan", "import", "purge"],
)
def test_verbs_that_work_for_long_keep_a_log_without_names(run: Run, office: Path, tmp_path: Path, arguments, told):
    paths = {"table": table(tmp_path)}
    assert run(*(one.format(**paths) for one in arguments), "-w", office).code == 0
    text = written(office)
    assert [one for one in told if one not in text] == []
    assert not re.search("sari|unggahan|coblos|PEG-|Nusa", text)


def test_a_backup_is_told_without_its_place(run: Run, office: Path, tmp_path: Path):
    run("backup", "keygen", tmp_path / "kunci")
    assert run("backup", tmp_path / "cadangan", "--recipient", tmp_path / "kunci", "-w", office).code == 0
    assert re.search(r"backup of \d+ files made, read back and compared; 0 removed", written(office))
    assert "cadangan" not in written(office)


@pytest.mark.parametrize(
    "arguments", [("scan", "--dry-run"), ("purge", "--dry-run"), ("status",), ("queue",), ("metrics",), ("verify",)]
)
def test_dry_runs_and_verbs_that_only_show_write_no_log(run: Run, office: Path, arguments):
    before = sorted(path.name for path in (office / "logs").iterdir())
    run(*arguments, "-w", office)
    assert sorted(path.name for path in (office / "logs").iterdir()) == before


def test_a_refusal_is_told_by_its_class_and_the_log_ends_with_the_program(run: Run, office: Path):
    ended = run("import", office / "tiada.csv", "-w", office)
    assert ended.code == 1
    assert "tiada.csv" in ended.err
    assert '"ended by ImportFailed"' in written(office)
    assert "tiada" not in written(office)
    logging.getLogger("scanner.uji").error("sesudahnya")
    assert "sesudahnya" not in written(office)


def test_a_fault_of_ours_is_one_line_and_its_place_is_in_the_log(run: Run, office: Path, monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise KeyError("@budi menulis ini")

    monkeypatch.setattr(Workspace, "purge", fail)
    ended = run("purge", "-w", office)
    assert ended.code == 1
    assert "unexpected KeyError: a fault of the program; scanner.log says where" in ended.err
    assert "budi" not in ended.err + written(office)
    assert '"test_logged.py:' in written(office)


def test_the_same_account_has_the_same_hash_in_every_run_and_another_in_another_office(office: Path, tmp_path: Path):
    def hashed(root: Path) -> str:
        begin_log(open_workspace(root), "uji")
        logging.getLogger("scanner.uji").info("akun %s", "mastodon:budi")
        return re.findall(r"akun (#\w+)", written(root))[-1]

    assert hashed(office) == hashed(office)
    key = office / "data" / "keys" / "logs.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = hashed(office)
    key.unlink()
    assert hashed(office) != first


def test_without_room_for_a_key_the_work_goes_on(office: Path):
    (office / "data" / "keys").rmdir() if (office / "data" / "keys").is_dir() else None
    (office / "data" / "keys").write_text("ini berkas")
    begin_log(open_workspace(office), "uji")
    assert "uji begins" in written(office)


def test_lines_are_json_where_that_is_set(run: Run, office: Path, monkeypatch):
    monkeypatch.setenv("SCANNER_LOGS__JSON_LINES", "true")
    run("purge", "-w", office)
    events = [json.loads(line) for line in written(office).splitlines()]
    assert events[0]["event"] == "purge begins"


def test_every_secret_in_the_settings_is_known(office: Path):
    (office / "secrets.toml").write_text(
        '[platforms.x.keys]\ntoken = "rahasia1"\n[platforms.tiktok.keys]\nclient_key = "rahasia2"\n'
        '[notifications]\nurls = ["tgram://rahasia3"]\nwebhook = "https://x.example/rahasia4"\n'
        'webhook_key = "rahasia5"\n'
        '[ping]\nurl = "https://x.example/rahasia6"\n'
    )
    found = " ".join(_secrets(load_settings(office)))
    assert [number for number in range(1, 7) if f"rahasia{number}" not in found] == []
    assert list(_secrets(((SecretStr("a"),), {"b": SecretStr("b")}, "c", 1))) == ["a", "b"]
