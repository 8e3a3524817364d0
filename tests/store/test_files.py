from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import pytest

from scanner.errors import StoreError
from scanner.store.files import make_folder, own_key, write_durably


def test_it_writes_with_its_mode_into_private_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_durably(path, b"isi", mode=0o400)
    assert path.read_bytes() == b"isi"
    assert path.stat().st_mode & 0o777 == 0o400
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


def test_it_replaces_a_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for body in (b"lama", b"baru"):
        write_durably(path, body, mode=0o600)
    assert path.read_bytes() == b"baru"
    assert list(tmp_path.iterdir()) == [path]


def test_while_it_is_written_it_has_no_name_that_a_kill_would_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[list[Path]] = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: seen.append(list(tmp_path.iterdir())))
    write_durably(tmp_path / "file", b"isi", mode=0o600)
    assert seen[0] == []


def test_where_files_must_have_names_it_is_written_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    begin = os.open

    def named_alone(path: object, flags: int, mode: int = 0o777, **given: object) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        return begin(path, flags, mode, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", named_alone)
    write_durably(tmp_path / "file", b"isi", mode=0o400)
    assert ((tmp_path / "file").read_bytes(), list(tmp_path.iterdir())) == (b"isi", [tmp_path / "file"])


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"lama", mode=0o600)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        with pytest.raises(StoreError, match=r"file: cannot be written \(File too large\); trying again is safe"):
            write_durably(path, b"x" * 5_000, mode=0o600)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"lama"
    assert list(tmp_path.iterdir()) == [path]


def test_it_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_durably(tmp_path / "a" / "file", b"", mode=0o600)


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_key_is_drawn_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "a.key"
    key = own_key(path)
    assert len(key) == 32
    assert own_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert own_key(tmp_path / "b.key") != key
