"""What left the record is known by where it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scanner.store.connection import Store
from scanner.store.exports import Export, follow_moved, load_exports, save_export
from tests.store.samples import HOUR, NOON

EXPORT = Export("/srv/telaah", "reviews", NOON, "ratna", "a" * 64, identifiable=True)


def test_what_left_is_noted_and_read_back_in_order_of_time(tmp_path: Path):
    store = Store(tmp_path / "scanner.duckdb")
    snapshot = Export("/srv/s", "snapshot", NOON - HOUR, "ratna", "b" * 64, False, "tahunan", "riset", "PKS-1")
    with store.lease("test") as lease:
        save_export(lease, EXPORT)
        save_export(lease, snapshot)
        assert load_exports(lease) == [snapshot, EXPORT]


def test_a_snapshot_that_was_moved_with_its_workspace_is_found_again_and_nothing_else_is(tmp_path: Path):
    store, lost = Store(tmp_path / "scanner.duckdb"), replace(EXPORT, path="/srv/gone/lost", kind="snapshot")
    moved = replace(EXPORT, path="/srv/gone/moved", kind="snapshot")
    here = tmp_path / "snapshots" / "moved"
    here.mkdir(parents=True)
    with store.lease("test") as lease:
        for one in (EXPORT, lost, moved):
            save_export(lease, one)
        follow_moved(lease)
        assert {one.path for one in load_exports(lease)} == {EXPORT.path, lost.path, str(here)}


def test_of_two_at_the_same_place_the_later_one_lies_there(tmp_path: Path):
    store, later = Store(tmp_path / "scanner.duckdb"), replace(EXPORT, made_at=NOON + HOUR, sha256="c" * 64)
    with store.lease("test") as lease:
        save_export(lease, EXPORT)
        save_export(lease, later)
        assert load_exports(lease) == [later]
