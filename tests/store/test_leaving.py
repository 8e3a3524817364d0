"""Files that left the record leave the disk as they were written, and nothing else does."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.store import exports
from scanner.store.connection import Lease
from scanner.store.exports import Export
from scanner.store.leaving import Removal, forget_exports, leaving_exports, remove_export
from tests.store.samples import NOON

DAY = timedelta(days=1)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def export(path: Path, kind: str = "posts", *, days: float = 0, identifiable: bool = True, sha256: str = "") -> Export:
    return Export(str(path), kind, NOON - days * DAY, "sari", sha256, identifiable)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An exported folder with the list of its files."""
    made = tmp_path / "keluar"
    (made / "parquet").mkdir(parents=True)
    for name in ("posts.csv", "parquet/posts.parquet"):
        (made / name).write_text("isi")
    sums = "".join(f"{digest(made / name)}  {name}\n" for name in ("parquet/posts.parquet", "posts.csv"))
    (made / "SHA256SUMS").write_text(sums)
    return made


def sealed(folder: Path) -> Export:
    return export(folder, sha256=digest(folder / "SHA256SUMS"))


def kinds(lease: Lease, *, words_leave: bool) -> set[str]:
    return {
        Path(one.path).name for one in leaving_exports(lease, before=NOON - 30 * DAY, words_leave=words_leave, now=NOON)
    }


def test_old_files_leave_and_words_leave_with_the_posts(lease: Lease, tmp_path: Path):
    for one in (
        export(tmp_path / "baru"),
        export(tmp_path / "lama", days=31),
        export(tmp_path / "angka-lama", "agreement", days=31, identifiable=False),
        export(tmp_path / "angka", "agreement", identifiable=False),
        export(tmp_path / "samaran", "snapshot", days=31, identifiable=False),
        export(tmp_path / "bernama", "snapshot"),
        export(tmp_path / "cadangan", "backup", days=31),
        export(tmp_path / "luring", exports.REVIEW, days=6.9),
        export(tmp_path / "luring-lama", exports.REVIEW, days=7.1),
    ):
        exports.save_export(lease, one)
    assert kinds(lease, words_leave=False) == {"lama", "angka-lama", "luring-lama"}
    assert kinds(lease, words_leave=True) == {"baru", "lama", "angka-lama", "bernama", "luring-lama"}


def test_what_left_is_crossed_off(lease: Lease, tmp_path: Path):
    for name in ("a", "b"):
        exports.save_export(lease, export(tmp_path / name))
    forget_exports(lease, [str(tmp_path / "a")])
    assert [one.path for one in exports.load_exports(lease)] == [str(tmp_path / "b")]


def test_a_file_leaves_as_it_was_written_and_one_that_was_altered_stays(tmp_path: Path):
    path = tmp_path / "posts.csv"
    path.write_text("isi")
    written = export(path, sha256=digest(path))
    path.write_text("isi, dan catatan saya")
    assert remove_export(written) is Removal.STAYS
    assert path.exists()
    path.write_text("isi")
    assert remove_export(written) is Removal.REMOVED
    assert not path.exists()
    assert remove_export(written) is Removal.MISSING, "what is gone is gone, and is not removed twice"


def test_a_folder_leaves_with_all_that_it_lists(folder: Path):
    assert remove_export(sealed(folder)) is Removal.REMOVED
    assert not folder.exists()


def test_a_folder_leaves_but_for_what_somebody_put_there_or_altered(folder: Path):
    made = sealed(folder)
    (folder / "catatan.txt").write_text("milik saya")
    (folder / "posts.csv").write_text("diubah")
    assert remove_export(made) is Removal.STAYS
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == [
        "SHA256SUMS",
        "catatan.txt",
        "posts.csv",
    ]
    (folder / "catatan.txt").unlink()
    (folder / "posts.csv").unlink()
    assert remove_export(made) is Removal.REMOVED, "the next purge removes the rest"


def test_a_folder_that_is_not_the_one_written_is_left_alone(folder: Path):
    assert remove_export(export(folder, sha256="0" * 64)) is Removal.STAYS
    assert (folder / "posts.csv").exists()


def test_no_link_is_followed(tmp_path: Path, folder: Path):
    link = tmp_path / "tautan"
    link.symlink_to(folder)
    assert remove_export(export(link, sha256=digest(folder / "SHA256SUMS"))) is Removal.STAYS
    assert (folder / "posts.csv").exists()


def test_a_link_to_a_folder_inside_a_folder_is_somebodys_own(tmp_path: Path, folder: Path):
    (tmp_path / "lain").mkdir()
    (folder / "tautan").symlink_to(tmp_path / "lain")
    assert remove_export(sealed(folder)) is Removal.STAYS
    assert (folder / "tautan").is_symlink()


def test_what_the_disk_does_not_let_go_stays_and_stops_nothing(tmp_path: Path):
    assert remove_export(export(tmp_path / ("n" * 300), sha256="0" * 64)) is Removal.STAYS


def test_what_lies_on_a_disk_that_is_not_there_is_not_taken_for_gone(tmp_path: Path):
    away = tmp_path / "cakram"
    made = export(away / "posts.csv", sha256="0" * 64)
    assert remove_export(made) is Removal.STAYS
    away.mkdir()
    assert remove_export(made) is Removal.MISSING
