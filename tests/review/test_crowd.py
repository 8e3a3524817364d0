"""Fifty reviewers at 10,000 items, in processes that are killed, at a desk that is killed (reliability C3)."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scanner.store import audit, waiting
from scanner.store.assignments import HOLD
from scanner.store.connection import Store
from tests.review.crowds import clock
from tests.review.desks import LATER, SECOND, make_desk, make_user
from tests.store.test_owner_processes import start_desk

ROOT = Path(__file__).parents[2]
ITEMS, PROCESSES, PEOPLE = 10_000, 5, 10
"""People in each process; two of them read for longer than an item is kept."""
SECONDS = 180.0
_SPREAD = "UPDATE flags SET known_at = known_at - to_days((('0x' || left(md5(id), 6))::BIGINT % 200)::INTEGER)"
_HELD = """
    SELECT coalesce(max(places), 0), coalesce(max(longest), 0) FROM (
        SELECT count(*) AS places, max(date_diff('second', $now, held_until)) AS longest FROM assignments
        WHERE verdict IS NOT NULL OR held_until > $now GROUP BY item_id)"""


@dataclass
class Room:
    """Everybody at the desk, and what they were told."""

    store: Store
    began: float = field(default_factory=time.time)
    said: dict[str, str] = field(default_factory=dict)
    late: int = 0
    listeners: list[threading.Thread] = field(default_factory=list)

    def names(self, number: int) -> list[str]:
        return [f"{'lambat' if seat < 2 else 'cepat'}{number}{seat}" for seat in range(PEOPLE)]

    def start(self, number: int) -> subprocess.Popen[str]:
        """Let a process's people come in, and take down what they are told until it ends."""
        command = [sys.executable, "-m", "tests.review.crowds", str(self.store.path), str(self.began)]
        process = subprocess.Popen([*command, *self.names(number)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.listeners.append(threading.Thread(target=self.listen, args=(process,)))
        self.listeners[-1].start()
        return process

    def listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                match line.split():
                    case ["said", item, key] if line.endswith("\n"):  # a kill cuts a line short
                        self.said[key] = item
                    case ["late", _]:
                        self.late += 1


@contextmanager
def filled(room: Room) -> Iterator[list[subprocess.Popen[str]]]:
    """Yield the processes; whoever is there at the end is killed too."""
    processes = [room.start(number) for number in range(PROCESSES)]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for listener in room.listeners:
            listener.join()


def look(store: Store, began: float) -> None:
    """No item is ever judged or held by more than two, or held for longer than ten minutes."""
    with store.lease("look", reading=True) as lease:
        [(places, longest)] = lease.rows(_HELD, {"now": clock(began)})
    assert places <= 2
    assert longest <= HOLD.total_seconds()


def judged(store: Store) -> dict[str, Sequence[str]]:
    """Return who judged each item."""
    with store.lease("check") as lease:
        assert audit.verify(lease).problems == ()
        return dict(lease.rows("SELECT flag_id, list(lower(reviewer)) FROM judgements GROUP BY flag_id"))


@pytest.mark.slow
def test_fifty_people_who_are_killed_and_come_late_never_judge_too_often(tmp_path: Path):
    store, chance = make_desk(tmp_path, ITEMS), random.Random(3)
    with store.lease("test") as lease:
        lease.execute(_SPREAD)
    desk, room = start_desk(store), Room(store)
    with filled(room) as processes:
        while (passed := time.time() - room.began) < SECONDS:
            time.sleep(10)
            look(store, room.began)
            number = chance.randrange(PROCESSES)
            processes[number].kill()
            processes[number].wait()
            processes[number] = room.start(number)
            if passed < SECONDS / 2 <= time.time() - room.began:
                desk.kill()
                desk.communicate()
                desk = start_desk(store)
    ended = clock(room.began)
    desk.communicate(timeout=60)
    who = judged(store)
    assert max(map(len, who.values())) == 2
    assert all(len(set(people)) == len(people) for people in who.values())
    with store.lease("check") as lease:
        stored = dict(lease.rows("SELECT id, flag_id FROM judgements"))
        free = waiting.count_items(lease, make_user("baru"), now=ended + HOLD + SECOND, overlap=2)
    assert room.said.items() <= stored.items(), "what was confirmed is there"
    assert len(room.said) > 200, "there was a crowd, on however slow a machine"
    assert room.late > 0
    assert free == ITEMS - Counter(map(len, who.values()))[2], "what the killed held waits again after ten minutes"
    print(f"{len(stored)} judgements, {room.late} late, {ended - LATER} of the desk's time")
