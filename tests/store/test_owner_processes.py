"""Real processes and a desk that keeps their database: nothing is lost or there twice, whenever the desk dies."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import ANY

import pytest

from scanner.errors import StoreInterrupted, StoreLocked
from scanner.store import audit, locking, remote
from scanner.store.connection import Lease, Store
from scanner.store.locking import Holder
from scanner.store.runs import last_runs, start_run
from scanner.store.twin import twin
from tests.store.samples import make_flag
from tests.store.test_owner import is_free
from tests.store.test_processes import ROOT, check, finish, start
from tests.store.test_runs import make_run
from tests.store.workers import POSTS_PER_PAGE


def start_desk(store: Store) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.workers", "desk", str(store.path)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT)


@contextlib.contextmanager
def desk(store: Store) -> Iterator[subprocess.Popen[str]]:
    """Run a desk in a process of its own; it ends in good order unless it was killed."""
    with start_desk(store) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "answers\n"
        yield process
        _, err = process.communicate(timeout=60)
        assert err == ""


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


@pytest.mark.slow
def test_scanner_reviewer_and_reader_with_a_desk_lose_nothing(store: Store) -> None:
    pages = 5
    with desk(store) as keeper:
        workers = [start(work, store, pages) for work in ("scan", "review", "read")]
        scanned, judged, counted = (finish(worker) for worker in workers)
        with store.lease("check") as lease:
            assert lease.rows("SELECT count(*) FROM posts") == [(pages * POSTS_PER_PAGE,)]
            assert audit.verify(lease) == audit.AuditReport(events=2 * pages, anchored=2 * pages, problems=())
        assert keeper.poll() is None
    assert scanned == [str(page) for page in range(pages)]
    assert sorted(judged) == sorted(make_flag(page).id for page in range(pages))
    counts = [int(count) for count in counted]
    assert counts == sorted(counts)
    assert all(count % POSTS_PER_PAGE == 0 for count in counts), "a reader saw half a page"


def test_a_lease_goes_on_when_its_desk_is_killed_and_nothing_has_changed(store: Store) -> None:
    with desk(store) as keeper:
        with store.lease("before") as lease:
            start_run(lease, make_run())
        with store.lease("during") as lease:
            assert last_runs(lease) == [make_run()]
            start_run(lease, make_run(id="r2"))
            kill(keeper)
            start_run(lease, make_run(id="r3"))
            assert len(last_runs(lease)) == 3
            assert locking.holder(store.path) == Holder(os.getpid(), "during", ANY)
    with store.lease("after") as lease:
        assert sorted(run.id for run in last_runs(lease)) == ["r2", "r3", make_run().id]


@pytest.mark.slow
def test_a_lease_goes_on_from_one_desk_to_the_next(store: Store) -> None:
    with desk(store) as first, start_desk(store) as second:
        while is_free(store.path.with_name("scanner.duckdb.queue")):
            time.sleep(0.01)  # until the second one stands in line
        with store.lease("long") as lease:
            start_run(lease, make_run())
            kill(first)
            start_run(lease, make_run(id="r2"))
            keeper = locking.holder(store.path)
            assert keeper is not None
            assert keeper.pid == second.pid
    with store.lease("check") as lease:
        assert sorted(run.id for run in last_runs(lease)) == sorted(["r2", make_run().id])


@pytest.mark.slow
def test_a_killed_desk_leaves_an_address_that_misleads_nobody(store: Store) -> None:
    with desk(store) as keeper:
        kill(keeper)
    left = locking.holder(store.path)
    assert left is not None
    assert Path(left.address).exists(), "a killed desk cannot clean up"
    with Store(store.path, wait=1.0).lease("after") as lease:
        assert last_runs(lease) == []
    shutil.rmtree(Path(left.address).parent)


def interrupted(store: Store, calls: list[int], lease: Lease) -> str:
    """Work whose desk is killed in the middle of its first call, so that somebody else writes before it can go on."""
    calls.append(len(last_runs(lease)))
    if len(calls) == 1:
        kill_holder(store)
        with store.lease("somebody else") as other:
            start_run(other, make_run())
    start_run(lease, make_run(id="r2"))
    return "done"


def kill_holder(store: Store) -> None:
    keeper = locking.holder(store.path)
    assert keeper is not None
    os.kill(keeper.pid, signal.SIGKILL)


def test_a_lease_ends_when_its_desk_is_killed_and_somebody_has_written_since(store: Store) -> None:
    told = r"ended in the middle of this, and somebody has written since; repeating it is safe"
    with desk(store), pytest.raises(StoreInterrupted, match=told), store.lease("work") as lease:
        interrupted(store, [], lease)
    with store.lease("check") as lease:
        assert last_runs(lease) == [make_run()]


def test_work_is_repeated_when_its_desk_was_killed_and_somebody_has_written_since(store: Store) -> None:
    calls: list[int] = []
    with desk(store):
        assert store.repeat("work", partial(interrupted, store, calls)) == "done"
    assert calls == [0, 1]
    with store.lease("check") as lease:
        assert sorted(run.id for run in last_runs(lease)) == sorted(["r2", make_run().id])


def test_a_commit_that_is_not_answered_is_told_as_unknown(store: Store) -> None:
    with (
        desk(store) as keeper,
        pytest.raises(StoreInterrupted, match="repeating it is safe"),
        store.lease("w") as lease,
    ):
        start_run(lease, make_run())
        kill(keeper)


@pytest.mark.slow
def test_a_process_that_is_killed_in_its_lease_leaves_nothing_and_holds_up_nobody(store: Store) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from scanner.store.connection import Lease, Store
from scanner.store.locking import Holder
from scanner.store.runs import start_run
from tests.store.test_runs import make_run
with Store(Path(sys.argv[1])).lease("doomed") as lease:
    start_run(lease, make_run())
    os.kill(os.getpid(), signal.SIGKILL)
"""
    with desk(store):
        doomed = subprocess.run([sys.executable, "-c", code, str(store.path)], cwd=ROOT, check=False)
        assert doomed.returncode == -signal.SIGKILL
        with Store(store.path, wait=5).lease("next") as lease:
            assert last_runs(lease) == []


def test_a_desk_that_stands_still_is_named_to_who_waits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_GRACE", 0.2)
    with desk(store) as keeper:
        keeper.send_signal(signal.SIGSTOP)
        with pytest.raises(StoreLocked, match=rf"held by PID {keeper.pid} \(review desk"):
            Store(store.path, wait=0.0).lease("scan").__enter__()
        keeper.send_signal(signal.SIGCONT)
        with store.lease("scan"):
            pass


@pytest.mark.slow
def test_the_lock_stays_with_who_has_the_file_aside_when_the_desk_is_killed(store: Store) -> None:
    with desk(store) as keeper, store.aside("write anew"):
        kill(keeper)
        with pytest.raises(StoreLocked):
            Store(store.path, wait=0.1).lease("meanwhile").__enter__()
    with store.lease("after"):
        pass


def test_a_file_keeps_still_for_readers_of_its_bytes_while_people_read_at_the_desk(store: Store) -> None:
    with desk(store), store.still("backup"):
        with store.lease("meanwhile", reading=True) as lease:
            assert last_runs(lease) == []
        with pytest.raises(StoreLocked, match="backup"):
            Store(store.path, wait=0.1).lease("judge").__enter__()


def test_who_read_its_bytes_is_told_when_the_desk_died_meanwhile(store: Store) -> None:
    with desk(store) as keeper, pytest.raises(StoreInterrupted, match="repeating it is safe"), store.still("backup"):
        kill(keeper)
        with store.lease("somebody else"):
            pass


@pytest.mark.slow
def test_copies_made_while_the_desk_is_written_to_are_whole_each_as_of_its_moment(store: Store) -> None:
    moments: list[int] = []
    with desk(store), start("scan", store) as writer, start("read", store, 10_000) as reader:
        for _ in range(30):
            with twin(store, "test") as copy, copy.lease("check") as lease:
                [(posts, events, last)] = lease.rows(
                    "SELECT (FROM (SELECT count(*) FROM posts)), count(*), max(seq) FROM audit"
                )
                assert (posts, last) == (events * POSTS_PER_PAGE, events or None)
            moments.append(events)
        writer.kill()
        reader.kill()
        assert writer.stdout is not None
        acked = {int(line) for line in writer.stdout.read().split()}
    assert moments == sorted(moments)
    assert moments[-1] > moments[0] + 10
    check(store, acked)


@pytest.mark.slow
def test_a_desk_killed_at_any_moment_loses_nothing_that_was_confirmed(store: Store) -> None:
    chance = random.Random(11)
    acked: set[int] = set()
    for _ in range(10):
        with contextlib.ExitStack() as running:
            keeper = running.enter_context(desk(store))
            writer = running.enter_context(start("scan", store))
            assert writer.stdout is not None
            acked.add(int(writer.stdout.readline()))
            time.sleep(chance.uniform(0, 0.2))
            kill(keeper)
            acked.update(int(writer.stdout.readline()) for _ in range(3))
            keeper = running.enter_context(desk(store))  # in the middle of what the writer does meanwhile
            acked.update(int(writer.stdout.readline()) for _ in range(3))
            writer.kill()
            acked.update(int(line) for line in writer.stdout.read().split())
        check(store, acked)
    assert len(acked) >= 60


@pytest.mark.slow
def test_a_disk_that_fills_up_under_the_desk_loses_nothing_and_the_desk_goes_on_when_there_is_room(
    store: Store,
) -> None:
    code = """
import random, resource, sys
from pathlib import Path
from scanner.errors import StoreError
from scanner.store import audit
from scanner.store.connection import Lease, Store
from scanner.store.locking import Holder
from scanner.store.owner import own
from scanner.store.posts import save_posts
from tests.store.samples import NOON, make_post
random.seed(1)
store = Store(Path(sys.argv[1]))
def save(lender, page):
    text = lambda: "".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=4000))
    with lender.lease("scan") as lease:
        save_posts(lease, [make_post(page * 50 + n, text=text()) for n in range(50)], run_id="r1", seen_at=NOON)
        audit.append(lease, actor="scan", action="page", subject=str(page), detail={})
    print(page, flush=True)
with own(store) as owned:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, resource.RLIM_INFINITY))
    for page in range(30):
        try:
            save((owned, store)[page % 2], page)
        except StoreError as error:
            print(error, file=sys.stderr)
            break
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    save(store, page)
    save(owned, 100)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(store.path)], cwd=ROOT, check=False, capture_output=True, text=True
    )
    acked = {int(line) for line in done.stdout.split()}
    assert done.returncode == 0, done.stderr
    assert 100 in acked
    assert "repeating it is safe" in done.stderr or "File too large" in done.stderr, done.stderr
    with store.lease("check") as lease:
        stored = {page for (page,) in lease.rows("SELECT DISTINCT subject::INTEGER FROM audit")}
        assert acked <= stored
        assert lease.rows("SELECT count(*) FROM posts") == [(50 * len(stored),)]
        assert audit.verify(lease).ok
