"""Many reviewers at once, some of whom vanish: never a third judgement, never two by one person, none lost (C3)."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.users import User
from scanner.errors import TooLate
from scanner.review.queue import take_next
from scanner.store import audit
from scanner.store.assignments import HOLD
from scanner.store.connection import Store
from scanner.store.owner import own
from tests.review.desks import LATER, NO, drafts_of, make_desk, make_user, never, say

ROOT = Path(__file__).parents[2]


def start(store: Store, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.review.workers", str(store.path), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)


def check(store: Store, *, items: int, overlap: int = 2) -> dict[str, str]:
    """Check that nothing is there too often, and return the judgements stored: item by key."""
    with store.lease("check") as lease:
        rows = lease.rows("SELECT flag_id, lower(reviewer), id FROM judgements")
        assert audit.verify(lease).problems == ()
        [(settled,)] = lease.rows("SELECT count(*) FROM flags WHERE settled_at IS NOT NULL")
    persons: dict[str, list[str]] = defaultdict(list)
    for item, person, _ in rows:
        persons[item].append(person)
    assert max(map(len, persons.values())) <= overlap
    assert all(len(set(names)) == len(names) for names in persons.values())
    assert (settled, len(rows)) == (items, overlap * items), "all of it is done in the end"
    return {key: item for item, _, key in rows}


@pytest.mark.slow
def test_processes_that_are_killed_lose_nothing_they_confirmed(tmp_path: Path):
    items, names = 40, [f"penelaah{number}" for number in range(5)]
    store = make_desk(tmp_path, items)
    chance, confirmed = random.Random(5), dict[str, str]()
    for _ in range(6):
        workers = [start(store, name) for name in names]
        for worker in workers:
            assert worker.stdout is not None
            for _ in range(chance.randint(0, 2)):
                take_down(confirmed, worker.stdout.readline())
            worker.kill()
            for line in worker.communicate()[0].splitlines():
                take_down(confirmed, line)
    for worker in [start(store, name) for name in names]:  # whoever was killed finds their item kept for them
        out, err = worker.communicate(timeout=600)
        assert worker.returncode == 0, err
        for line in out.splitlines():
            take_down(confirmed, line)
    stored = check(store, items=items)
    assert confirmed.items() <= stored.items()


def take_down(confirmed: dict[str, str], line: str) -> None:
    if len(words := line.split()) == 2:
        confirmed[words[1]] = words[0]


class Room:
    """Fifty people at one desk. Time passes when somebody leaves for a while and comes back late."""

    def __init__(self, store: Store, people: int, seed: int) -> None:
        self.store = store
        self.people = [make_user(f"penelaah{number:02}") for number in range(people)]
        self.chance, self.lock = random.Random(seed), threading.Lock()
        self.now, self.told = LATER, Counter[str]()

    def sit(self, user: User) -> None:
        """Judge until nothing comes; leave some items lying, and send some judgements far too late."""
        while (item := take_next(self.store, user, now=self.now, chance=never)) is not None:
            fate = self.draw()
            if fate < 0.05:
                self.pass_time()
            if fate < 0.02:
                continue
            try:
                say(self.store, user, NO, item.id, key=f"{user.name}/{item.id}", now=self.now)
                self.told["stored"] += 1
            except TooLate:
                self.told["late"] += 1
                assert item.id in drafts_of(self.store, user, [item.id]), "the words of a late one are kept"

    def draw(self) -> float:
        with self.lock:
            return self.chance.random()

    def pass_time(self) -> None:
        with self.lock:
            self.now += HOLD + timedelta(seconds=1)

    def fill(self) -> None:
        with ThreadPoolExecutor(len(self.people)) as pool:
            list(pool.map(self.sit, self.people))
        self.pass_time()
        for user in self.people:  # what the last ones left lying
            self.sit(user)


@pytest.mark.parametrize(
    ("people", "items"), [(6, 4), pytest.param(50, 300, marks=pytest.mark.slow)], ids=["few", "fifty"]
)
def test_however_many_are_at_it_nothing_is_judged_too_often(tmp_path: Path, people: int, items: int):
    with own(make_desk(tmp_path, items)) as store:
        Room(store, people, seed=3).fill()
        check(store, items=items)
