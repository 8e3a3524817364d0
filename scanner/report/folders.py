"""Files by name as a folder or a zip, and back: written so that the same files give the same bytes, read warily."""

from __future__ import annotations

import io
import shutil
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from scanner.errors import StoreError, UsageError
from scanner.store import files

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What zipfile raises for archives of somebody else's making, encrypted ones included."""
_MOST_FILES, _MOST_BYTES = 10_000, 2 * 1024**3


def write_files(target: Path, content: Mapping[str, bytes]) -> None:
    """Write files wholly or not at all: a zip where the target's name ends so, else a folder. Only the owner reads."""
    if target.suffix.casefold() == ".zip":
        files.write_durably(target, zipped(content), mode=0o600)
        return
    part = target.with_name(f".part-{target.name}")
    shutil.rmtree(part, ignore_errors=True)
    try:
        for name, body in content.items():
            files.write_durably(part / name, body, mode=0o600)
        part.rename(target)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror}); trying again is safe") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def zipped(content: Mapping[str, bytes]) -> bytes:
    """Return files as a zip: sorted names, one fixed time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in sorted(content.items()):
            archive.writestr(_member(name), body)
    return buffer.getvalue()


def zip_folder(folder: Path, target: Path) -> None:
    """Write the files of a folder as `zipped` does, however large they are."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.iterdir()):
            with path.open("rb") as body, archive.open(_member(path.name), "w", force_zip64=True) as member:
                shutil.copyfileobj(body, member)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _ZIP_TIME)
    member.external_attr = (stat.S_IFREG | 0o600) << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def read_files(source: Path) -> dict[str, bytes]:
    """Return the files of a folder or zip by name; nothing is unpacked, no link is followed.

    UsageError when it is neither, or larger than any bundle.
    """
    try:
        return _from_folder(source) if source.is_dir() else _from_zip(source)
    except _UNREADABLE as error:
        raise UsageError(f"{source}: cannot be read as a folder or zip: {error}") from error


def _from_folder(folder: Path) -> dict[str, bytes]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir()]
    if others := [path for path in found if path.is_symlink() or not path.is_file()]:
        raise ValueError(f"{others[0].name} is a link or no plain file")
    _require_bounds(folder, len(found), sum(path.stat().st_size for path in found))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def _from_zip(source: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(source) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        names = [member.filename for member in members]
        if len(set(names)) != len(names):
            raise ValueError("two files have the same name")
        _require_bounds(source, len(members), sum(member.file_size for member in members))
        return {member.filename: archive.read(member) for member in members}


def _require_bounds(source: Path, number: int, size: int) -> None:
    if number > _MOST_FILES or size > _MOST_BYTES:
        raise ValueError(f"{source.name} holds {number} files of {size} bytes: more than any bundle")
