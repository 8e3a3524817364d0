"""Every older record becomes one of this scanner, wholly or not at all (reliability C6)."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from scanner.errors import StoreDamaged, StoreError, StoreFull, StoreLocked, StoreOutdated
from scanner.store import anew, audit, files, kept, manifest_check, migrations, upgrading
from scanner.store.connection import Store
from scanner.store.owner import own
from scanner.store.upgrading import read_schema, upgrade
from tests.store.olds import RELEASES, columns_of, make_old, rows_of
from tests.store.samples import NOON
from tests.subjects import make_store

LAST = migrations.MIGRATIONS[-1].__name__


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return make_store(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def made(full: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of the release before this one."""
    return make_old(full, tmp_path_factory.mktemp("old") / "data" / "scanner.duckdb", RELEASES[-1]).path


@pytest.fixture
def old(made: Path, tmp_path: Path) -> Store:
    return Store(shutil.copytree(made.parent, tmp_path / "data") / made.name, wait=0.1)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(store: Store) -> Path | None:
    return upgrade(store, by="ratna", at=NOON)


def require_new(store: Store) -> None:
    """Require a record that works and holds, with one event that tells of the upgrade."""
    with store.lease("test") as lease:
        assert [step.__name__ for step in migrations.MIGRATIONS] == migrations.applied(lease.connection)  # type: ignore[arg-type]
        assert audit.verify(lease).problems == ()
        assert manifest_check.verify(lease).problems == ()
        assert [event.action for event in audit.events(lease)].count("record.upgrade") == 1
    assert not list(store.path.parent.glob(".part-*"))


@pytest.mark.parametrize("steps", [*(pytest.param(n, marks=pytest.mark.slow) for n in RELEASES[:-1]), RELEASES[-1]])
def test_a_record_of_every_release_keeps_all_its_rows(full: Store, tmp_path: Path, steps: int):
    store = make_old(full, tmp_path / "data" / "scanner.duckdb", steps)
    named = columns_of(store.path)
    before, name = rows_of(store.path, named), migrations.MIGRATIONS[steps - 1].__name__
    with pytest.raises(StoreOutdated, match=r"run `scanner upgrade`"):
        store.lease("test").__enter__()
    folder = run(store)
    assert folder is not None
    assert folder.name == f"20261120T120000Z-{name}"
    after = rows_of(store.path, named)
    event = after["audit"].pop()
    assert "record.upgrade" in event
    assert after == before
    require_new(store)


def test_what_is_kept_is_the_record_as_it_was_and_its_heads(old: Store):
    rows, anchor = rows_of(old.path), (old.path.parent / "audit.head").read_bytes()
    folder = run(old)
    assert folder is not None
    assert {path.name for path in folder.iterdir()} == {"scanner.duckdb", "audit.head", "manifest.head"}
    assert rows_of(folder / "scanner.duckdb") == rows
    assert (folder / "audit.head").read_bytes() == anchor
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))


def test_put_back_it_is_the_older_record_again(old: Store):
    before, folder = rows_of(old.path), run(old)
    assert folder is not None
    for path in folder.iterdir():
        shutil.copy(path, old.path.with_name(path.name))
    assert rows_of(old.path) == before
    run(old)
    require_new(old)


def test_what_a_killed_writer_left_in_its_log_comes_along(old: Store):
    with duckdb.connect(str(old.path)) as connection:
        connection.execute("SET wal_autocheckpoint = '1TB'; PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("INSERT INTO waits VALUES ('desa.example', now())")
    assert old.path.with_name("scanner.duckdb.wal").exists()
    run(old)
    with old.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM waits") == [(1,)]


def test_a_record_that_is_up_to_date_is_left_alone(full: Store):
    before = digest(full.path)
    assert run(full) is None
    assert digest(full.path) == before
    assert read_schema(full).pending == ()


def test_looking_writes_nothing(old: Store):
    before = {path: digest(path) for path in old.path.parent.rglob("*") if path.is_file()}
    schema = read_schema(old)
    assert (schema.old, schema.new) == (migrations.MIGRATIONS[-2].__name__, LAST)
    after = {path: digest(path) for path in old.path.parent.rglob("*") if path.suffix not in (".lock", ".queue")}
    assert after == before


def test_while_the_desk_keeps_it_one_can_look_too(full: Store):
    with own(full):
        assert read_schema(full).new == LAST


def test_a_newer_record_is_refused_and_stays(old: Store):
    with duckdb.connect(str(old.path)) as connection:
        connection.execute("INSERT INTO migrations VALUES ('m999_future', now())")
    before = digest(old.path)
    for ask in (run, read_schema, lambda store: store.lease("test").__enter__()):
        with pytest.raises(StoreError, match=r"newer scanner .*m999_future.* update the scanner"):
            ask(old)
    assert digest(old.path) == before


def test_while_somebody_works_nothing_is_upgraded(full: Store, old: Store):
    with own(full), pytest.raises(StoreLocked, match="review desk"):
        run(replace(full, wait=0.05))
    with duckdb.connect(str(old.path)), pytest.raises(StoreError):
        run(old)


def test_the_desk_refuses_an_older_record_too(old: Store):
    with pytest.raises(StoreOutdated), own(old):
        pass


def test_a_record_in_which_nothing_happened_needs_no_upgrade(tmp_path: Path):
    path = tmp_path / "data" / "scanner.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        migrations.migrate(connection, migrations.MIGRATIONS[:4])
    with Store(path).lease("test") as lease:
        assert lease.rows("SELECT max(name) FROM migrations") == [(LAST,)]


class Killed(BaseException):
    """What nobody catches."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "name", "call"),
    [
        (kept, "keep", 1),
        (kept, "copy_whole", 1),
        (kept, "copy_whole", 4),
        (migrations, "migrate", 1),
        (upgrading, "_require_whole", 1),
        (audit, "append", 1),
        (kept, "flush", 5),
        (files, "flush_folder", 4),
        (audit, "write_anchor", 1),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_stopped_anywhere_it_is_the_old_or_the_new_and_the_next_call_goes_on(
    old: Store, monkeypatch: pytest.MonkeyPatch, place: object, name: str, call: int
):
    rows, real, calls = rows_of(old.path), getattr(place, name), [0]

    def kill(*arguments: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == call:
            raise Killed
        return real(*arguments, **named)

    with monkeypatch.context() as cut:
        cut.setattr(place, name, kill)
        with pytest.raises(Killed):
            run(old)
    if read_schema(old).pending:
        assert rows_of(old.path) == rows
        run(old)
    require_new(old)


def test_a_disk_that_is_full_changes_nothing(old: Store, monkeypatch: pytest.MonkeyPatch):
    before = digest(old.path)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as cut:
        cut.setattr(shutil, "copyfile", full_disk)
        with pytest.raises(StoreFull, match="nothing was upgraded"):
            run(old)
        cut.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 9, 9))  # type: ignore[attr-defined]
        with pytest.raises(StoreFull, match=r"no room to upgrade \(\d+ MiB are needed"):
            run(old)
    assert digest(old.path) == before
    assert not list(old.path.parent.glob(".part-*"))


def test_a_step_that_loses_rows_is_not_let_through(old: Store, monkeypatch: pytest.MonkeyPatch):
    def m900_loses(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("DELETE FROM posts")

    real = migrations.migrate
    monkeypatch.setattr(migrations, "migrate", lambda one: (real(one), m900_loses(one)))
    before = rows_of(old.path)
    with pytest.raises(StoreDamaged, match="not upgraded: posts had 6 rows, then 0"):
        run(old)
    assert rows_of(old.path) == before


def test_a_chain_that_does_not_hold_is_not_covered_up(old: Store):
    with duckdb.connect(str(old.path)) as connection:
        connection.execute("UPDATE audit SET actor = 'orang lain' WHERE seq = 1")
    with pytest.raises(StoreDamaged, match="not upgraded: event 1 was altered"):
        run(old)
    assert read_schema(old).pending


def test_what_is_erased_leaves_the_copy_too(old: Store):
    run(old)
    data = old.path.parent
    assert b"kanari-teks" in b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file()).lower()
    anew.write_anew(old)
    assert not (data / "before-upgrade").exists()


def test_after_a_week_a_purge_finds_the_copy(old: Store):
    folder = run(old)
    assert folder is not None
    written = max(path.stat().st_mtime for path in folder.iterdir())
    at = NOON.fromtimestamp(written, NOON.tzinfo)
    assert kept.past_days(old.path.parent, at + timedelta(days=6)) == []
    assert len(kept.past_days(old.path.parent, at + timedelta(days=8))) == 3
