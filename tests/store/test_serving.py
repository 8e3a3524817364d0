"""What the desk's socket does with callers who are strange, silent or somebody else."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator

import pytest

from scanner.errors import StoreDamaged, StoreError, StoreInterrupted, StoreLocked
from scanner.store import locking, remote, serving
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.store.runs import last_runs, start_run
from scanner.store.wire import Aside, Channel, Do, Done, Enter, Execute, Failed
from tests.store.test_runs import make_run


@pytest.fixture
def owned(store: Store) -> Iterator[Store]:
    with own(store) as owned:
        yield owned


@pytest.fixture
def line(owned: Store) -> Iterator[Channel]:
    """A bare connection to the desk."""
    keeper = locking.holder(owned.path)
    assert keeper is not None
    with socket.socket(socket.AF_UNIX) as connected:
        connected.settimeout(10)
        connected.connect(keeper.address)
        yield Channel(connected)


def is_closed(line: Channel) -> bool:
    try:
        line.answer()
    except (EOFError, OSError):
        return True
    return False


@pytest.mark.parametrize(
    "body", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, (5).to_bytes(4) + b"\x00" * 5, (2**32 - 1).to_bytes(4)]
)
def test_strange_bytes_end_the_connection_and_nothing_else(owned: Store, line: Channel, body: bytes) -> None:
    line.socket.sendall(body)
    line.socket.shutdown(socket.SHUT_WR)
    assert is_closed(line)
    with owned.lease("next"):
        pass


@pytest.mark.parametrize("first", [Do("commit"), Execute("SELECT 1", None, answer=True)])
def test_nothing_is_done_before_a_lease(line: Channel, first: Do | Execute) -> None:
    line.send(first)
    assert is_closed(line)


def test_one_connection_is_one_lease(owned: Store, line: Channel) -> None:
    for wanted in (Enter(1, "first", 5.0), Execute("CREATE TABLE mine (n INTEGER)", None, answer=False)):
        line.send(wanted)
        assert line.answer() == Done()
    for wrong in (Enter(1, "second", 5.0), Aside(1, "second", 5.0)):
        line.send(wrong)
        assert line.answer() == Failed("StoreError", "one connection is one lease, which has begun already")
    line.socket.close()
    with owned.lease("next") as lease, pytest.raises(StoreError, match="mine does not exist"):
        lease.rows("FROM mine")


def test_a_result_comes_in_frames_behind_its_answer(line: Channel) -> None:
    line.send(Enter(1, "read", 5.0))
    assert line.answer() == Done()
    line.send(Execute("SELECT 1 AS n", None, answer=True))
    assert line.answer() == Done(1)
    assert line.table(1).to_pylist() == [{"n": 1}]


def test_who_is_silent_too_long_holds_up_nobody_and_goes_on_if_nothing_has_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "SILENCE", 0.2)
    with own(store) as owned, store.lease("hung") as lease:
        start_run(lease, make_run())
        with owned.lease("next") as other:
            assert last_runs(other) == []
        start_run(lease, make_run(id="r2"))  # goes on, as nothing has changed
        assert len(last_runs(lease)) == 2
    told = pytest.raises(StoreInterrupted, match="somebody has written since; repeating it is safe")
    with own(store) as owned, told, store.lease("hung again") as lease:
        assert len(last_runs(lease)) == 2
        with owned.lease("next") as other:
            start_run(other, make_run(id="r3"))
        start_run(lease, make_run(id="r4"))


def test_a_desk_that_is_silent_too_long_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "SILENCE", 0.05)
    ended = threading.Event()

    def hang(*_: object) -> list[object]:
        ended.wait(10)
        return []

    monkeypatch.setattr(serving, "_do", hang)
    with own(store):
        with pytest.raises(StoreLocked), Store(store.path, wait=0.1).lease("read") as lease:
            lease.rows("SELECT 1")
        ended.set()


def test_another_user_is_not_answered(owned: Store, line: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(serving, "_uid", lambda _connected: 4712)
    keeper = locking.holder(owned.path)
    assert keeper is not None
    assert remote.enter(keeper, 1.0, path=owned.path, purpose="spy", reading=True) is None


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="this system does not tell who is at the other end")
def test_it_knows_whose_process_is_at_the_other_end() -> None:
    left, right = socket.socketpair()
    with left, right:
        assert serving._uid(left) == os.geteuid()


def test_a_long_folder_for_temporary_files_is_not_used(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/" + "panjang/" * 20)
    with own(store):
        keeper = locking.holder(store.path)
        assert keeper is not None
        assert len(keeper.address) < 100
        with store.lease("write") as lease:
            start_run(lease, make_run())


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("StoreLocked", StoreLocked),
        ("StoreDamaged", StoreDamaged),
        ("CatalogException", __import__("duckdb").CatalogException),
        ("SystemExit", StoreError),
        ("connect", StoreError),
        ("UsageError", StoreError),
    ],
)
def test_errors_become_what_they_were_there_and_nothing_else_can_be_raised(kind: str, told: type[Exception]) -> None:
    error = remote._error(kind, "what it says")
    assert type(error) is told
    assert "what it says" in str(error)
