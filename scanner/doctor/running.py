"""What runs by itself: the schedule and whoever keeps it, pauses, overdue accounts, and how runs ended."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.scan.due import last_look
from scanner.store import checkup, keepers, locking, pauses, runs
from scanner.store.accounts import load_accounts
from scanner.store.connection import Lease
from scanner.store.looks import last_looks

SILENT = timedelta(hours=1)
"""A timer fires every quarter of an hour, up to ten minutes late; the service tells of itself each minute."""
LONG = timedelta(days=1)
"""Of a pause: longer ones are mostly forgotten."""
_CHORES = ("backup", "purge")
_KINDS = ("scan", "import", "refresh", "demo")


def _keeper(case: Case) -> Finding:
    with case.reading("schedule") as lease:
        keeper, scheduled = keepers.load_keeper(lease), checkup.is_scheduled(lease)
    if keeper is None:
        return well("nothing keeps the schedule: it was stopped" if scheduled else "nothing is scheduled")
    found = f"machine {keeper.machine}, last heard of {keeper.seen_at:%Y-%m-%d %H:%M} UTC"
    if case.now - keeper.seen_at > SILENT:
        step = "start the timer or `scanner schedule run` again; see `systemctl list-timers` and logs/"
        return fix(f"nothing has been heard of it for {_long(case.now - keeper.seen_at)}: {step}", found)
    return well(found)


def _pause(case: Case) -> Finding:
    with case.reading("pause") as lease:
        pause = pauses.current(lease, case.now)
    if pause is None:
        return well("not paused")
    until = f"until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else "until it is lifted"
    found = f"paused since {pause.since:%Y-%m-%d %H:%M} UTC, {until}"
    if case.now - pause.since > LONG:
        return mind(f"{found}: nothing is gathered; `scanner schedule resume` lets it go on", found)
    return well(found)


def _overdue(case: Case) -> Finding:
    rhythm = case.workspace.rhythm
    with case.reading("overdue accounts") as lease:
        if not checkup.is_scheduled(lease) or pauses.current(lease, case.now):
            return well("nothing is due by schedule")
        listed, looks, since = load_accounts(lease), last_looks(lease, case.now), _since(lease, case.now)
    last = {one.id: last_look(rhythm, one.id, looks[one.id], case.now) if one.id in looks else None for one in listed}
    stale = [key for key, seen in last.items() if rhythm.is_stale(key, seen or since, case.now)]
    if stale:
        step = "see `scanner status` and whether the timer runs"
        return fix(f"{len(stale)} of {len(listed)} accounts were not looked at for two intervals: {step}")
    return well(f"{len(listed)} accounts were looked at within two intervals")


def _since(lease: Lease, now: datetime) -> datetime:
    """Return since when accounts that never were looked at count as waiting."""
    keeper = keepers.load_keeper(lease)
    return now if keeper is None else keeper.since


def _runs(case: Case) -> Finding:
    with case.reading("runs") as lease:
        killed = checkup.killed_runs(lease, _KINDS)
    alive = locking.holder(case.store.path.with_name("scan"))
    if alive is not None and _runs_here(alive.pid):
        killed = [one for one in killed if not one.startswith(("scan", "demo"))]
    if killed:
        return mind(f"{killed[0]} has no end: it was killed; the next one goes on from its last page")
    return well("the last of each kind came to its end")


def _runs_here(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _last_scan(case: Case) -> Finding:
    with case.reading("last scan") as lease:
        ended = [one for one in runs.last_runs(lease, kind="scan", limit=3, now=case.now) if one.exit_code is not None]
    if not ended:
        return well("no scan yet")
    last = ended[0]
    found = f"{last.id}, exit {last.exit_code}"
    if last.exit_code not in (0, 3):
        return fix(f"{last.id} failed with exit {last.exit_code}: {last.note or 'see logs/'}", found)
    return well(found)


def _ahead(case: Case) -> Finding:
    with case.reading("runs ahead") as lease:
        ahead = checkup.runs_ahead(lease, case.now)
    if not ahead:
        return well("none lies ahead of the clock")
    key, at = ahead[0]
    told = f"{len(ahead)} runs lie ahead of the clock, first {key} at {at:%Y-%m-%d %H:%M} UTC"
    return mind(f"{told}: it was wrong then, and they count for nothing until their time; if it is wrong now, set it")


def _chores(case: Case) -> Finding:
    with case.reading("chores") as lease:
        told = {name: checkup.last_detail(lease, f"schedule.{name}") for name in _CHORES}
    if failed := [name for name, said in told.items() if said is not None and not said.get("done", True)]:
        return fix(f"the daily {failed[0]} failed last time: see logs/, then `scanner {failed[0]}` by hand")
    done = [name for name, said in told.items() if said is not None]
    return well(f"done by schedule: {', '.join(done) or 'none yet'}")


def _long(span: timedelta) -> str:
    hours = span // timedelta(hours=1)
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"


CHECKS = {
    "schedule": Named(_keeper, needs=("database",), record=True),
    "pause": Named(_pause, needs=("database",), record=True),
    "overdue accounts": Named(_overdue, needs=("database", "election", "schedule"), record=True),
    "killed runs": Named(_runs, needs=("database",), record=True),
    "last scan": Named(_last_scan, needs=("database",), record=True),
    "runs ahead": Named(_ahead, needs=("database",), record=True),
    "daily chores": Named(_chores, needs=("database",), record=True),
}
