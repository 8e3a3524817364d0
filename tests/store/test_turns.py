from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.errors import StoreLocked
from scanner.store.locking import Holder
from scanner.store.turns import Turns

SARI, BUDI, RINA = (Holder(pid, purpose) for pid, purpose in ((1, "sari"), (2, "budi"), (3, "rina")))


@pytest.fixture
def turns() -> Turns:
    return Turns(Path("scanner.duckdb"))


def run(*work: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    return threads


def test_one_writes_at_a_time_and_who_waits_in_vain_learns_who_it_is(turns: Turns) -> None:
    with turns.writing(SARI, 1), pytest.raises(StoreLocked, match=r"held by PID 1 \(sari, since .*waited 0 s"):
        turns.writing(BUDI, 0).__enter__()
    with turns.writing(BUDI, 0):
        pass


def test_writers_come_in_the_order_of_asking(turns: Turns) -> None:
    order: list[int] = []

    def write(number: int) -> None:
        with turns.writing(Holder(number, "write"), 10):
            order.append(number)

    threads = []
    with turns.writing(SARI, 1):
        for number in range(8):
            threads += run(lambda number=number: write(number))
            while len(turns._line) < number + 2:
                pass
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_who_gave_up_is_no_longer_in_line(turns: Turns) -> None:
    with turns.writing(SARI, 1):
        with pytest.raises(StoreLocked):
            turns.writing(BUDI, 0).__enter__()
        assert turns._line == [SARI]


def test_readers_go_beside_the_writer_and_each_other(turns: Turns) -> None:
    with turns.writing(SARI, 0), turns.reading(BUDI, 0), turns.reading(BUDI, 0), turns.reading(RINA, 0):
        pass
    assert turns._readers == []


def test_who_wants_the_file_alone_waits_for_readers_and_writers(turns: Turns) -> None:
    with turns.reading(BUDI, 0), pytest.raises(StoreLocked, match=r"PID 2 \(budi"):
        turns.alone(SARI, 0).__enter__()
    with turns.writing(BUDI, 0), pytest.raises(StoreLocked, match=r"PID 2 \(budi"):
        turns.alone(SARI, 0).__enter__()
    with turns.alone(SARI, 0):
        for turn in (turns.reading, turns.writing, turns.alone):
            with pytest.raises(StoreLocked, match=r"PID 1 \(sari"):
                turn(RINA, 0).__enter__()
    with turns.reading(RINA, 0):
        pass


def test_an_error_in_a_turn_ends_it(turns: Turns) -> None:
    for turn in (turns.writing, turns.reading, turns.alone):
        with pytest.raises(ZeroDivisionError), turn(SARI, 0):
            raise ZeroDivisionError
    with turns.alone(BUDI, 0):
        pass
