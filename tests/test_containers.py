"""The image and the compose file keep what they promise: no rights, no writable root, no tools."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from scanner.cli.app import app

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE).replace("\\\n", " ")
    words = (line.partition(" ") for line in text.splitlines() if line)
    return [(word, " ".join(rest.split())) for word, _, rest in words]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    begin = max(number for number, (word, _) in enumerate(found) if word == "FROM")
    return found[begin:]


def test_the_image_runs_as_a_user_without_rights_by_number():
    assert [rest for word, rest in last_stage() if word == "USER"] == ["10001:10001"]


def test_the_last_stage_has_the_program_and_no_tools():
    stage = last_stage()
    assert [rest for word, rest in stage if word == "COPY"] == ["--from=build /opt/scanner /opt/scanner"]
    [run] = [rest for word, rest in stage if word == "RUN"]
    assert "pip uninstall --yes" in run
    assert not re.search(r"apt-get|pip install|curl|wget", run)


def test_libraries_are_wheels_alone_and_both_stages_one_python():
    build = " ".join(rest for word, rest in instructions() if word == "RUN")
    assert "--only-binary :all: /dist/*.whl" in build
    assert len({rest.split()[0] for word, rest in instructions() if word == "FROM"}) == 1


def test_what_a_health_check_says_is_not_kept_because_it_names_accounts():
    checks = [rest for word, rest in last_stage() if word == "HEALTHCHECK"]
    checks += [" ".join(service["healthcheck"]["test"]) for service in SERVICES.values()]
    assert len(checks) == 3
    assert all(">/dev/null 2>&1" in check for check in checks if "scanner status" in check)


def test_the_builder_gets_what_the_wheel_is_made_of_and_no_more():
    lines = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if not line.startswith("#")]
    copied = {one for word, rest in instructions() if word == "COPY" and "--from" not in rest for one in rest.split()}
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == copied - {"./"}
    assert all((ROOT / one).exists() for one in copied)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_is_shut_in(name: str):
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all("noexec,nosuid,nodev" in one for one in service["tmpfs"])
    assert not {"privileged", "network_mode", "pid", "devices", "cap_add", "environment", "env_file"} & service.keys()
    assert "docker.sock" not in str(service)


@pytest.mark.parametrize("name", SERVICES)
def test_both_share_the_record_and_the_socket_and_get_secrets_as_a_file(name: str):
    service = SERVICES[name]
    assert service["volumes"] == ["kantor:/srv/kantor", "socket:/run/scanner"]
    assert service["secrets"] == [{"source": "platforms", "target": "/srv/kantor/secrets.toml"}]
    assert COMPOSE["secrets"]["platforms"] == {"file": "./secrets/secrets.toml"}
    assert dict(last_stage())["WORKDIR"] == "/srv/kantor"
    assert "TMPDIR=/run/scanner" in dict(last_stage())["ENV"].split()


def test_only_the_desk_is_reached_and_only_from_this_machine():
    assert SERVICES["desk"]["ports"] == ["127.0.0.1:8000:8000"]
    assert "ports" not in SERVICES["schedule"]
    assert "--behind-proxy" in SERVICES["desk"]["command"]


def test_the_schedule_has_a_name_of_its_own_by_which_it_knows_its_machine():
    assert [service["hostname"] for service in SERVICES.values()] == list(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_calls_a_command_that_there_is(name: str):
    words, command = list(SERVICES[name]["command"]), typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert words
    assert {word.partition("=")[0] for word in words} <= known


def test_secrets_are_not_in_git():
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.slow
def test_compose_itself_can_read_it(monkeypatch: pytest.MonkeyPatch):
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed")
    monkeypatch.setenv("SCANNER_HOST_NAME", "meja.example")
    command = [docker, "compose", "-f", ROOT / "compose.yaml", "config", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_linter_finds_nothing():
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed")
    done = subprocess.run([linter, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
