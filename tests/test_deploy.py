"""docs/deploy.md says what the program does: its commands, its figures, and its proxy in front of a real desk."""

from __future__ import annotations

import http.client
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from scanner.cli.app import app
from scanner.schedule.units import DESK, EVERY, SCAN, TIMER
from scanner.settings import Settings
from scanner.store.kept import STAYS
from tests.offices import make_office

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "deploy.md"
TEXT = PAGE.read_text("utf-8")
NAME = "meja.bawaslu.example"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def calls() -> list[list[str]]:
    """Return the words behind the program's name wherever a command or a service is called."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    lines += [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose)]
    begins = re.compile(r"(?:^|[ '])(?:kantor|scanner|docker compose run --rm desk) ((?:-w |[a-z]).*?)(?:['#].*)?$")
    return [shlex.split(found[1]) for line in lines if "alias" not in line and (found := begins.search(line))]


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_every_command_exists_with_its_options(words: list[str]):
    command = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    assert not hasattr(command, "commands") or not words, f"no such command: {words}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= known


def test_it_tells_of_all_the_steps_that_an_office_takes():
    wanted = {
        "init",
        "roster",
        "doctor",
        "scan",
        "users",
        "schedule",
        "backup",
        "upgrade",
        "restore",
        "verify",
        "purge",
    }
    assert wanted <= {words[0] for words in calls()}
    titles = re.findall(r"^## (.+)$", TEXT, flags=re.MULTILINE)
    assert titles[:2] == ["Install", "The first day"]
    assert {"Backups", "Upgrade", "Disaster drill", "Containers", "Uninstall"} <= set(titles)


def test_units_and_figures_are_those_of_the_program():
    assert all(name in TEXT for name in (SCAN, TIMER, DESK))
    assert (EVERY, STAYS.days) == (15, 7)
    assert "every 15 minutes" in TEXT
    assert "after seven days at most" in TEXT


@pytest.mark.parametrize("text", blocks("toml"))
def test_its_settings_are_settings(text: str):
    Settings(**tomllib.loads(text))


def test_every_link_leads_somewhere():
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    titles = {title.lower().replace(" ", "-") for title in re.findall(r"^#+ (.+)$", TEXT, flags=re.MULTILINE)}
    assert all(one[1:] in titles if one.startswith("#") else (PAGE.parent / one).exists() for one in targets)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def proxy_config(folder: Path, *, tls: int, plain: int, desk: int) -> str:
    """Return nginx's configuration with the document's example, on ports and paths of this test."""
    [example] = blocks("nginx")
    for old, new in (
        ("listen 443", f"listen 127.0.0.1:{tls}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("/etc/ssl/private/meja.key", f"{folder}/key.pem"),
        ("/etc/ssl/meja.pem", f"{folder}/cert.pem"),
        ("127.0.0.1:8000", f"127.0.0.1:{desk}"),
    ):
        assert old in example
        example = example.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {temporary}\n{example}\n}}"


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[int]:
    """Put nginx in front of a real desk, as the document says; yields the port of TLS."""
    nginx, openssl = shutil.which("nginx"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed (Debian: apt install nginx-light openssl)")
    tls, plain, desk = free_port(), free_port(), free_port()
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    made += ["-addext", f"subjectAltName=DNS:{NAME}", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    subprocess.run([openssl, *made], check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(proxy_config(tmp_path, tls=tls, plain=plain, desk=desk), "utf-8")
    scanner = Path(sys.executable).with_name("scanner")
    office = make_office(tmp_path / "kantor")
    serving = [scanner, "serve", "-w", office.root, "--port", str(desk), "--behind-proxy", "--host-name", NAME]
    with (
        subprocess.Popen(serving, stderr=subprocess.DEVNULL) as behind,
        subprocess.Popen([nginx, "-c", tmp_path / "nginx.conf"]) as front,
    ):
        try:
            until = time.monotonic() + 30
            while not (reachable(desk) and reachable(tls)) and time.monotonic() < until:
                time.sleep(0.05)
            yield tls
        finally:
            front.terminate()
            behind.terminate()


def ask(
    port: int, folder: Path, method: str, *, host: str = NAME, body: str = "", **headers: str
) -> tuple[int, http.client.HTTPMessage]:
    """Ask for the page to sign in; return status and headers."""
    trusted = ssl.create_default_context(cafile=folder / "cert.pem")
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    connection = http.client.HTTPConnection(NAME)
    with trusted.wrap_socket(plain, server_hostname=NAME) as connection.sock:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, "/sign-in", body=body or None, headers={"Host": host, **told})
        with connection.getresponse() as answer:
            return answer.status, answer.headers


@pytest.mark.slow
def test_behind_the_proxy_of_the_document_the_desk_is_as_safe_as_alone(proxy: int, tmp_path: Path):
    status, headers = ask(proxy, tmp_path, "GET")
    assert (status, headers["strict-transport-security"]) == (200, "max-age=31536000; includeSubDomains")
    assert len(headers.get_all("content-security-policy", [])) == 1
    assert ask(proxy, tmp_path, "GET", host="lain.example")[0] == 400
    form = {"Content_Type": "application/x-www-form-urlencoded", "Sec_Fetch_Site": "same-origin"}
    guess = {"body": "name=ketua&password=x&code=1", **form}
    tries = [ask(proxy, tmp_path, "POST", X_Forwarded_For=f"10.0.0.{number}", **guess)[0] for number in range(12)]
    assert 429 in tries, "whoever makes up addresses may guess for ever"
    assert set(tries) <= {401, 429}
    assert ask(proxy, tmp_path, "POST", body="x" * 600_000, **form)[0] == 413
