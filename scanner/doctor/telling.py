"""Whether anybody is told: the ping, notifications, and the log."""

from __future__ import annotations

import stat

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.doctor.setup import bare
from scanner.notify import outbox
from scanner.report.status_file import last_ping
from scanner.store import checkup
from scanner.workspace import LOGS


def _ping(case: Case) -> Finding:
    url = case.settings.ping.url
    if url is None:
        return well("not set: nobody outside notices when scans stop")
    if bare(url.get_secret_value()):
        return fix("ping.url is not encrypted: others could read and repeat it; https://... would be valid")
    return well("set")


def _last_ping(case: Case) -> Finding:
    trouble = last_ping(case.data)
    if case.settings.ping.url is not None and trouble:
        return mind(f"the last ping was not heard ({trouble}): check the address, network and proxy")
    return well("heard" if case.settings.ping.url else "none is sent")


def _outbox(case: Case) -> Finding:
    stuck = outbox.stuck(case.data, case.now)
    if stuck:
        first = stuck[0]
        why = first.trouble or "nobody tried"
        found = (
            f"{first.messages} messages do not get to {first.channel} since {first.since:%Y-%m-%d %H:%M} UTC ({why})"
        )
        return fix(f"{found}: check its address, then `scanner notify test`")
    return well(f"{outbox.waiting(case.data)} messages wait")


def _notifications(case: Case) -> Finding:
    chosen = case.settings.notifications
    hook = chosen.webhook.get_secret_value() if chosen.webhook else None
    if bare(hook):
        return fix("notifications.webhook is not encrypted; https://... would be valid")
    if hook and chosen.webhook_key is None:
        return mind("notifications.webhook_key is not set: who gets the messages cannot tell whether they are ours")
    channels = len(chosen.urls) + bool(hook)
    if not channels and case.settings.ping.url is None and _scheduled(case):
        return mind("scans run by schedule, but nobody is told: set [ping] or [notifications] in secrets.toml")
    return well(f"{channels} channels")


def _scheduled(case: Case) -> bool:
    if not case.has_record:
        return False
    with case.reading("notifications") as lease:
        return checkup.is_scheduled(lease)


def _logs(case: Case) -> Finding:
    folder, chosen = case.root / LOGS, case.settings.logs
    if not folder.is_dir():
        return fix(f"{folder}: not there: mkdir -m 700 {folder}")
    if shut := [path for path in (folder, *sorted(folder.iterdir())) if not stat.S_IMODE(path.stat().st_mode) & 0o200]:
        return fix(f"{shut[0]}: cannot be written to: chmod -R u+rwX {folder}")
    size, most = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), chosen.max_bytes
    bound = 4 * most * (chosen.files + 1)
    if size > bound:
        return mind(f"{folder}: {size / 2**20:.0f} MiB, more than [logs] lets stand: remove what is not the scanner's")
    return well(f"{size / 2**20:.1f} MiB")


CHECKS = {
    "ping": Named(_ping, needs=("settings",)),
    "notifications": Named(_notifications, needs=("database",)),
    "last ping": Named(_last_ping, needs=("ping",)),
    "outbox": Named(_outbox, needs=("settings",)),
    "logs": Named(_logs, needs=("settings",)),
}
