"""An export is there wholly or not at all, nobody else reads it, and its hash is the one that was told."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from scanner.errors import StoreError, UsageError
from scanner.report.export.package import SUMS, building, place_of


@pytest.mark.parametrize(
    ("name", "chosen", "form", "is_file", "is_zip"),
    [
        ("a.csv", None, "csv", True, False),
        ("a.XLSX", "xlsx", "xlsx", True, False),
        ("a", None, "csv", False, False),
        ("a", "parquet", "parquet", False, False),
        ("a.jsonl.zip", None, "jsonl", False, True),
        ("a.zip", "xlsx", "xlsx", False, True),
        ("a.b.zip", None, "csv", False, True),
        ("telaah.2026", "csv", "csv", False, False),
    ],
)
def test_the_name_tells_the_format(name: str, chosen: str | None, form: str, is_file: bool, is_zip: bool):
    place = place_of(Path(name), chosen)
    assert (place.format, place.is_file, place.is_zip) == (form, is_file, is_zip)


@pytest.mark.parametrize(("name", "chosen"), [("a.xls", None), ("a.csv", "tsv"), ("a.csv.zip", "tsv"), ("a", "doc")])
def test_a_name_that_tells_something_else_is_refused(name: str, chosen: str | None):
    with pytest.raises(UsageError):
        place_of(Path(name), chosen)


def build(target: Path) -> str:
    with building(place_of(target, "csv" if not target.suffix else None)) as parcel:
        (parcel.content / (target.name if parcel.place.is_file else "flags.csv")).write_text("a")
        (parcel.content / "README.md").write_text("b")
        digest = parcel.seal()
        parcel.leave()
    return digest


@pytest.mark.parametrize("name", ["a.csv", "a", "a.zip"])
def test_the_hash_is_of_what_lies_there_and_its_owner_alone_may_read_it(tmp_path: Path, name: str):
    digest, target = build(tmp_path / "baru" / name), tmp_path / "baru" / name
    found = target / SUMS if target.is_dir() else target
    assert hashlib.sha256(found.read_bytes()).hexdigest() == digest
    assert all(path.stat().st_mode & 0o077 == 0 for path in (target, *target.parent.rglob("*")))
    assert not list(target.parent.glob(".part-*"))


def test_a_folder_lists_the_hashes_of_its_files(tmp_path: Path):
    build(tmp_path / "a")
    lines = dict(reversed(line.split("  ")) for line in (tmp_path / "a" / SUMS).read_text().splitlines())
    assert lines == {name: hashlib.sha256((tmp_path / "a" / name).read_bytes()).hexdigest() for name in lines}
    assert set(lines) == {"flags.csv", "README.md"}


def test_a_zip_holds_the_same_files_and_the_same_content_gives_the_same_zip(tmp_path: Path):
    assert build(tmp_path / "a.zip") == build(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["README.md", SUMS, "flags.csv"]


def test_what_was_not_left_is_gone(tmp_path: Path):
    with pytest.raises(RuntimeError), building(place_of(tmp_path / "a.csv", None)) as parcel:
        (parcel.content / "a.csv").write_text("rahasia")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_beside_goes_with_the_next(tmp_path: Path):
    (tmp_path / ".part-a.csv").mkdir()
    (tmp_path / ".part-a.csv" / "rows").write_text("sisa")
    build(tmp_path / "a.csv")
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "a.README.md"}


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "berkas").write_text("")
    with pytest.raises(StoreError, match=r"a\.csv: cannot be written"):
        build(tmp_path / "berkas" / "a.csv")
