"""Files by which a system runs the scanner by itself: hardened systemd units, or a line for cron.

The timer only fires; `scanner scan --due` decides by the record what is due, so firing too often does no harm.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import UsageError
from scanner.schedule.unit_texts import CRON_TABLE, DESK_UNIT, HARDENED, HEAD, SCAN_UNIT, TIMER_UNIT

SCAN, TIMER, DESK, CRON = "scanner-scan.service", "scanner-scan.timer", "scanner-desk.service", "scanner"
EVERY = 15
"""Minutes between two firings: the shortest interval that can be set."""
_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))


@dataclass(frozen=True, slots=True)
class Place:
    """What is to run, on what, and as whom."""

    program: Path
    workspace: Path
    user: str
    reads: Sequence[Path] = ()
    """Folders of the program's Python."""
    writes: Sequence[Path] = ()
    """Folders outside the workspace into which a scan writes: backups, figures for Prometheus."""
    port: int = 8000
    """On which the desk listens, on 127.0.0.1."""
    host_names: Sequence[str] = ()
    """By which browsers reach the desk through a proxy; none: it is reached on this machine only."""
    just_in_time: bool = False
    """The extra [fast] or [encoder] is installed, which makes code while it runs."""


def systemd_units(place: Place) -> dict[str, str]:
    """Return the units by file name: the scan, its timer and the desk. UsageError for paths no unit can hold."""
    words = {
        "user": _word(place.user),
        "program": _word(place.program),
        "workspace": _word(place.workspace),
        "every": EVERY,
        "port": place.port,
        "names": "".join(f" --host-name {_word(name)}" for name in place.host_names),
        "home": "read-only" if any(map(_in_home, (place.program, place.workspace, *place.reads))) else "yes",
        "memory": "" if place.just_in_time else "MemoryDenyWriteExecute=yes\n",
    }
    if place.host_names:
        words["names"] = f" --behind-proxy{words['names']}"
    install = "\n[Install]\nWantedBy=multi-user.target\n"
    made = {SCAN: SCAN_UNIT + HARDENED, TIMER: TIMER_UNIT, DESK: DESK_UNIT + HARDENED + install}
    writes = {SCAN: " ".join([str(words["workspace"]), *(_word(f"-{path}") for path in place.writes)])}
    return {
        name: (HEAD + text).format(name=name, writes=writes.get(name, words["workspace"]), **words)
        for name, text in made.items()
    }


def cron_table(place: Place) -> str:
    """Return a file for /etc/cron.d. UsageError for paths it cannot hold."""
    program, workspace = (shlex.quote(_plain(path)).replace("%", r"\%") for path in (place.program, place.workspace))
    return CRON_TABLE.format(every=EVERY, user=_plain(place.user), program=program, workspace=workspace)


def _word(value: object) -> str:
    """Return one word of a unit: `%` begins a specifier there and `$` a variable."""
    text = _plain(value).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if "$" in text:
        raise UsageError(f"{text}: '$' means something else in a unit; a path without it would be valid")
    return f'"{text}"' if set(text) & set(" \t'\"\\;") else text


def _plain(value: object) -> str:
    text = str(value)
    if not text.isprintable():
        raise UsageError(f"{text!r}: holds control characters, which no unit can hold")
    return text


def _in_home(path: Path) -> bool:
    return any(path.is_relative_to(home) for home in _HOMES)
