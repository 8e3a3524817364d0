"""Many threads, one writer: what waits is saved together, in order, and one failing unit costs no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scanner.errors import StoreError, StoreLocked
from scanner.scan.writer import TOGETHER, Writer
from scanner.store import locking
from scanner.store.connection import Lease, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "data" / "scanner.duckdb", wait=0.3)
    with made.lease("test") as lease:
        lease.execute("CREATE TABLE notes (seq BIGINT DEFAULT 0, word VARCHAR PRIMARY KEY)")
    return made


class Notes:
    """Saves words; `wait` holds it, `refused` words are refused, and it remembers what came together."""

    def __init__(self) -> None:
        self.together: list[list[str]] = []
        self.going = threading.Event()
        self.going.set()
        self.refused: dict[str, Exception] = {}

    def save(self, lease: Lease, words: Sequence[str]) -> list[str]:
        self.going.wait(10)
        self.together.append(list(words))
        for word in words:
            lease.execute("INSERT INTO notes SELECT count(*), $word FROM notes", {"word": word})
            if word in self.refused:
                raise self.refused[word]
        return [word.upper() for word in words]


def ignore(item: str, error: Exception) -> None:
    """Nobody needs to be told."""


def saved(store: Store) -> list[str]:
    with store.lease("test") as lease:
        return [word for (word,) in lease.rows("SELECT word FROM notes ORDER BY seq")]


def test_items_are_saved_in_the_order_in_which_they_came(store: Store):
    wanted = [f"kata {number:03}" for number in range(3 * TOGETHER)]
    with Writer(store, Notes().save, ignore, pause=0) as writer:
        futures = [writer.submit(word) for word in wanted]
    assert [future.result() for future in futures] == [word.upper() for word in wanted]
    assert saved(store) == wanted


def test_what_waits_is_saved_in_one_transaction_up_to_a_ceiling(store: Store):
    notes = Notes()
    notes.going.clear()
    with Writer(store, notes.save, ignore, pause=0) as writer:
        for number in range(TOGETHER):
            writer.submit(f"kata {number:03}")
        notes.going.set()
    assert sum(map(len, notes.together)) == TOGETHER
    assert len(notes.together) <= 3


def test_an_item_is_done_only_once_it_is_saved(store: Store):
    with Writer(store, Notes().save, ignore, pause=0) as writer:
        writer.submit("satu").result()
        assert saved(store) == ["satu"]


def test_a_failing_item_leaves_nothing_and_the_others_are_saved(store: Store):
    notes = Notes()
    notes.refused["setengah"] = ValueError("not this one")
    notes.going.clear()
    with Writer(store, notes.save, ignore, pause=0) as writer:
        first, bad, last = [writer.submit(word) for word in ("satu", "setengah", "dua")]
        notes.going.set()
        assert (first.result(), last.result()) == ("SATU", "DUA")
        with pytest.raises(ValueError, match="not this one"):
            bad.result()
    assert saved(store) == ["satu", "dua"]


def test_a_record_that_cannot_be_opened_is_told_to_everybody_who_waits(store: Store):
    with locking.held(store.path, "somebody else", wait=0), Writer(store, Notes().save, ignore, pause=0) as writer:
        for future in [writer.submit(word) for word in ("satu", "dua")]:
            with pytest.raises(StoreLocked):
                future.result()
    assert saved(store) == []


def test_whoever_hands_in_is_told_of_a_failure_before_anything_behind_it_is_saved(store: Store):
    notes, told = Notes(), []
    notes.refused["satu"] = StoreError("not this one")
    notes.going.clear()

    def failed(item: str, error: Exception) -> None:
        told.append((item, str(error), saved(store)))

    with Writer(store, notes.save, failed, pause=0) as writer:
        writer.submit("satu"), writer.submit("dua")
        notes.going.set()
    assert told == [("satu", "not this one", [])]
    assert saved(store) == ["dua"]


def test_many_threads_may_hand_in_at_once(store: Store):
    with Writer(store, Notes().save, ignore, pause=0) as writer, ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: writer.submit(f"kata {n}").result(), range(100)))
    assert sorted(results) == sorted(word.upper() for word in saved(store))


def test_leaving_saves_what_was_handed_in_without_a_pause(store: Store):
    began = time.monotonic()
    with Writer(store, Notes().save, ignore, pause=60) as writer:
        writer.submit("satu").result()
        writer.submit("dua")
    assert saved(store) == ["satu", "dua"]
    assert time.monotonic() - began < 50
