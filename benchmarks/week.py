"""A week of the schedule under a clock that is moved by hand, with everything going wrong that can.

    python -m benchmarks.week [ACCOUNTS] [MINUTES]

Simulated: the clock, the network (every exchange is answered from memory; pauses between requests, and between two
transactions of what was gathered, take no time), and the timer. MINUTES are the interval, 180 unless told. Real: all
the rest, from `tick` through due, plan, client (pace, Retry-After, circuit, repeats), walks, writer and coverage to the
store, rules and flags. Accounts are spread over all platforms; each publishes now and then.

Wanted at 10,000 accounts: every slot of every account looked at exactly once or explained by the ledger (off, paused,
killed, put off), no post lost or stored twice, and at most 1.05 x the requests that a week without faults would need.
"""

from __future__ import annotations

import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import time_machine

from benchmarks.world import FAULTS, HOUR, KILLED, MINUTE, START, Killed, SimWorkspace, World, settle
from scanner.domain.accounts import Platform
from scanner.domain.runs import PUT_OFF, SOON
from scanner.scan.due import slot_at
from scanner.scan.writer import Writer
from scanner.schedule.tick import tick
from scanner.store import pauses
from scanner.store.owner import own

WEEK = timedelta(days=7)


@dataclass(slots=True)
class Report:
    """What a week brought."""

    ticks: int = 0
    runs: int = 0
    killed: int = 0
    ends: Counter[int] = field(default_factory=Counter)
    looks: int = 0
    slots: int = 0
    """Of all accounts, in the week."""
    explained: int = 0
    """Slots without a look in which the schedule was off, paused or killed."""
    mistimed: int = 0
    """Slots without a look for which a look counted that was made under a clock ahead, not long before its time."""
    unexplained: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    requests: int = 0
    needed: int = 0
    """Requests of a week in which nothing goes wrong while the schedule is on."""
    posts: int = 0
    lost: int = 0
    later: int = 0
    """Posts published after the last look that saw their account whole."""
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def ratio(self) -> float:
        """Requests made for each that was needed."""
        return self.requests / max(self.needed, 1)


def simulate(
    root: Path, count: int, *, beat: timedelta = MINUTE, model: Path | None = None, minutes: int = 180
) -> Report:
    """Let a week pass for so many accounts, with a tick every `beat`, each fired twice."""
    began, report = time.monotonic(), Report()
    with time_machine.travel(START - HOUR, tick=False) as clock, patch.dict(Writer.__init__.__kwdefaults__, pause=0.0):
        office = settle(root, count, model, minutes)
        office.__dict__["world"] = World()
        with own(office.store) as kept:
            office.__dict__["kept"] = kept
            on = _live(office, clock, beat, report)
            _check_slots(office, on, report)
            _check_posts(office, count, report)
    report.seconds = time.monotonic() - began
    return report


def _live(office: SimWorkspace, clock: Any, beat: timedelta, report: Report) -> list[datetime]:
    """Let the week pass; return the ticks at which the schedule was on and the clock right."""
    world, on, kills = office.world, [], [START + hour * HOUR for hour in KILLED]
    end = START + WEEK
    while world.now < end + 8 * HOUR:
        wrong = world.fault("clock")
        clock.move_to(world.now + (wrong.ahead if wrong else timedelta()))
        if kills and world.now >= kills[0]:
            kills.pop(0)
            world.kill_after = world.requests + 3
        if world.fault("off") is None and (world.now < end or world.now + beat >= end + 8 * HOUR):
            paused = _pause_or_resume(office)
            if _fire_twice(office, report) and not paused and wrong is None:
                on.append(world.now)
        world.now += beat
    return on


def _pause_or_resume(office: SimWorkspace) -> bool:
    now, wanted = datetime.now(UTC), office.world.fault("pause") is not None
    with office.store.lease("week: pause") as lease:
        if wanted != (pauses.current(lease, now) is not None):
            if wanted:
                pauses.pause(lease, until=None, reason="uji", by="ketua.rimba", at=now)
            else:
                pauses.resume(lease, by="ketua.rimba", at=now)
    return wanted


def _fire_twice(office: SimWorkspace, report: Report) -> bool:
    """Fire the timer twice at once; tell whether the process lived and could look."""
    codes = []
    for _ in range(2):
        report.ticks += 1
        try:
            done = tick(office, datetime.now(UTC))
        except Killed:
            office.world.kill_after = None
            report.killed += 1
            return False
        report.runs += done.run_id is not None
        codes.append(done.exit_code)
    report.ends.update(codes)
    return set(codes) <= {0, 3}


def _check_slots(office: SimWorkspace, on: list[datetime], report: Report) -> None:
    """Compare the ledger with the slots of every account in the week."""
    rhythm = office.rhythm
    wrong = [
        START + one.begin * HOUR + one.ahead + minute * MINUTE for one in FAULTS if one.ahead for minute in range(40)
    ]
    with office.store.lease("week: the ledger") as lease:
        rows = lease.rows("SELECT account_id, started_at, outcome, ends_with(reason, ?) FROM coverage", [PUT_OFF])
        accounts = [key for (key,) in lease.rows("SELECT id FROM listed")]
    looked: dict[str, Counter[datetime]] = {key: Counter() for key in accounts}
    for key, at, outcome, put_off in rows:
        if not put_off:
            looked[key][slot_at(rhythm, key, at).begin] += 1
            report.outcomes[outcome] += 1
    report.looks = sum(slots.total() for slots in looked.values())
    for key, slots in looked.items():
        report.twice += [f"{key} {begin}" for begin, times in slots.items() if times > 1]
        slot = slot_at(rhythm, key, START)
        while slot.end <= START + WEEK:
            report.slots += 1
            first = bisect_left(on, slot.moment)
            was_on = first < len(on) and on[first] < slot.end
            report.needed += was_on
            if slot.begin not in slots:
                ahead = any(slot.moment < at <= slot.end + SOON for at in wrong)
                report.explained += not was_on
                report.mistimed += was_on and ahead
                report.unexplained += [f"{key} {slot.begin}"] if was_on and not ahead else []
            slot = slot_at(rhythm, key, slot.end)
    report.requests = office.world.requests - len(accounts)  # without the last look, after the week


def _check_posts(office: SimWorkspace, count: int, report: Report) -> None:
    """Compare the posts on record with all that every account had published when it was last seen whole."""
    with office.store.lease("week: the posts") as lease:
        found = Counter(key for (key,) in lease.rows("SELECT id FROM posts"))
        seen: dict[str, datetime] = dict(
            lease.rows(
                """SELECT account_id, max(started_at) FROM coverage
                   WHERE outcome = 'complete' AND started_at < $end GROUP BY account_id""",
                {"end": START + 2 * WEEK},
            )
        )
    latest, kinds = max(seen.values()), list(Platform)
    keys = [f"{kinds[number % len(kinds)]}:{number}" for number in range(count)]
    published = [
        (f"{key}/{at}", datetime.fromtimestamp(at, UTC) > seen.get(key, START))
        for number, key in enumerate(keys)
        for page in _pages(office.world, number, latest)
        for at in page
    ]
    report.posts = len(found)
    report.later = sum(later for key, later in published if key not in found)
    report.lost = len({key for key, later in published if not later} - found.keys())
    report.lost += len(found.keys() - {key for key, _ in published})


def _pages(world: World, number: int, last: datetime) -> Iterator[list[int]]:
    page = world.posts(number, None, last)
    while page:
        yield page
        page = world.posts(number, page[-1], last)


def main(count: int = 10_000, minutes: int = 180) -> None:
    """Print what a week of so many accounts brought."""
    with tempfile.TemporaryDirectory() as folder:
        report = simulate(Path(folder) / "week", count, beat=max(5, minutes // 48) * MINUTE, minutes=minutes)
    for name in (
        "ticks",
        "runs",
        "killed",
        "looks",
        "slots",
        "explained",
        "mistimed",
        "requests",
        "needed",
        "posts",
        "lost",
        "later",
    ):
        print(f"{name:12} {getattr(report, name):>12,}")
    print(f"{'unexplained':12} {len(report.unexplained):>12,}", *report.unexplained[:3])
    print(f"{'twice':12} {len(report.twice):>12,}", *report.twice[:3])
    print(f"{'ratio':12} {report.ratio:>12.3f}  (wanted: 1.05 at most)")
    print("ends", dict(report.ends), "outcomes", dict(report.outcomes), f"{report.seconds:.0f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
