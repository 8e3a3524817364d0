"""How the workspace is set up: its settings, and who can read its files."""

from __future__ import annotations

import ipaddress
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.settings import CONFIG, SECRETS, load_settings, problems_of, unknown_variables
from scanner.workspace import LOGS, RESTORING, ROSTER

POLITE = 1.0
"""Seconds between two requests to one host that no platform minds."""


def _secrets(case: Case) -> Finding:
    path = case.root / SECRETS
    if not path.is_file():
        return well("none")
    mode = stat.S_IMODE(path.stat().st_mode)
    return fix(f"others can read it: chmod 600 {path}") if mode & 0o077 else well(f"mode {mode:04o}")


def _settings(case: Case) -> Finding:
    load_settings(case.root)
    return well(str(case.root / CONFIG))


def _environment(case: Case) -> Finding:
    if unknown := unknown_variables():
        return fix(next(one for one in problems_of(case.root) if one.startswith(unknown[0])))
    return well("every SCANNER_* is a setting")


def _politeness(case: Case) -> Finding:
    network = case.settings.network
    if not network.contact:
        return mind(f"{CONFIG} network.contact: empty; name an address at which platforms can reach you")
    if network.min_interval < POLITE:
        return mind(f"{CONFIG} network.min_interval: {network.min_interval:g} s is for the demo; {POLITE:g} or more")
    return well(f"{network.min_interval:g} s between two requests to a host")


def _addresses(case: Case) -> Finding:
    allowed = case.settings.network.allow_hosts
    inside = [one for one in allowed if not is_loopback(f"//{one}") and not is_metadata(one)]
    if inside:
        return fix(f"{CONFIG} network.allow_hosts: {inside[0]} opens a private network to fetching: take it out")
    plain = [
        name for name, one in case.settings.platforms.items() for url in (one.base_url, one.directory) if bare(url)
    ]
    if plain:
        return fix(f"{CONFIG} platforms.{plain[0]}: an address without https can be read and altered on the way")
    return well("encrypted, and none inside")


def bare(url: str | None) -> bool:
    """Tell whether an address leads off this machine unencrypted."""
    return url is not None and url.lower().startswith("http://") and not is_loopback(url)


def is_loopback(url: str) -> bool:
    """Tell whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_metadata(host: str) -> bool:
    """Tell whether a host:port is where clouds tell machines their keys, which has a check of its own."""
    try:
        return ipaddress.ip_address(host.rpartition(":")[0].strip("[]")).is_link_local
    except ValueError:
        return False


def _restoring(case: Case) -> Finding:
    if (case.data / RESTORING).exists():
        return fix(f"{case.root}: a backup is being restored into it, or that was cut off: run `scanner restore`")
    return well("no restore under way")


def _data(case: Case) -> Finding:
    if not case.data.is_dir():
        step = f"restore it from a backup, or begin anew with `mkdir -m 700 {case.data}`"
        return fix(f"{case.data}: not there; {step}")
    mode = stat.S_IMODE(case.data.stat().st_mode)
    return fix(f"others can read it: chmod 700 {case.data}") if mode & 0o077 else well(f"mode {mode:04o}")


def _modes(case: Case) -> Finding:
    if open_ := [path for path in _private(case) if stat.S_IMODE(path.stat().st_mode) & 0o077]:
        return fix(f"others can read it: chmod go= {open_[0]} ({len(open_)} such)")
    if stat.S_IMODE(case.root.stat().st_mode) & 0o022:
        return fix(f"others can put files into it: chmod go-w {case.root}")
    return well("nothing for others to read")


def _private(case: Case) -> Iterator[Path]:
    """Yield what holds personal data or keys, but for what has checks of its own."""
    named = (case.root / ROSTER, case.root / LOGS, case.store.path, *sorted(case.data.glob("*.key")))
    yield from (path for path in named if path.exists())


CHECKS = {
    "secrets": Named(_secrets),
    "settings": Named(_settings, needs=("secrets",)),
    "environment": Named(_environment, needs=("settings",)),
    "politeness": Named(_politeness, needs=("settings",)),
    "addresses": Named(_addresses, needs=("settings",)),
    "restoring": Named(_restoring, needs=("settings",)),
    "data folder": Named(_data, needs=("settings",)),
    "file modes": Named(_modes, needs=("settings",)),
}
