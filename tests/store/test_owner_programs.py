"""The program's own verbs as processes while a desk keeps the database, and through its restart and its death."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from scanner.report.integrity import check_integrity
from scanner.store import judgements
from scanner.store.connection import Store
from tests.cli.test_together import REVIEWERS, start
from tests.scan.conftest import Town, town
from tests.store.test_owner_processes import desk, kill

__all__ = ["town"]

pytestmark = pytest.mark.slow
TRY_LATER = 75


@contextlib.contextmanager
def desks(store: Store, seconds: float, end: Callable[[subprocess.Popen[str]], None]) -> Iterator[list[int]]:
    """Run one desk after the other, each for some seconds; yields the number of those that ended."""
    done, ended = threading.Event(), [0]

    def cycle() -> None:
        while not done.is_set():
            with desk(store) as keeper:
                done.wait(seconds)
                end(keeper)
            ended[0] += 1
            done.wait(0.3)

    thread = threading.Thread(target=cycle)
    thread.start()
    try:
        yield ended
    finally:
        done.set()
        thread.join(60)


def run(town: Town, *arguments: str, typed: str = "", valid: tuple[int, ...] = (0,)) -> str:
    process = start(town, *arguments)
    out, err = process.communicate(typed, timeout=400)
    assert process.returncode in valid, err
    return out


def work(town: Town, *, valid: tuple[int, ...] = (0,)) -> None:
    """Scan, judge and look side by side, again and again, until everything is gathered and judged."""
    finished = False
    while not finished:
        with ThreadPoolExecutor() as side_by_side:
            running = [
                side_by_side.submit(run, town, "label", "--reviewer", name, typed=key * 500, valid=valid)
                for name, key in REVIEWERS.items()
            ]
            running.append(side_by_side.submit(run, town, "scan", "--quiet", valid=(*valid, 3)))
            running.append(side_by_side.submit(run, town, "status", valid=valid))
        for one in running:
            one.result()
        with town.workspace.store.lease("test") as lease:
            [(posts, flags)] = lease.rows("SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM flags)")
            standing = judgements.current_judgements(lease)
        finished = posts == len(town.expected()) and len(standing) == 2 * flags > 0


def check(town: Town) -> None:
    with town.workspace.store.lease("test") as lease:
        stored = [key for (key,) in lease.rows("SELECT id FROM posts")]
        flags = {key for (key,) in lease.rows("SELECT id FROM flags")}
        standing = judgements.current_judgements(lease)
        [(appended,)] = lease.rows("SELECT count(*) FROM judgements")
    assert (len(stored), set(stored)) == (len(set(stored)), town.expected())
    assert appended == len(standing) == 2 * len(flags) > 0
    assert {(one.reviewer, one.flag_id) for one in standing} == {(name, flag) for name in REVIEWERS for flag in flags}
    assert check_integrity(town.workspace.store).problems == ()


def test_every_verb_works_the_same_while_a_desk_keeps_the_database(town: Town) -> None:
    with desk(town.workspace.store) as keeper:
        run(town, "scan", "--quiet")
        for name, key in REVIEWERS.items():
            run(town, "label", "--reviewer", name, typed=key * 500)
        told = json.loads(run(town, "status", "--json"))
        assert told["posts"] == len(town.expected())
        for verb in (("queue", "--reviewer", "sari"), ("coverage",), ("roster", "list"), ("verify",)):
            run(town, *verb)
        run(town, "doctor", valid=(0, 3))  # it warns of the town's impolite settings
        check(town)
        erased = min(town.expected())
        run(town, "erase", erased, "--reason", "uji")
        run(town, "verify")
        assert json.loads(run(town, "status", "--json"))["posts"] == len(town.expected()) - 1
        assert keeper.poll() is None
    run(town, "verify")


def test_a_desk_that_ends_and_begins_again_is_not_felt(town: Town) -> None:
    with desks(town.workspace.store, 1.0, lambda _keeper: None) as ended:
        work(town)
        check(town)
    assert ended[0] >= 2


def test_a_desk_that_is_killed_again_and_again_loses_nothing(town: Town) -> None:
    with desks(town.workspace.store, 3.0, kill) as ended:
        work(town, valid=(0, TRY_LATER))
    check(town)
    assert ended[0] >= 2
