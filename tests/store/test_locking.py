from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest

from scanner.errors import StoreError, StoreLocked
from scanner.store import locking


def test_it_signs_the_lock_and_wipes_the_name_when_done(tmp_path: Path) -> None:
    database = tmp_path / "scanner.duckdb"
    with locking.held(database, "scan", wait=1):
        found = locking.holder(database)
        assert found is not None
        assert found.purpose == "scan"
        assert found.since.endswith("+00:00")
    assert locking.holder(database) is None
    assert locking.lock_path(database).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', "\x00"])
def test_an_unreadable_signature_is_nobody(tmp_path: Path, content: str) -> None:
    database = tmp_path / "scanner.duckdb"
    locking.lock_path(database).write_text(content)
    assert locking.holder(database) is None


def test_it_names_no_process_when_the_holder_did_not_sign(tmp_path: Path) -> None:
    database = tmp_path / "scanner.duckdb"
    with locking.held(database, "scan", wait=1):
        locking.lock_path(database).write_text("")
        with pytest.raises(StoreLocked, match="held by another scanner process; waited 0 s"):
            locking.held(database, "review", wait=0).__enter__()


def test_it_lets_go_when_the_work_raised(tmp_path: Path) -> None:
    database = tmp_path / "scanner.duckdb"
    with pytest.raises(ZeroDivisionError), locking.held(database, "scan", wait=1):
        raise ZeroDivisionError
    with locking.held(database, "scan", wait=0):
        pass


def test_it_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the lock file cannot be opened: No such file"):
        locking.held(tmp_path / "nowhere" / "scanner.duckdb", "scan", wait=0).__enter__()


def test_only_one_holds_it_and_whoever_waits_gets_a_turn(tmp_path: Path) -> None:
    database = tmp_path / "scanner.duckdb"
    inside, turns, most = threading.Semaphore(1), Counter[str](), []
    done = threading.Event()

    def hold(name: str, times: int | None) -> None:
        while not done.is_set() if times is None else turns[name] < times:
            with locking.held(database, name, wait=30):
                most.append(inside.acquire(blocking=False))
                turns[name] += 1
                inside.release()

    greedy = threading.Thread(target=hold, args=("greedy", None))
    patient = [threading.Thread(target=hold, args=(name, 20)) for name in ("rina", "sari")]
    for thread in (greedy, *patient):
        thread.start()
    for thread in patient:
        thread.join(60)
    done.set()
    greedy.join(60)
    assert all(most), "two held the lock at once"
    assert turns["rina"] == turns["sari"] == 20
