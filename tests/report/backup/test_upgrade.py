"""Behind an upgrade stands a backup of the older record, and what was deleted before is not in it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyrage
import pytest

from scanner.errors import StoreDamaged
from scanner.report.backup import archive, backup
from scanner.report.backup import upgrade as upgrading
from scanner.store import audit
from scanner.store.connection import Store
from scanner.store.upgrading import read_schema
from tests.report.backup.conftest import House
from tests.store.olds import RELEASES, make_old
from tests.store.samples import NOON

pytestmark = pytest.mark.slow


@pytest.fixture
def old(house: House) -> Store:
    """The record of the house, as the release before this one left it."""
    made = make_old(house.store, house.root / "older" / "scanner.duckdb", RELEASES[-1])
    for path in made.path.parent.iterdir():
        path.replace(house.store.path.with_name(path.name))
    return house.store


def order(house: House) -> backup.Order:
    return backup.Order(house.folder, house.key.to_public(), by="ratna", at=NOON, keep_days=35)


def record_in(made: Path, key: pyrage.x25519.Identity, into: Path) -> bytes:
    def take(name: str, body: archive.Readable) -> None:
        if name == "data/scanner.duckdb":
            into.write_bytes(body.read())

    with made.open("rb") as source:
        archive.read(source, key, take)
    return into.read_bytes()


def test_the_backup_holds_the_older_record_and_is_on_the_chain_of_the_new_one(house: House, old: Store, tmp_path: Path):
    done = upgrading.upgrade(old, order(house), by="ratna", at=NOON)
    assert (done.kept, done.backup is not None) == (None, True)
    assert done.backup is not None
    record_in(done.backup.path, house.key, tmp_path / "x.duckdb")
    assert read_schema(Store(tmp_path / "x.duckdb")).pending != ()
    with old.lease("test") as lease:
        assert [event.action for event in audit.events(lease)][:2] == ["backup.make", "record.upgrade"]
    assert not list(old.path.parent.glob(".part-*"))
    assert (house.folder / "erasures.log").exists()


def test_what_was_deleted_before_is_not_in_the_bytes_of_the_backup(house: House, old: Store, tmp_path: Path):
    with duckdb.connect(str(old.path)) as connection:
        connection.execute("UPDATE posts SET url = repeat('kanari-terhapus ', 9000)")
        connection.execute("CHECKPOINT")
        connection.execute("UPDATE posts SET url = 'https://desa.example/'")
    assert b"kanari-terhapus" in old.path.read_bytes()
    done = upgrading.upgrade(old, order(house), by="ratna", at=NOON)
    assert done.backup is not None
    assert b"kanari-terhapus" not in record_in(done.backup.path, house.key, tmp_path / "x.duckdb")


def test_without_a_backup_nothing_is_upgraded(house: House, old: Store, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise StoreDamaged("is not what was written")

    monkeypatch.setattr(backup, "check", fails)
    with pytest.raises(StoreDamaged, match="is not what was written"):
        upgrading.upgrade(old, order(house), by="ratna", at=NOON)
    assert read_schema(old).pending != ()
    assert not (old.path.parent / "before-upgrade").exists()
    assert [path.name for path in house.folder.iterdir()] == []


def test_a_folder_that_cannot_be_written_keeps_the_record_as_it_is(house: House, old: Store):
    house.folder.write_bytes(b"a file where a folder should be")
    with pytest.raises(Exception, match="cannot be written"):
        upgrading.upgrade(old, order(house), by="ratna", at=NOON)
    assert read_schema(old).pending != ()
