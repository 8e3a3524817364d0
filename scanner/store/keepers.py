"""Which machine keeps the schedule: another one refuses while this one is heard of."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from scanner.errors import ScheduleKept
from scanner.store import tables
from scanner.store.connection import Lease

SILENT = timedelta(minutes=30)
"""After so long without a sign of life another machine takes over: a timer gives one every 25 minutes at least."""
SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True)
class Keeper:
    """The machine that keeps the schedule."""

    name: str
    machine: str
    """Id of the machine."""
    process: int
    since: datetime
    seen_at: datetime
    """When it was last heard of, UTC."""


def load_keeper(lease: Lease, name: str = SCHEDULE) -> Keeper | None:
    """Return who keeps the schedule, heard of or not; None when nobody does."""
    rows = lease.dicts("FROM keepers WHERE name = $name", {"name": name})
    return Keeper(**rows[0]) if rows else None


def claim(lease: Lease, *, machine: str, process: int, now: datetime, name: str = SCHEDULE) -> Keeper:
    """Keep the schedule, or say that one still does. Raises ScheduleKept while another machine is heard of.

    Clocks of machines differ: what was said a little ahead of this one's is as fresh as what was said before.
    """
    before = load_keeper(lease, name)
    mine = before is not None and before.machine == machine
    if before is not None and not mine and abs(now - before.seen_at) < SILENT:
        raise ScheduleKept(
            f"machine {before.machine} (process {before.process}) keeps the schedule of this workspace, last heard of "
            f"{before.seen_at:%Y-%m-%d %H:%M:%S} UTC; this one is {machine}. One machine may: stop it there first, or "
            f"wait until it has been silent for {SILENT // timedelta(minutes=1)} minutes"
        )
    since = before.since if before is not None and mine else now
    keeper = Keeper(name=name, machine=machine, process=process, since=since, seen_at=now)
    tables.replace(lease, "keepers", [asdict(keeper)], keys=["name"])
    return keeper


def release(lease: Lease, *, machine: str, name: str = SCHEDULE) -> None:
    """Let go of the schedule, so that another machine need not wait."""
    lease.execute("DELETE FROM keepers WHERE name = $name AND machine = $machine", {"name": name, "machine": machine})
