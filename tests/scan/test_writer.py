"""Many threads, one writer: what waits is saved together, in order, and one failing unit costs no other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanner.errors import Blocked, StoreError, StoreLocked
from scanner.scan.writer import TOGETHER, Writer
from scanner.store import locking
from scanner.store.connection import Lease, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "data" / "scanner.duckdb", wait=0.3)
    with made.lease("test") as lease:
        lease.execute("CREATE TABLE notes (seq BIGINT DEFAULT 0, word VARCHAR PRIMARY KEY)")
    return made


def note(word: str):
    def unit(lease: Lease) -> str:
        lease.execute("INSERT INTO notes SELECT count(*), $word FROM notes", {"word": word})
        return word

    return unit


def refuse(lease: Lease) -> None:
    lease.execute("INSERT INTO notes VALUES (99, 'half')")
    raise Blocked("not this one")


def words(store: Store) -> list[str]:
    with store.lease("test") as lease:
        return [word for (word,) in lease.rows("SELECT word FROM notes ORDER BY seq")]


def test_units_are_saved_in_the_order_in_which_they_came(store: Store):
    wanted = [f"kata {number:03}" for number in range(250)]
    with Writer(store, pause=0) as writer:
        futures = [writer.submit(note(word)) for word in wanted]
    assert [future.result() for future in futures] == wanted
    assert words(store) == wanted


def test_what_waits_is_saved_in_one_transaction(store: Store):
    leases, going = [], threading.Event()

    def hold(lease: Lease) -> None:
        going.wait(10)

    with Writer(store, pause=0) as writer:
        writer.submit(hold)
        futures = [writer.submit(lambda lease: leases.append(id(lease))) for _ in range(TOGETHER)]
        going.set()
        for future in futures:
            future.result()
    assert len(leases) == TOGETHER
    assert len(set(leases)) <= 2


def test_a_unit_is_done_only_once_it_is_saved(store: Store):
    with Writer(store, pause=0) as writer:
        writer.submit(note("satu")).result()
        assert words(store) == ["satu"]


def test_a_failing_unit_leaves_nothing_and_the_others_are_saved(store: Store):
    going = threading.Event()
    with Writer(store, pause=0) as writer:
        writer.submit(lambda _: going.wait(10))
        first, bad, last = writer.submit(note("satu")), writer.submit(refuse), writer.submit(note("dua"))
        going.set()
        assert (first.result(), last.result()) == ("satu", "dua")
        with pytest.raises(Blocked, match="not this one"):
            bad.result()
    assert words(store) == ["satu", "dua"]


def test_a_record_that_cannot_be_opened_is_told_to_everybody_who_waits(store: Store):
    with locking.held(store.path, "somebody else", wait=0), Writer(store, pause=0) as writer:
        futures = [writer.submit(note(word)) for word in ("satu", "dua")]
        for future in futures:
            with pytest.raises(StoreLocked):
                future.result()
    assert words(store) == []


def test_a_fault_of_the_record_is_not_tried_again_unit_by_unit(store: Store):
    tries = []

    def broken(lease: Lease) -> None:
        tries.append(lease)
        raise StoreError("disk full")

    with Writer(store, pause=0) as writer, pytest.raises(StoreError, match="disk full"):
        writer.submit(broken).result()
    assert len(tries) == 1


def test_many_threads_may_hand_in_at_once(store: Store):
    with Writer(store, pause=0) as writer, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: writer.submit(note(f"kata {n}")).result(), range(100)))
    assert sorted(results) == sorted(words(store))


def test_leaving_saves_what_was_handed_in(store: Store):
    with Writer(store, pause=5) as writer:
        writer.submit(note("satu"))
        writer.submit(note("dua"))
    assert words(store) == ["satu", "dua"]
