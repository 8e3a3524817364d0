"""Ids are HMAC-SHA-256 under a key that only its owner can read and that can be destroyed."""

from __future__ import annotations

import hashlib
import hmac
import stat
from pathlib import Path
from uuid import UUID

import pytest

from scanner.errors import StoreDamaged, UsageError
from scanner.report.snapshot.pseudonyms import destroy_key, key_for, key_path, load_key, macro
from scanner.store.snapshot import workbench


@pytest.mark.parametrize("native", ["x:1", "mastodon:desa.id/Ünïcode 😅", "", "a" * 500, "it's \\x41"])
def test_the_database_makes_what_the_standard_says(tmp_path: Path, native: str):
    key = bytes(range(32))
    with workbench(tmp_path) as bench:
        bench.execute(macro(key))
        [(made,)] = bench.rows(f"SELECT pseudonym('post', '{native.replace(chr(39), chr(39) * 2)}')")
    assert made == UUID(bytes=hmac.digest(key, f"post:{native}".encode(), hashlib.sha256)[:16])


def test_the_same_id_of_another_kind_is_another_pseudonym(tmp_path: Path):
    with workbench(tmp_path) as bench:
        bench.execute(macro(b"k" * 32))
        [(one, two)] = bench.rows("SELECT pseudonym('post', 'a'), pseudonym('item', 'a')")
    assert one != two


def test_nobody_is_no_pseudonym(tmp_path: Path):
    with workbench(tmp_path) as bench:
        bench.execute(macro(b"k" * 32))
        assert bench.rows("SELECT pseudonym('reviewer', NULL)") == [(None,)]


def test_a_series_keeps_its_key_and_no_two_have_the_same(tmp_path: Path):
    first = load_key(tmp_path, "uji")
    assert load_key(tmp_path, "uji") == first != load_key(tmp_path, "lain")
    assert stat.S_IMODE(key_path(tmp_path, "uji").stat().st_mode) == 0o600
    assert stat.S_IMODE(key_path(tmp_path, "uji").parent.stat().st_mode) == 0o700


def test_with_anybody_more_or_less_all_ids_are_others():
    key, people = b"k" * 32, ["PEG-1", "PEG-2"]
    same = key_for(key, reversed([*people, *people]))
    assert key_for(key, people) == same
    others = [people[:1], [*people, "PEG-3"], ["PEG-1PEG-2"], []]
    assert len({same, *(key_for(key, one) for one in others), key_for(b"j" * 32, people)}) == 6


def test_a_destroyed_key_is_gone_and_the_next_one_is_another(tmp_path: Path):
    first = load_key(tmp_path, "uji")
    assert destroy_key(tmp_path, "uji")
    assert not destroy_key(tmp_path, "uji")
    assert load_key(tmp_path, "uji") != first


@pytest.mark.parametrize("series", ["", "../x", "A", "a" * 41, "a/b", "-a", "a.b"])
def test_what_is_no_name_of_a_series_is_refused(tmp_path: Path, series: str):
    with pytest.raises(UsageError, match="would be valid"):
        key_path(tmp_path, series)


def test_a_cut_key_is_refused_and_not_replaced(tmp_path: Path):
    load_key(tmp_path, "uji")
    key_path(tmp_path, "uji").write_bytes(b"short")
    with pytest.raises(StoreDamaged, match="a key has 32"):
        load_key(tmp_path, "uji")
