from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from scanner.errors import ScannerError, UsageError
from scanner.report.folders import read_files, write_files, zipped

CONTENT = {"b.txt": b"dua", "a/c": b"\x00\xff", "a/b": b""}


@pytest.mark.parametrize("name", ["bukti", "bukti.zip", "BUKTI.ZIP"])
def test_what_was_written_is_read_back(tmp_path: Path, name: str) -> None:
    write_files(tmp_path / name, CONTENT)
    assert read_files(tmp_path / name) == CONTENT
    assert (tmp_path / name).is_dir() == (name == "bukti")
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / name, *(tmp_path / name).rglob("*")))
    assert [path.name for path in tmp_path.iterdir()] == [name], "nothing half-written stays"


def test_the_same_files_give_the_same_zip_in_any_order() -> None:
    assert zipped(CONTENT) == zipped(dict(reversed(CONTENT.items())))
    with zipfile.ZipFile(io.BytesIO(zipped(CONTENT))) as archive:
        assert archive.namelist() == sorted(CONTENT)
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "ada").write_text("berkas")
    with pytest.raises(ScannerError):
        write_files(tmp_path / "ada" / "bukti", CONTENT)
    with pytest.raises(ScannerError):
        write_files(tmp_path / "bukti", {"a": b"", "a/b": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["ada"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "bukti"
    folder.mkdir()
    (folder / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="passwd is a link"):
        read_files(folder)


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa")
    with pytest.raises(UsageError, match="no plain file"):
        read_files(tmp_path)


def test_names_that_lead_elsewhere_stay_names(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(zipped({"../../x": b"1", "/etc/x": b"2"}))
    assert set(read_files(tmp_path / "b.zip")) == {"../../x", "/etc/x"}
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    with pytest.raises(UsageError, match="same name"):
        read_files(tmp_path / "b.zip")


def test_an_archive_that_would_unpack_to_more_than_any_bundle_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.report.folders._MOST_BYTES", 1000)
    (tmp_path / "b.zip").write_bytes(zipped({"a": bytes(1001)}))
    with pytest.raises(UsageError, match="more than any bundle"):
        read_files(tmp_path / "b.zip")


@pytest.mark.parametrize(
    "content", [None, b"", b"bukan zip", zipped(CONTENT)[:-30]], ids=["none", "empty", "no", "cut"]
)
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "b.zip").write_bytes(content)
    with pytest.raises(UsageError, match=r"b\.zip: cannot be read as a folder or zip"):
        read_files(tmp_path / "b.zip")


def test_no_flipped_byte_of_a_zip_makes_it_fail_otherwise(tmp_path: Path) -> None:
    whole = zipped({"a": b"panjang " * 20})
    for place in range(len(whole)):
        (tmp_path / "b.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        try:
            read_files(tmp_path / "b.zip")
        except UsageError:
            continue
