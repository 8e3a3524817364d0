"""A real snac2, a small Fediverse server with a loose Mastodon API, unpacked from Debian's backports."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.servers.installing import NotInstalled, install

_PATIENCE = 120.0
"""Seconds for one command."""
_NOBODY = 65534
_ARCHIVE = re.compile(r"^(?:URIs:|deb\b.*?)\s*(https?://\S+/debian)/?(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snac:
    """A running server and what a test does on it."""

    port: int
    data: Path
    program: tuple[str, ...]
    passwords: dict[str, str]

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def sign_in(self, user: str) -> User:
        """Sign in as the server's own login form does."""
        form = urlencode({"login": user, "passwd": self.passwords[user]})
        token = self.ask("POST", "/oauth/x-snac-get-token", form, "application/x-www-form-urlencoded")
        return User(self, user, f"Bearer {token.decode()}")

    def command(self, verb: str, *words: str) -> None:
        """Run one of the server's own commands."""
        _run([*self.program, verb, str(self.data), *words])

    def posts(self, user: str) -> dict[str, str]:
        """Return address and source of all notes of a user, from the server's own store."""
        found = {}
        for path in (self.data / "object").glob("*/*.json"):
            note = json.loads(path.read_text("utf-8"))
            if note.get("type") == "Note" and note.get("attributedTo") == f"{self.url}/{user}":
                found[note["id"]] = note["sourceContent"]
        return found

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "", authorization: str = "") -> bytes:
        """Ask and return the body; what is refused is an error."""
        headers = {"Content-Type": kind} if kind else {}
        headers |= {"Authorization": authorization} if authorization else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body and body.encode(), headers)
            answer = connection.getresponse()
            got = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status}")
        return got


@dataclass(frozen=True, slots=True)
class User:
    """One account on the server, signed in."""

    snac: Snac
    name: str
    authorization: str

    def post(self, text: str, **fields: str) -> dict[str, Any]:
        """Write a post and return it as the server does."""
        return self._send("POST", "/api/v1/statuses", {"status": text, **fields})

    def edit(self, status: dict[str, Any], text: str) -> None:
        self._send("PUT", f"/api/v1/statuses/{status['id']}", {"status": text})

    def delete(self, status: dict[str, Any]) -> None:
        """Delete as the button on the server's own page does; its API cannot."""
        password = self.snac.passwords[self.name]
        basic = base64.b64encode(f"{self.name}:{password}".encode()).decode()
        form = urlencode({"id": status["url"], "actor": f"{self.snac.url}/{self.name}", "action": "Delete"})
        kind = "application/x-www-form-urlencoded"
        self.snac.ask("POST", f"/{self.name}/admin/action", form, kind, f"Basic {basic}")

    def boost(self, status: dict[str, Any]) -> None:
        self.snac.command("boost", self.name, status["url"])

    def _send(self, method: str, path: str, fields: dict[str, str]) -> Any:
        got = self.snac.ask(method, path, json.dumps(fields), "application/json", self.authorization)
        return json.loads(got) if got else None


@contextmanager
def running_snac(*users: str) -> Iterator[Snac]:
    """Run a fresh server with these users on a free port; raises NotInstalled where it cannot be had."""
    binary = _program()
    with tempfile.TemporaryDirectory(prefix="snac.") as folder:
        home = Path(folder)
        home.chmod(0o755)
        shutil.copyfile(binary, home / "snac")
        (home / "snac").chmod(0o755)
        if os.geteuid() == 0:  # the server refuses to run as root
            os.chown(home, _NOBODY, _NOBODY)
        snac = _set_up(home, users)
        with (home / "log").open("wb") as log:
            process = subprocess.Popen([*snac.program, "httpd", str(snac.data)], stdout=log, stderr=log)
            try:
                _await(snac, process)
                yield snac
            finally:
                process.terminate()
                process.wait(30)


def _program() -> Path:
    """Return the program: the one of this machine, else the one unpacked from Debian's archive on the first call."""
    if (own := shutil.which("snac")) is not None:
        return Path(own)
    return install("snac2", ("snac2",), _download) / "root" / "usr" / "bin" / "snac"


def _download(home: Path) -> None:
    """Fetch and unpack the package with lists of our own: nothing of the machine's is changed."""
    told = re.search(r'^VERSION_CODENAME="?(\w+)', Path("/etc/os-release").read_text("utf-8"), re.MULTILINE)
    name = told[1] if told else "stable"
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    suites = "".join(f"deb [signed-by={keyring}] {_mirror()} {suite} main\n" for suite in (name, f"{name}-backports"))
    shutil.rmtree(home / "root", ignore_errors=True)
    for folder in ("lists/partial", "archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    (home / "sources.list").write_text(suites, "utf-8")
    places = {"Etc::SourceList": "sources.list", "State::Lists": "lists", "Cache": "", "Cache::Archives": "archives"}
    options = [f"-oDir::{key}={home / value}" for key, value in places.items()]
    options += ["-oDir::Etc::SourceParts=-", "-oAPT::Sandbox::User=root"]
    _run(["apt-get", "-qq", *options, "update"])
    _run(["apt-get", "-qq", *options, "download", "snac2"], cwd=home)
    (package,) = home.glob("snac2_*.deb")
    _run(["dpkg-deb", "-x", str(package), str(home / "unpacked")])
    (home / "unpacked").rename(home / "root")
    package.unlink()
    shutil.rmtree(home / "lists")


def _mirror() -> str:
    """Return the archive that this machine uses already."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.[sl]*"))]
    texts = (path.read_text("utf-8", "replace") for path in files if path.is_file())
    return next((found[1] for text in texts if (found := _ARCHIVE.search(text))), "http://deb.debian.org/debian")


def _set_up(home: Path, users: tuple[str, ...]) -> Snac:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    lower = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"] if os.geteuid() == 0 else []
    program = (*lower, "env", f"HOME={home}", str(home / "snac"))
    data = home / "data"
    try:
        _run([*program, "init", str(data)], f"127.0.0.1\n{port}\nlocalhost:{port}\n\n\n")
        settings = json.loads((data / "server.json").read_text("utf-8"))
        settings |= {"protocol": "http", "disable_cache": True, "disable_inbox_collection": True}
        (data / "server.json").write_text(json.dumps(settings), "utf-8")
        passwords = {user: _run([*program, "adduser", str(data), user], "\n") for user in users}
    except (OSError, subprocess.SubprocessError) as error:
        raise NotInstalled(f"snac2 does not run here: {error!s:.300}") from error
    words = {user: said.split("password is ")[1].split()[0] for user, said in passwords.items()}
    return Snac(port, data, program, words)


def _await(snac: Snac, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise NotInstalled(f"snac2 ended with {process.returncode}")
        with suppress(OSError):
            snac.ask("GET", "/robots.txt")
            return
        time.sleep(0.1)
    raise NotInstalled("snac2 did not answer within ten seconds")


def _run(command: list[str] | tuple[str, ...], typed: str = "", *, cwd: Path | None = None) -> str:
    done = subprocess.run(command, input=typed.encode(), cwd=cwd, check=True, capture_output=True, timeout=_PATIENCE)
    return (done.stdout + done.stderr).decode("utf-8", "replace")
