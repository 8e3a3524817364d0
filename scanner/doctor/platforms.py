"""The platforms: whether they may be asked, whether they still answer as they did, and what we refuse to ask."""

from __future__ import annotations

from datetime import timedelta

from scanner.collect.client import Client
from scanner.collect.client_config import ClientConfig
from scanner.collect.collectors import collector_class
from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Mode, Named, fix, mind, well
from scanner.doctor.setup import is_metadata
from scanner.domain.accounts import Platform
from scanner.errors import Blocked, CollectError
from scanner.report.health import Signal, alarms
from scanner.scan.platforms import Platforms
from scanner.settings import CONFIG
from scanner.store import waits
from scanner.store.accounts import load_accounts

METADATA = "http://169.254.169.254/latest/meta-data/"
"""Where clouds tell a machine its keys: nothing of ours may ever ask there."""
LONG_WAIT = timedelta(days=2)


def _listed(case: Case) -> list[Platform]:
    with case.reading("platforms") as lease:
        return sorted({one.platform for one in load_accounts(lease)})


def _keys(case: Case) -> Finding:
    chosen = case.settings.platforms
    disabled = frozenset(name for name, one in chosen.items() if not one.enabled)
    with Client(ClientConfig()) as client:
        asking = Platforms(client=client, options=case.workspace.options, disabled=disabled)
        refused = {one: reason for one in _listed(case) if (reason := asking.refusal(one))}
    off = ", ".join(one for one in refused if one in disabled)
    if broken := [reason for one, reason in refused.items() if one not in disabled]:
        return fix(broken[0] + (f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""))
    return well(f"all that are listed may be asked{f'; switched off: {off}' if off else ''}")


def _alarms(case: Case, signal: Signal, what: str, step: str) -> Finding:
    """Say at which platforms the latest looks gave a signal; accounts are named by `scanner coverage`."""
    with case.reading(what) as lease:
        found = [one for one in alarms(lease, case.now) if one.signal is signal]
    if found:
        at = ", ".join(f"{one.platform} ({one.accounts} accounts)" for one in found)
        return fix(f"{what} at {at}: {step}")
    return well(f"no {what}")


def _drift(case: Case) -> Finding:
    step = "look at one of these accounts in a browser; update the scanner, or import files meanwhile"
    return _alarms(case, Signal.FORMAT_DRIFT, "format drift", step)


def _canaries(case: Case) -> Finding:
    return _alarms(case, Signal.CANARY, "silent canary", "look at it in a browser: the platform may have changed")


def _refused_keys(case: Case) -> Finding:
    return _alarms(case, Signal.KEY, "refused key", "renew it in secrets.toml; see `scanner platforms`")


def _waits(case: Case) -> Finding:
    with case.reading("waits") as lease:
        asked = waits.load_waits(lease, case.now)
    if long := sorted(host for host, until in asked.items() if until - case.now > LONG_WAIT):
        step = "ask its operators; until then nothing is gathered there"
        return mind(f"{long[0]} asks to be left alone until {asked[long[0]]:%Y-%m-%d %H:%M} UTC: {step}")
    return well(f"{len(asked)} hosts asked for a pause")


def _egress(case: Case) -> Finding:
    """Let our own client try the address that must never be asked; it refuses before a byte leaves."""
    if inside := [one for one in case.settings.network.allow_hosts if is_metadata(one)]:
        return fix(
            f"{CONFIG} network.allow_hosts: {inside[0]} would let the machine's own keys be fetched: take it out"
        )
    with Client(ClientConfig(min_interval=0.0, deadline=2.0)) as client:
        try:
            client.get(METADATA, collector="doctor/1", robots=False)
        except Blocked:
            return well("169.254.169.254 is refused")
        except CollectError as error:
            return fix(f"our own client tried 169.254.169.254 ({type(error).__name__}): stop scanning and report it")
    return fix("our own client fetched 169.254.169.254: stop scanning and report it")


def _answers(case: Case) -> Finding:
    """Ask the home of every platform that is listed for its robots.txt."""
    homes = {base for one in _listed(case) if (base := _home(case, one))}
    silent = []
    network = case.settings.network
    with Client(ClientConfig(contact=network.contact, allow_hosts=network.allow_hosts)) as client:
        for home in sorted(homes):
            try:
                client.get(f"{home}/robots.txt", collector="doctor/1", robots=False, accept="text/plain")
            except (CollectError, OSError) as error:
                if type(error).__name__ not in ("Gone", "Private"):  # an answer, though not the one asked for
                    silent.append(f"{home} ({type(error).__name__})")
    if silent:
        return mind(f"{', '.join(silent)} did not answer: check network, proxy and name resolution")
    return well(f"{len(homes)} platforms answer")


def _home(case: Case, platform: Platform) -> str:
    return (case.settings.platform(platform).base_url or collector_class(platform).home).rstrip("/")


CHECKS = {
    "platform keys": Named(_keys, needs=("roster",), record=True),
    "format drift": Named(_drift, needs=("roster",), record=True),
    "canaries": Named(_canaries, needs=("roster",), record=True),
    "refused keys": Named(_refused_keys, needs=("roster", "platform keys"), record=True),
    "host pauses": Named(_waits, needs=("database",), record=True),
    "egress": Named(_egress, needs=("settings",)),
    "platforms answer": Named(_answers, needs=("roster",), mode=Mode.PROBE, record=True),
}
