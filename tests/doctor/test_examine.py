"""A sound workspace passes every check; what cannot be checked says so, and no check shows a secret."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scanner.classify.bundle import read_config
from scanner.collect.client import Client
from scanner.doctor import CHECKS, State, examine
from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, go_through, well
from scanner.resources import data_folder
from scanner.rules.ruleset import load_ruleset
from scanner.store.owner import own
from scanner.workspace import open_workspace
from tests.doctor.conftest import IMPATIENT, failed, made, rewrite
from tests.offices import MODEL, make_office

REPOSITORY = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from scanner.store.connection import Store
with Store(Path(sys.argv[1])).lease("uji: pegang"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_sound_workspace_passes_every_check(office: Path):
    checks = list(examine(office))
    assert [check for check in checks if check.state is not State.OK] == []
    assert all(check.found and not check.next_step for check in checks)
    assert len({check.name for check in checks}) == len(checks) >= 40


@pytest.mark.slow
def test_it_passes_the_deep_ones_too(office: Path):
    names = {check.name for check in examine(office, deep=True) if check.state is State.OK}
    assert names == CHECKS.keys() - {"platforms answer"}


def test_every_check_stands_behind_those_it_builds_on():
    seen: set[str] = set()
    for name, one in CHECKS.items():
        assert set(one.needs) <= seen, name
        seen.add(name)


def test_the_shipped_model_fits_the_shipped_rules(office: Path):
    folder = data_folder("models") / "default"
    if not (folder / "config.json").is_file():
        pytest.skip("models/default is not here; `make train` writes it")
    if read_config(folder).ruleset != load_ruleset().id:
        pytest.skip("models/default was trained with other rules; `make train` brings it up to date")
    rewrite(office / "scanner.toml", f'model = "{MODEL}"', 'model = "default"')
    assert made(office, "model").state is State.OK
    assert made(office, "smoke test").found == "10 of 10 calls found, 0 of 10 everyday texts"


def test_a_lost_data_folder_is_found_and_not_made_anew(office: Path):
    shutil.rmtree(office / "data")
    assert "restore it from a backup" in made(office, "data folder").next_step
    list(examine(office, patience=IMPATIENT))
    assert not (office / "data").exists()


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
    found = made(office, "database lock")
    assert found.state is State.FAILED
    assert f"PID {holder.pid} (uji: pegang" in found.next_step


def test_a_killed_holder_leaves_no_lock(office: Path, holder: subprocess.Popen[str]):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert made(office, "database lock").found == "free"


@pytest.mark.slow
def test_a_desk_that_keeps_the_database_is_named_and_nothing_is_wrong(office: Path):
    with own(open_workspace(office).store):
        found = {check.name: check for check in examine(office, patience=IMPATIENT)}
    assert {check.state for check in found.values()} == {State.OK}
    assert f"kept by PID {os.getpid()} (review desk, since" in found["database lock"].found
    assert made(office, "database lock").found == "free"


def test_what_builds_on_a_failed_check_is_not_checked_and_says_so(office: Path):
    rewrite(office / "scanner.toml", "[network]", "[network")
    waiting = {one.name: one.next_step for one in examine(office) if one.state is State.UNCHECKED}
    assert waiting["mandate"] == "not checked: first mend settings"
    assert {"election", "model", "database", "roster"} <= set(waiting)
    assert {"python", "rules", "keywords"}.isdisjoint(waiting)


def test_a_folder_that_is_no_workspace_is_told_how_to_become_one(tmp_path: Path):
    assert "scanner init" in made(tmp_path, "settings").next_step
    assert list(tmp_path.iterdir()) == []


def test_a_new_workspace_has_no_record_yet_and_none_is_made_by_looking(tmp_path: Path):
    root = make_office(tmp_path / "w", listed=False).root
    found = {check.name: check.found for check in examine(root)}
    assert (found["database"], found["audit chain"], found["roster"]) == ("none yet", "no record yet", "empty")
    assert list((root / "data").iterdir()) == []


@pytest.mark.parametrize("line", ['base_url = "{}"', 'kunci = "{}"', 'enabled = "{}"', '"{}" = ', "{} {}", "{} = 1"])
def test_no_check_shows_a_secret_however_it_is_written(office: Path, line: str):
    secret = "kunci-9f3a-rahasia"
    (office / "secrets.toml").write_text(f"[platforms.mastodon]\n{line.replace('{}', secret)}\n", "utf-8")
    assert secret not in str(list(examine(office)))


@pytest.mark.slow
def test_no_check_shows_a_secret_that_holds(office: Path, monkeypatch: pytest.MonkeyPatch):
    secrets = [f"rahasia-{number:04}" for number in range(6)]
    (office / "secrets.toml").write_text(
        f"""
ping.url = "http://hc.example/{secrets[0]}"
[notifications]
urls = ["tgram://{secrets[1]}/1"]
webhook = "http://hook.example/{secrets[2]}"
webhook_key = "{secrets[3]}"
[platforms.mastodon]
base_url = "http://{secrets[4]}.example"
""",
        "utf-8",
    )
    monkeypatch.setenv("SCANNER_PLATFORMS__X__KEYS__TOKEN", secrets[5])
    said = str(list(examine(office)))
    assert "ping.url is not encrypted" in said
    assert [one for one in secrets if one in said] == []


def broken(_case: Case) -> Finding:
    raise RuntimeError("kata siapa pun")


def test_a_check_that_breaks_is_told_with_its_place_and_ends_no_other(office: Path):
    table = {
        "first": Named(broken),
        "second": Named(lambda _case: well("ok")),
        "third": Named(broken, needs=("first",)),
    }
    first, *others = go_through(table, Case(root=office, now=datetime.now(UTC)))
    assert first.state is State.FAILED
    assert first.next_step.startswith("the check itself broke: RuntimeError in test_examine.py line ")
    assert "kata siapa pun" not in first.next_step
    assert [other.state for other in others] == [State.OK, State.UNCHECKED]


@pytest.mark.slow
def test_any_check_may_break_and_the_others_go_on(office: Path, monkeypatch: pytest.MonkeyPatch):
    worse = {name: replace(one, check=broken) if name == "audit chain" else one for name, one in CHECKS.items()}
    monkeypatch.setattr(sys.modules["scanner.doctor.examine"], "CHECKS", worse)
    assert list(failed(office)) == ["audit chain"]


@pytest.mark.slow
def test_no_byte_leaves_this_machine(office: Path, monkeypatch: pytest.MonkeyPatch):
    """Without --probe; the egress check lets the real client try the address it must refuse."""
    reached: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *where, **_: reached.append(where))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *where, **_: reached.append(where) or [])
    asked: list[str] = []
    get = Client.get
    monkeypatch.setattr(Client, "get", lambda self, url, **how: (asked.append(url), get(self, url, **how))[1])
    assert {check.state for check in examine(office)} == {State.OK}
    assert asked == ["http://169.254.169.254/latest/meta-data/"]
    assert reached == []


class Robots(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.slow
def test_a_probe_asks_each_platform_whether_it_answers(office: Path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Robots) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host = f"127.0.0.1:{server.server_port}"
        rewrite(office / "scanner.toml", "[network]", f'[network]\nallow_hosts = ["{host}"]')
        with (office / "scanner.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[platforms.mastodon]\nbase_url = "http://{host}"\n')
        answering = made(office, "platforms answer", probe=True)
        server.shutdown()
        thread.join()
    assert (answering.state, answering.found) == (State.OK, "1 platforms answer")
    assert server.asked == ["/robots.txt"]  # type: ignore[attr-defined]
    silent = made(office, "platforms answer", probe=True)
    assert silent.state is State.WARNING
    assert f"http://{host} (Transient) did not answer" in silent.next_step


def test_the_moment_to_go_by_is_handed_in(office: Path):
    assert made(office, "mandate", later=timedelta(days=400)).state is State.FAILED
