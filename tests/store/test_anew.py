"""Writing the database anew: the same rows in a new file, or the old file whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scanner.errors import StoreError, StoreFull
from scanner.store import accounts
from scanner.store.anew import write_anew
from scanner.store.connection import Store
from tests.store.samples import dump, make_account

WORD = "kata-yang-dihapus-dan-tidak-boleh-tertinggal"


@pytest.fixture
def used(store: Store) -> Store:
    """A database in which something was deleted."""
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account(), make_account(f"{WORD}@desa.example")])
    with store.lease("test") as lease:
        lease.execute("DELETE FROM accounts WHERE handle LIKE ?", [f"{WORD}%"])
    return store


def rows(store: Store) -> dict[str, list[object]]:
    with store.lease("test") as lease:
        return dump(lease)


def test_the_rows_stay_and_what_was_deleted_is_in_no_byte(used: Store):
    before = rows(used)
    assert WORD.encode() in used.path.read_bytes()
    write_anew(used)
    assert WORD.encode() not in used.path.read_bytes()
    assert (rows(used), used.path.stat().st_mode & 0o777) == (before, 0o600)


def test_what_a_killed_process_spilt_goes_too(used: Store):
    spilt = used.path.with_name(f"{used.path.name}.tmp") / "duckdb_temp_storage-0.tmp"
    spilt.parent.mkdir()
    spilt.write_text(WORD)
    write_anew(used)
    assert not spilt.parent.exists()


def test_with_too_little_room_nothing_is_begun(used: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 0}))
    with pytest.raises(StoreFull, match="no room to write it anew"):
        write_anew(used)


@pytest.mark.parametrize(
    ("said", "raised"), [("Could not write: No space left on device", StoreFull), ("broken", StoreError)]
)
def test_a_copy_that_fails_leaves_the_old_file_and_nothing_else(
    used: Store, monkeypatch: pytest.MonkeyPatch, said: str, raised: type[StoreError]
):
    before, inode = rows(used), used.path.stat().st_ino

    def fail(store: Store, fresh: Path) -> None:
        fresh.write_bytes(b"half")
        raise StoreError(said)

    with monkeypatch.context() as broken, pytest.raises(raised):
        broken.setattr(Store, "copy_to", fail)
        write_anew(used)
    assert (rows(used), used.path.stat().st_ino) == (before, inode)
    assert not list(used.path.parent.glob("*.fresh*"))
