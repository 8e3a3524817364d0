"""A lease behaves the same whoever lends it: the file itself, a desk that keeps it open, or a desk over its socket."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from scanner.errors import StoreDamaged, StoreError, StoreLocked
from scanner.store import audit, erase, locking, serving
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.store.posts import save_posts
from scanner.store.runs import last_runs, start_run
from tests.store.samples import HOUR, NOON, dump, make_post
from tests.store.test_runs import make_run


@pytest.fixture(params=["direct", "owned", "socket"])
def lender(request: pytest.FixtureRequest, store: Store) -> Iterator[Store]:
    """The same store, lent in each of the three ways."""
    if request.param == "direct":
        yield store
        return
    with own(store) as owned:
        yield owned if request.param == "owned" else store


def test_it_keeps_what_a_lease_wrote(lender: Store) -> None:
    with lender.lease("write") as lease:
        start_run(lease, make_run())
    with lender.lease("read") as lease:
        assert last_runs(lease) == [make_run()]


def test_it_forgets_everything_of_a_lease_that_raised(lender: Store) -> None:
    with contextlib.suppress(ZeroDivisionError), lender.lease("write") as lease:
        start_run(lease, make_run())
        raise ZeroDivisionError
    with lender.lease("read") as lease:
        assert last_runs(lease) == []


def test_what_follows_a_commit_is_done_before_the_next_lease_begins(lender: Store) -> None:
    order: list[str] = []
    entered = threading.Event()

    def other() -> None:
        entered.wait(10)
        with lender.lease("other"):
            order.append("other")

    thread = threading.Thread(target=other)
    thread.start()
    with lender.lease("write") as lease:
        lease.after_commit["x"] = lambda: order.append("followed")
        entered.set()
    thread.join(10)
    with contextlib.suppress(ZeroDivisionError), lender.lease("write") as lease:
        lease.after_commit["x"] = lambda: order.append("rolled back")
        raise ZeroDivisionError
    assert order == ["followed", "other"]


def test_what_is_registered_ends_with_the_lease(lender: Store) -> None:
    times = pa.array([NOON] * 3, pa.timestamp("us", "UTC"))
    numbers = pa.table({"n": pa.array([1, None, 3], pa.int16()), "seen": times})
    with lender.lease("read") as lease:
        lease.register("numbers", numbers)
        assert lease.rows("SELECT n, seen FROM numbers WHERE n > $least", {"least": 1}) == [(3, NOON)]
        lease.register("numbers", numbers.slice(0, 0))
        assert lease.arrow("FROM numbers") == numbers.slice(0, 0)
    with lender.lease("read") as lease, pytest.raises(StoreError, match="numbers does not exist"):
        lease.rows("FROM numbers")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Jakarta"])
def test_times_come_back_in_utc(lender: Store, monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    with lender.lease("read") as lease:
        [(found, text)] = lease.rows("SELECT $at::TIMESTAMPTZ, $at::TIMESTAMPTZ::VARCHAR", {"at": NOON})
    assert (found, str(found.tzinfo), text) == (NOON, "UTC", "2026-11-20 12:00:00+00")


def test_errors_are_the_same_class_in_one_line_that_names_the_file(lender: Store) -> None:
    told = r"scanner\.duckdb: Catalog Error: .*nothing_here.*\Z"
    with lender.lease("read") as lease:
        with pytest.raises(StoreError, match=told) as caught:
            lease.rows("FROM nothing_here")
        assert type(caught.value) is StoreError
        assert "\n" not in str(caught.value)
    with lender.lease("read") as lease, pytest.raises(StoreError, match=r"scanner\.duckdb: Constraint Error"):
        lease.execute("INSERT INTO usage VALUES (NULL, NULL, NULL, NULL)")
    with lender.lease("read") as lease, pytest.raises(StoreError, match=r"Invalid Input Error: .*ud800"):
        lease.rows("SELECT $x", {"x": "\ud800"})
    with lender.lease("read") as lease:
        assert lease.rows("SELECT 1") == [(1,)]


def test_sql_cannot_reach_out_of_the_database(lender: Store) -> None:
    for sql in ("ATTACH '/tmp/other.duckdb'", "SET enable_external_access = true", "FROM read_csv('/etc/passwd')"):
        with lender.lease("bad") as lease, pytest.raises(StoreError, match=r"disabled|locked|configuration"):
            lease.execute(sql)


def test_a_reading_lease_reads_and_refuses_to_write(lender: Store) -> None:
    with lender.lease("write") as lease:
        start_run(lease, make_run())
    with lender.lease("read", reading=True) as lease:
        assert last_runs(lease) == [make_run()]
        lease.register("numbers", pa.table({"n": [1]}))
        assert lease.rows("FROM numbers") == [(1,)]
        with pytest.raises(StoreError, match="read-only"):
            start_run(lease, make_run(id="r2"))


def test_the_audit_chain_goes_on_from_one_way_of_lending_to_the_next(store: Store) -> None:
    def append(lender: Store) -> None:
        with lender.lease("write") as lease:
            audit.append(lease, actor="a", action="b", subject="c", detail={})

    append(store)
    with own(store) as owned:
        append(owned)
        append(store)
    append(store)
    with store.lease("check") as lease:
        assert audit.verify(lease) == audit.AuditReport(events=4, anchored=4, problems=())


def test_it_makes_private_files_and_cleans_up(store: Store) -> None:
    with own(store):
        keeper = locking.holder(store.path)
        assert keeper is not None
        socket = Path(keeper.address)
        assert (keeper.pid, keeper.purpose) == (os.getpid(), "review desk")
        assert [path.stat().st_mode & 0o777 for path in (socket.parent, socket)] == [0o700, 0o600]
        assert {path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()} == {0o600}
    assert not socket.parent.exists()
    assert locking.holder(store.path) is None


def test_a_second_desk_is_refused_and_told_who_holds_it(store: Store) -> None:
    hurried = Store(store.path, wait=0.05)
    with own(store), pytest.raises(StoreLocked, match=rf"PID {os.getpid()} \(review desk, since"):
        own(hurried).__enter__()


def test_who_waits_in_line_behind_a_desk_goes_over_its_socket_once_it_answers(store: Store) -> None:
    with store.lease("make"):
        pass
    done, ways = threading.Event(), list[str]()

    def keep() -> None:
        with own(store):
            done.wait(20)

    def write() -> None:
        with store.lease("write") as lease:
            ways.append(type(lease.connection).__name__)
        done.set()

    threads = [threading.Thread(target=work) for work in (keep, write)]
    with locking.held(store.path, "before both", wait=1):
        threads[0].start()
        while is_free(store.path.with_name("scanner.duckdb.queue")):
            pass
        threads[1].start()
    for thread in threads:
        thread.join(20)
    assert ways == ["Lasting"]


def is_free(path: Path) -> bool:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@pytest.mark.parametrize("way", ["owned", "socket"])
def test_who_waits_in_vain_learns_whose_lease_it_is(store: Store, way: str) -> None:
    with own(Store(store.path, wait=0.05)) as owned, store.lease("scan: a long page"):
        waiting = owned if way == "owned" else Store(store.path, wait=0.05)
        told = rf"held by PID {os.getpid()} \(scan: a long page, since 20.*waited 0.0\d* s"
        with pytest.raises(StoreLocked, match=told):
            waiting.lease("review").__enter__()
        with waiting.lease("read", reading=True) as lease:
            assert last_runs(lease) == []


def test_a_reader_sees_the_state_before_the_writer_that_is_at_work(store: Store) -> None:
    with own(store) as owned, store.lease("write") as writing:
        start_run(writing, make_run())
        with owned.lease("read", reading=True) as lease:
            assert last_runs(lease) == []
        assert last_runs(writing) == [make_run()]


def test_the_file_is_closed_for_whoever_sets_it_aside_and_opened_again(lender: Store) -> None:
    with lender.lease("write") as lease:
        start_run(lease, make_run())
    with lender.aside("move"):
        assert {path.name for path in lender.path.parent.iterdir()} == {
            "scanner.duckdb",
            "scanner.duckdb.lock",
            "scanner.duckdb.queue",
        }
        with duckdb.connect(str(lender.path)) as own_connection:
            own_connection.execute("UPDATE runs SET note = 'moved'")
        with pytest.raises(StoreLocked):
            Store(lender.path, wait=0.05).lease("meanwhile", reading=True).__enter__()
    with lender.lease("read") as lease:
        assert lease.rows("SELECT note FROM runs") == [("moved",)]


def test_erasing_writes_the_record_anew(lender: Store) -> None:
    word = "kata-yang-harus-hilang"
    with lender.lease("write") as lease:
        save_posts(lease, [make_post(1, text=word), make_post(2)], run_id="r1", seen_at=NOON)
    with lender.lease("erase") as lease:
        erase.erase_posts(lease, [make_post(1).id], reason="uji", by="sari", at=NOON + HOUR)
    erase.finish_erasing(lender)
    with lender.lease("read") as lease:
        assert lease.rows("SELECT id FROM posts") == [(make_post(2).id,)]
        before = dump(lease)
    files = [path for path in lender.path.parent.rglob("*") if path.is_file()]
    assert [path for path in files if word.encode() in path.read_bytes()] == []
    with lender.lease("read") as lease:
        assert dump(lease) == before


def test_a_file_that_was_spoilt_while_it_was_aside_is_told_and_a_mended_one_taken(lender: Store) -> None:
    with lender.lease("make"):
        pass
    with lender.aside("spoil"):
        whole = lender.path.read_bytes()
        lender.path.write_bytes(b"x" * len(whole))
    with pytest.raises(StoreDamaged, match=r"scanner\.duckdb: cannot be trusted"):
        lender.lease("read").__enter__()
    lender.path.write_bytes(whole)
    with lender.lease("read") as lease:
        assert last_runs(lease) == []


def test_a_lease_that_is_open_when_the_desk_ends_comes_to_its_end(store: Store) -> None:
    began, ended = threading.Event(), threading.Event()

    def write() -> None:
        with store.lease("write") as lease:
            began.set()
            ended.wait(0.3)
            start_run(lease, make_run())

    thread = threading.Thread(target=write)
    with own(store):
        thread.start()
        began.wait(10)
    thread.join(10)
    with store.lease("read") as lease:
        assert last_runs(lease) == [make_run()]


def test_who_stands_in_line_when_the_desk_ends_is_lent_the_file_itself(store: Store) -> None:
    began, ending, ways = threading.Event(), threading.Event(), list[str]()

    def hold() -> None:
        with store.lease("first"):
            began.set()
            ending.wait(10)

    def wait() -> None:
        began.wait(10)
        with store.lease("second") as lease:
            ways.append(type(lease.connection).__name__)

    threads = [threading.Thread(target=work) for work in (hold, wait)]
    with own(store) as owned:
        for thread in threads:
            thread.start()
        began.wait(10)
        while len(owned.owner._turns._line) < 2:
            pass
        owned.owner.lend_no_more()
        ending.set()
    for thread in threads:
        thread.join(20)
    assert ways == ["DuckDBPyConnection"]


def test_a_desk_that_ends_does_not_open_what_somebody_has_aside(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PARTING", 0.1)
    with store.lease("make"):
        pass
    aside = store.aside("write anew")
    with own(store):
        aside.__enter__()
    with duckdb.connect(str(store.path)), pytest.raises(StoreLocked):  # nobody has it open, and it is locked
        Store(store.path, wait=0.0).lease("meanwhile").__enter__()
    aside.__exit__(None, None, None)
    with store.lease("after"):
        pass


def test_many_threads_and_processes_of_one_store_take_turns(store: Store) -> None:
    def add(lender: Store, count: int) -> None:
        for _ in range(count):
            with lender.lease("write") as lease:
                audit.append(lease, actor="a", action="b", subject="c", detail={})
            with lender.lease("read", reading=True) as lease:
                lease.rows("SELECT count(*) FROM audit")

    with own(store) as owned:
        threads = [threading.Thread(target=add, args=(lender, 5)) for lender in (owned, store) * 3]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        with store.lease("check") as lease:
            assert audit.verify(lease) == audit.AuditReport(events=30, anchored=30, problems=())
