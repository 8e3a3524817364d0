"""What left the record is known by where it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from scanner.store.connection import Store
from scanner.store.exports import Export, load_exports, save_export
from tests.store.samples import HOUR, NOON

EXPORT = Export("/srv/telaah", "reviews", NOON, "ratna", "a" * 64, identifiable=True)


def test_what_left_is_noted_and_read_back_in_order_of_time(tmp_path: Path):
    store = Store(tmp_path / "scanner.duckdb")
    snapshot = Export("/srv/s", "snapshot", NOON - HOUR, "ratna", "b" * 64, False, "tahunan", "riset", "PKS-1")
    with store.lease("test") as lease:
        save_export(lease, EXPORT)
        save_export(lease, snapshot)
        assert load_exports(lease) == [snapshot, EXPORT]


def test_of_two_at_the_same_place_the_later_one_lies_there(tmp_path: Path):
    store, later = Store(tmp_path / "scanner.duckdb"), replace(EXPORT, made_at=NOON + HOUR, sha256="c" * 64)
    with store.lease("test") as lease:
        save_export(lease, EXPORT)
        save_export(lease, later)
        assert load_exports(lease) == [later]
