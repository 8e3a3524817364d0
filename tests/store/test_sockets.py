"""A killed desk leaves the folder of its socket behind; the next one to start removes it, and no other folder."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.store import locking, sockets
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.store.sockets import NAME, sweep
from tests.store.test_owner_processes import desk, kill

LATER = time.time() + 3600


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files, of this process and of those it starts; addresses of sockets must be short."""
    with tempfile.TemporaryDirectory() as made:
        monkeypatch.setenv("TMPDIR", made)
        monkeypatch.setattr("tempfile.tempdir", made)
        yield Path(made)


def left(folder: Path, name: str = "scanner-mati") -> Path:
    """Make what a killed desk leaves: a private folder with a socket on which nobody answers."""
    made = folder / name
    made.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(made / NAME))
    return made


@pytest.mark.slow
def test_what_a_killed_desk_left_is_swept_by_the_next_and_a_living_one_is_not(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk(store) as keeper:
        kill(keeper)
    dead = locking.holder(store.path)
    assert dead is not None
    assert Path(dead.address).is_socket()
    monkeypatch.setattr(sockets, "_YOUNG", -1.0)
    other = Store(tmp_path / "lain" / "scanner.duckdb")
    with own(other), own(store):
        assert not Path(dead.address).parent.exists()
        living = locking.holder(other.path)
        assert living is not None
        assert Path(living.address).is_socket()
        with Store(other.path).lease("test") as lease:
            assert lease.rows("SELECT 1") == [(1,)]
    assert list(folder.iterdir()) == []


def test_what_may_be_starting_is_left_until_a_minute_has_passed(folder: Path) -> None:
    made = left(folder)
    assert sweep(folder, now=made.stat().st_mtime + 59) == []
    assert sweep(folder, now=made.stat().st_mtime + 60) == [made]


def test_one_who_listens_is_left_alone_however_busy(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        (folder / "scanner-hidup").mkdir(mode=0o700)
        listening.bind(str(folder / "scanner-hidup" / NAME))
        listening.listen(0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(str(folder / "scanner-hidup" / NAME))  # its queue is full from now on
            assert sweep(folder, now=LATER) == []


def test_whatever_else_lies_there_is_left_alone(folder: Path) -> None:
    left(folder, "lain")
    (left(folder, "scanner-banyak") / "catatan").touch()
    left(folder, "scanner-terbuka").chmod(0o755)
    (folder / "scanner-kosong").mkdir(mode=0o700)
    (folder / "scanner-berkas").touch(mode=0o700)
    (folder / "scanner-tautan").symlink_to(folder / "lain")
    (folder / "scanner-bukan").mkdir(mode=0o700)
    (folder / "scanner-bukan" / NAME).touch()
    before = sorted(folder.rglob("*"))
    assert sweep(folder, now=LATER) == []
    assert sorted(folder.rglob("*")) == before


def test_what_belongs_to_somebody_else_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = left(folder)
    user = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: user + 1)
    assert sweep(folder, now=LATER) == []
    assert made.exists()


def test_a_folder_that_is_not_there_has_nothing_to_sweep(folder: Path) -> None:
    assert sweep(folder / "tidak-ada", now=LATER) == []
