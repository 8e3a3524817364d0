"""A whole workspace passes every check, and each broken thing is found by its own check, with what to do next."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scanner import doctor, resources
from scanner.classify.bundle import read_config
from scanner.domain.accounts import Confidence
from scanner.resources import data_folder
from scanner.rules.ruleset import load_ruleset
from scanner.store import accounts
from scanner.store.owner import own
from scanner.workspace import open_workspace
from tests.offices import MODEL, fill, make_office, today
from tests.store.samples import make_account

REPOSITORY = Path(__file__).parents[1]
HOLD = """
import sys, time
from pathlib import Path
from scanner.store.connection import Store
with Store(Path(sys.argv[1])).lease("uji: pegang"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = make_office(tmp_path_factory.mktemp("office") / "w")
    fill(workspace)
    return workspace.root


@pytest.fixture
def office(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "w"))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 0.05)


def failed(root: Path) -> dict[str, str]:
    """Checks that say FIX, with what to do next."""
    return {check.name: check.next_step for check in doctor.examine(root) if check.ok is False}


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_whole_workspace_passes_every_check(office: Path):
    checks = list(doctor.examine(office))
    assert [check.name for check in checks if check.ok is not True] == []
    assert all(check.found and not check.next_step for check in checks)
    assert len({check.name for check in checks}) == len(checks) == 16


def test_the_shipped_model_fits_the_shipped_rules(office: Path):
    folder = data_folder("models") / "default"
    if not (folder / "config.json").is_file():
        pytest.skip("models/default is not here; `make train` writes it")
    if read_config(folder).ruleset != load_ruleset().id:
        pytest.skip("models/default was trained with other rules; `make train` brings it up to date")
    rewrite(office / "scanner.toml", f'model = "{MODEL}"', 'model = "default"')
    assert failed(office) == {}


def _expired(root: Path) -> None:
    rewrite(root / "scanner.toml", f"valid_until = {today() + timedelta(days=180)}", "valid_until = 2020-01-01")


def _without_mandate(root: Path) -> None:
    rewrite(root / "scanner.toml", 'dpia_id = "DPIA-NR-2026-03 (fiktif)"', 'dpia_id = ""')


def _unknown_key(root: Path) -> None:
    rewrite(root / "scanner.toml", "[network]", "[network]\nworkerz = 3")


def _bad_toml(root: Path) -> None:
    rewrite(root / "scanner.toml", "[network]", "[network")


def _open_secrets(root: Path) -> None:
    (root / "secrets.toml").chmod(0o644)


def _unknown_election(root: Path) -> None:
    rewrite(root / "scanner.toml", 'election = "pilgub-nusa-rimba"', 'election = "pilgub-antah"')


def _damaged_model(root: Path) -> None:
    (root / MODEL / "weights.safetensors").write_bytes(b"else")


def _outdated_model(root: Path) -> None:
    rewrite(root / MODEL / "config.json", load_ruleset().id, "2020.01+00000000")


def _lost_encoder(root: Path) -> None:
    record = {"name": "hilang", "folder": "hilang", "revision": None, "prefix": "", "dimensions": 8}
    (root / "data" / "models").mkdir()
    (root / "data" / "models" / "encoder.json").write_text(json.dumps(record | {"files": {"modules.json": "0" * 64}}))


def _open_data(root: Path) -> None:
    (root / "data").chmod(0o755)


def _damaged_database(root: Path) -> None:
    (root / "data" / "scanner.duckdb").write_bytes(b"no database" * 2000)


def _lost_database(root: Path) -> None:
    (root / "data" / "scanner.duckdb").unlink()


def _altered_event(root: Path) -> None:
    with open_workspace(root).store.lease("test") as lease:
        lease.execute("UPDATE audit SET actor = 'orang lain' WHERE seq = 1")


def _empty_roster(root: Path) -> None:
    with open_workspace(root).store.lease("test") as lease:
        lease.execute("DELETE FROM accounts")


def _unconfirmed_account(root: Path) -> None:
    with open_workspace(root).store.lease("test") as lease:
        listed_until = today() + timedelta(days=9)
        accounts.save_accounts(lease, [make_account(confidence=Confidence.C, listed_until=listed_until)])


@pytest.mark.parametrize(
    ("damage", "name", "next_step"),
    [
        (_expired, "mandate", "renew it"),
        (_without_mandate, "mandate", "dpia_id missing"),
        (_unknown_key, "settings", r"network.workerz.*known here: .*workers"),
        (_bad_toml, "settings", "scanner.toml: not valid TOML"),
        (_open_secrets, "secrets", "chmod 600"),
        (_unknown_election, "election", "known: .*pilgub-nusa-rimba"),
        (_damaged_model, "model", "fetch the model again"),
        (_outdated_model, "model", "run `scanner train`"),
        (_lost_encoder, "encoder", r"modules\.json: missing since hilang was swapped in; .*--shipped"),
        (_open_data, "data folder", "chmod 700"),
        (_damaged_database, "database", "restore the last backup"),
        (_lost_database, "database", "restore it from a backup"),
        (_altered_event, "audit chain", "event 1 was altered"),
        (_empty_roster, "roster", "scanner roster import"),
        (_unconfirmed_account, "roster", "A or B is needed"),
    ],
)
def test_what_is_broken_is_found_by_its_own_check_alone(
    office: Path, damage: Callable[[Path], None], name: str, next_step: str
):
    damage(office)
    found = failed(office)
    assert list(found) == [name]
    assert re.search(next_step, found[name])


def test_a_lost_data_folder_is_found_and_not_made_anew(office: Path):
    shutil.rmtree(office / "data")
    assert "restore it from a backup" in failed(office)["data folder"]
    assert not (office / "data").exists()


def test_too_little_space_is_found(office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "LEAST_FREE", 1 << 62)
    found = failed(office)
    assert list(found) == ["free space"]
    assert "purging needs it" in found["free space"]


def test_an_old_python_is_found(office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 14, "final", 0))
    assert failed(office) == {"python": "install Python 3.11 or newer"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, whose keywords may be broken."""
    shutil.copytree(data_folder("keywords"), tmp_path / "keywords")
    (tmp_path / "models").symlink_to(data_folder("models"))
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "scanner")
    return tmp_path


def test_missing_keywords_are_found(office: Path, installed: Path):
    (installed / "keywords").rename(installed / "words")
    found = failed(office)
    assert list(found) == ["keywords"]
    assert "the installation is incomplete" in found["keywords"]


def test_broken_rules_are_found(office: Path, installed: Path):
    (installed / "keywords" / "rules" / "version.yaml").write_text("version: [", "utf-8")
    found = failed(office)
    assert list(found) == ["rules"]
    assert "version.yaml" in found["rules"]


@pytest.fixture
def holder(office: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the database."""
    command = [sys.executable, "-c", HOLD, str(office / "data" / "scanner.duckdb")]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_held_database_is_found_with_the_process_that_holds_it(office: Path, holder: subprocess.Popen[str]):
    found = failed(office)
    assert list(found) == ["database lock"]
    assert f"PID {holder.pid} (uji: pegang" in found["database lock"]


def test_a_killed_holder_leaves_no_lock(office: Path, holder: subprocess.Popen[str]):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert failed(office) == {}


def test_a_desk_that_keeps_the_database_is_named_and_nothing_is_wrong(office: Path):
    with own(open_workspace(office).store):
        found = {check.name: check.found for check in doctor.examine(office)}
        assert failed(office) == {}
    assert f"kept by PID {os.getpid()} (review desk, since" in found["database lock"]
    assert found["database"].startswith("opens, ")
    assert {check.found for check in doctor.examine(office) if check.name == "database lock"} == {"free"}


def test_what_builds_on_a_failed_check_is_not_checked_and_says_so(office: Path):
    _bad_toml(office)
    waiting = {check.name: check.next_step for check in doctor.examine(office) if check.ok is None}
    assert waiting["mandate"] == "not checked: first mend settings"
    assert {"election", "model", "database", "roster"} <= set(waiting)
    assert {"python", "rules", "keywords"}.isdisjoint(waiting)


def test_a_folder_that_is_no_workspace_is_told_how_to_become_one(tmp_path: Path):
    assert "scanner init" in failed(tmp_path)["settings"]
    assert list(tmp_path.iterdir()) == []


def test_a_new_workspace_has_no_record_yet_and_none_is_made_by_looking(tmp_path: Path):
    root = make_office(tmp_path / "w", listed=False).root
    found = {check.name: check.found for check in doctor.examine(root)}
    assert (found["database"], found["audit chain"], found["roster"]) == ("none yet", "no events yet", "empty")
    assert list((root / "data").iterdir()) == []


@pytest.mark.parametrize("line", ['base_url = "{}"', 'kunci = "{}"', 'enabled = "{}"', '"{}" = ', "{} {}"])
def test_no_check_shows_a_secret_however_it_is_written(office: Path, line: str):
    secret = "kunci-9f3a-rahasia"
    (office / "secrets.toml").write_text(f"[platforms.mastodon]\n{line.replace('{}', secret)}\n", "utf-8")
    assert secret not in str(list(doctor.examine(office)))
