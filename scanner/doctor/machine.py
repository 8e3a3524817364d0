"""The machine: Python, packages, who runs the scanner, zones, clock and disk."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import pwd
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

from scanner.doctor.case import Case
from scanner.doctor.check import Finding, Named, fix, mind, well
from scanner.scan.purge import STILL

LEAST_FREE = 1 << 30
"""Bytes: a purge rewrites the database and needs its size free."""
ROOMY = 20 << 30
"""Bytes from which a disk is not full, however large it is."""
OLDEST = (3, 11)
_ZONES = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
"""Zones of the republic, and how many hours they are ahead of UTC."""
_SLACK = timedelta(minutes=5)
"""By which a clock may be behind the last event: another machine may have written it."""


def _python(_case: Case) -> Finding:
    fits = sys.version_info >= OLDEST
    return well(platform.python_version()) if fits else fix("install Python 3.11 or newer", platform.python_version())


def _packages(_case: Case) -> Finding:
    try:
        asked = importlib.metadata.requires("scanner") or []
    except importlib.metadata.PackageNotFoundError:
        return mind("the scanner runs from its folder without being installed: `pip install -e .`")
    needed = [one for one in map(Requirement, asked) if one.marker is None or one.marker.evaluate({"extra": ""})]
    if drifted := [problem for one in needed if (problem := _drift(one))]:
        return fix(f"{'; '.join(drifted[:3])}: install the scanner again (`pip install scanner`)")
    return well(f"{len(needed)} packages as asked for")


def _drift(needed: Requirement) -> str:
    """Say how an installed package differs from what is needed."""
    try:
        found = importlib.metadata.version(needed.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{needed.name} is missing"
    fits = needed.specifier.contains(found, prereleases=True)
    return "" if fits else f"{needed.name} {found} is installed, {needed.specifier} is needed"


def _user(_case: Case) -> Finding:
    if os.geteuid() == 0:
        return mind("runs as root: give the workspace a user of its own, who can do no harm elsewhere", "root")
    return well(_name(os.geteuid()))


def _owner(case: Case) -> Finding:
    owner = case.root.stat().st_uid
    if strangers := [path for path in _files(case) if path.stat().st_uid != owner]:
        step = f"chown -R {_name(owner)} {case.root}"
        return fix(f"{strangers[0]} is not {_name(owner)}'s, whose workspace it is ({len(strangers)} such): {step}")
    return well(f"all files are {_name(owner)}'s")


def _files(case: Case) -> Iterator[Path]:
    """Yield what every command has to write to."""
    for folder in (case.root, case.data, case.root / "logs"):
        if folder.is_dir():
            yield folder
            yield from (path for path in sorted(folder.iterdir()) if not path.is_symlink() and path.exists())


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _zones(case: Case) -> Finding:
    for name, hours in _ZONES.items():
        try:
            offset = case.now.astimezone(ZoneInfo.no_cache(name)).utcoffset()
        except ZoneInfoNotFoundError:
            return fix(f"{name} is not known here: `pip install tzdata`")
        if offset != timedelta(hours=hours):
            return fix(f"{name} is {offset} ahead of UTC here instead of {hours} hours: install tzdata anew")
    return well("WIB, WITA, WIT")


def _clock(case: Case) -> Finding:
    with case.reading("clock") as lease:
        [(last,)] = lease.rows("SELECT max(happened_at) FROM audit")
    if last is None:
        return well("nothing on record to compare it with")
    if case.now < last - _SLACK:
        return fix(f"it says {case.now:%Y-%m-%d %H:%M} UTC, but something happened at {last:%Y-%m-%d %H:%M}: set it")
    if case.now - last > STILL:
        idle = f"it says {case.now:%Y-%m-%d}, {(case.now - last).days} days after the last event"
        return fix(f"{idle}: set it; if nobody worked for so long, `scanner purge --after-pause`")
    return well(f"{case.now:%Y-%m-%d %H:%M} UTC, last event {last:%Y-%m-%d %H:%M}")


def _space(case: Case) -> Finding:
    disk = shutil.disk_usage(case.root)
    database = case.store.path
    needed = max(LEAST_FREE, database.stat().st_size if database.exists() else 0)
    found = f"{disk.free / 2**30:.1f} GiB free"
    if disk.free < needed:
        return fix(f"free {needed / 2**30:.1f} GiB: purging needs it", found)
    if disk.free < min(disk.total / 10, ROOMY):
        return mind(f"less than a tenth of the disk is free ({found}): make room before scans stop", found)
    return well(found)


CHECKS = {
    "python": Named(_python),
    "packages": Named(_packages),
    "user": Named(_user),
    "owner": Named(_owner),
    "time zones": Named(_zones),
    "free space": Named(_space),
}

CLOCK = {"clock": Named(_clock, needs=("database",), record=True)}
"""What is compared with the record, once that can be read."""
