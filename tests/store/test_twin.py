"""A twin of the record: whole as of one moment, private, and gone when it was read."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from scanner.errors import StoreFull
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.store.twin import PART, copy_bytes, twin


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "data" / "scanner.duckdb")
    note(made, "one")
    return made


def note(store: Store, subject: str) -> None:
    with store.lease("test") as lease:
        audit.append(lease, actor="test", action="test.note", subject=subject, detail={})


def subjects(store: Store) -> list[str]:
    with store.lease("test", reading=True) as lease:
        return [subject for (subject,) in lease.rows("SELECT subject FROM audit ORDER BY seq")]


@pytest.mark.parametrize("kept", [False, True])
def test_it_is_what_the_record_was_at_one_moment_whoever_keeps_that(store: Store, kept: bool):
    desk = own(store) if kept else None
    with twin(desk.__enter__() if desk else store, "test") as copy:
        note(store, "two")
        assert (subjects(copy), subjects(store)) == (["one"], ["one", "two"])
    if desk:
        desk.__exit__(None, None, None)
    assert list(store.path.parent.glob(f"{PART}*")) == []


def test_nobody_else_can_read_it_and_it_goes_when_what_reads_it_fails(store: Store):
    with pytest.raises(RuntimeError), twin(store, "test") as copy:
        assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(copy.path.stat().st_mode) == 0o600
        raise RuntimeError
    assert list(store.path.parent.glob(f"{PART}*")) == []


def test_what_only_the_log_holds_comes_too(store: Store, tmp_path: Path):
    with store.lease("test"):
        pass
    with own(store) as desk:
        note(desk, "two")
        assert store.path.with_name("scanner.duckdb.wal").exists()
        copy_bytes(store.path, tmp_path / "copy.duckdb")  # as a killed desk leaves it
    assert subjects(Store(tmp_path / "copy.duckdb")) == ["one", "two"]


def test_without_room_it_says_so_and_the_record_is_whole(store: Store):
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            copy_bytes(store.path, store.path.with_name("copy.duckdb"))
        except StoreFull:
            os._exit(0)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert subjects(store) == ["one"]
