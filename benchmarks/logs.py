"""Bytes of logs/scanner.log: of one scan of everybody, and of a day by schedule as it is set by default.

    python -m benchmarks.logs [ACCOUNTS]

Clock and network are those of `benchmarks.week`, but nothing goes wrong: each look that ends incompletely takes one
line more. All that a schedule logs is real; a day begins with a scan of everybody, and has one tick a minute. Purge,
backup and the desk are left out: some lines a day.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine

from benchmarks.world import HOUR, MINUTE, START, Fault, SimWorkspace, World, settle
from scanner import logs
from scanner.domain.accounts import Platform
from scanner.scan.writer import Writer
from scanner.schedule.tick import tick
from scanner.sections.running import LogSettings
from scanner.store.owner import own

DAY = timedelta(days=1)
_MINUTES = 180
"""The interval by default."""


@dataclass(frozen=True, slots=True)
class Volume:
    """What was written."""

    scan: int
    """Bytes of the first scan, which looks at everybody."""
    day: int
    """Bytes of the 24 hours that begin with it."""
    runs: int
    """Of the day."""
    looks: int


class Calm(World):
    """A world in which nothing goes wrong."""

    def fault(self, kind: str, platform: Platform | None = None) -> Fault | None:
        """Return nothing."""
        return None


def measure(root: Path, count: int, *, as_json: bool = False, model: Path | None = None) -> Volume:
    """Let a day pass for so many accounts."""
    with time_machine.travel(START - HOUR, tick=False) as clock, patch.dict(Writer.__init__.__kwdefaults__, pause=0.0):
        office = settle(root, count, model, _MINUTES)
        office.__dict__["world"] = Calm()
        with own(office.store) as kept:
            office.__dict__["kept"] = kept
            logs.begin(root / "logs", key=bytes(32), as_json=as_json, max_bytes=0)
            try:
                return Volume(*_written(office, root / "logs" / logs.NAME, clock))
            finally:
                logs.end()


def _written(office: SimWorkspace, path: Path, clock: Any) -> Iterator[int]:
    """Yield the fields of a volume, one after the other."""
    first = _tick_at(office, clock, START)
    yield path.stat().st_size
    done = [_tick_at(office, clock, START + number * MINUTE) for number in range(1, DAY // MINUTE)]
    yield path.stat().st_size
    yield first + sum(done)
    with office.store.lease("logs: count the looks") as lease:
        [(looks,)] = lease.rows("SELECT count(*) FROM coverage")
    yield looks


def _tick_at(office: SimWorkspace, clock: Any, at: datetime) -> bool:
    office.world.now = at
    clock.move_to(at)
    return tick(office, datetime.now(UTC)).run_id is not None


def main(count: int = 1000) -> None:
    """Print what is written about so many accounts, as lines and as JSON."""
    kept = LogSettings().max_bytes * (LogSettings().files + 1)
    for as_json in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            found = measure(Path(folder) / "logs", count, as_json=as_json)
        print(
            f"{'JSON' if as_json else 'lines'}: {count:,} accounts, {found.runs} runs and {found.looks:,} looks a day"
        )
        print(f"  one scan {found.scan / 1e6:.2f} MB: {found.scan / count:.0f} bytes an account")
        print(f"  a day {found.day / 1e6:.2f} MB; {kept / 1e6:.0f} MB are kept: {kept / found.day:.1f} days")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
