"""How an export leaves: built beside its place, hashed, told of, and only then put there, wholly or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import StoreError, UsageError
from scanner.report.export.formats import FORMATS
from scanner.report.folders import zip_folder
from scanner.store import files

SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an export goes, and in which format."""

    target: Path
    format: str

    @property
    def is_file(self) -> bool:
        """Tell whether the data is one file, with what explains it beside; else it is a folder or a zip of all."""
        return _suffix(self.target) in FORMATS

    @property
    def is_zip(self) -> bool:
        """Tell whether it is a zip."""
        return _suffix(self.target) == "zip"

    def beside(self, name: str) -> Path:
        """Return where a file that explains the data lies when the data is one file."""
        return self.target.with_name(f"{self.target.stem}.{name}")


def place_of(target: Path, chosen: str | None) -> Place:
    """Return where an export goes. UsageError for a format nobody knows, two that differ, or what is there already."""
    told = _suffix(target.with_suffix("")) if _suffix(target) == "zip" else _suffix(target)
    name = chosen or (told if told in FORMATS else "csv")
    if name in ("labelstudio", "doccano"):
        raise UsageError(f"--format {name}: is an order to one reviewer; `scanner review export --{name}` writes it")
    if name not in FORMATS:
        raise UsageError(f"--format {name}: unknown; valid: {', '.join(FORMATS)}")
    if told in FORMATS and told != name:
        raise UsageError(f"{target}: ends in .{told}, but --format says {name}")
    if told and told not in FORMATS and chosen is None and _suffix(target) != "zip":
        raise UsageError(f"{target}: .{told} is no format; valid: {', '.join(FORMATS)}, .zip, or the name of a folder")
    return Place(target, name)


@dataclass(frozen=True, slots=True)
class Parcel:
    """An export that is being built."""

    place: Place
    part: Path
    """A folder beside its place, for nobody else to read."""

    @property
    def content(self) -> Path:
        """Folder of what will leave."""
        return self.part / "content"

    def seal(self) -> str:
        """Return the hash by which the export is known: of the file or zip, or of a folder's list of hashes."""
        if self.place.is_file:
            return _sha256(self._data)
        names = sorted(path.name for path in self.content.iterdir())
        sums = "".join(f"{_sha256(self.content / name)}  {name}\n" for name in names)
        (self.content / SUMS).write_text(sums, "utf-8")
        if not self.place.is_zip:
            return _sha256(self.content / SUMS)
        zip_folder(self.content, self.part / "zip")
        return _sha256(self.part / "zip")

    def leave(self) -> None:
        """Put it where it belongs, readable for its owner alone; what explains the data is there before the data."""
        target = self.place.target
        for path in self.part.rglob("*"):
            _flush(path)
        if self.place.is_file:
            for path in sorted(self.content.iterdir(), key=lambda path: path == self._data):
                path.rename(target if path == self._data else self.place.beside(path.name))
        else:
            (self.part / "zip" if self.place.is_zip else self.content).rename(target)
        files.flush_folder(target.parent)

    @property
    def _data(self) -> Path:
        return self.content / self.place.target.name


@contextlib.contextmanager
def building(place: Place) -> Iterator[Parcel]:
    """Lend a parcel; what was not left behind it by the end is gone. UsageError when something is there already."""
    for path in (place.target, *(place.beside(name) for name in ("README.md", "dictionary.csv") if place.is_file)):
        if path.exists():
            raise UsageError(f"{path}: is there already; name another file or folder")
    parcel = Parcel(place, place.target.with_name(f".part-{place.target.name}"))
    shutil.rmtree(parcel.part, ignore_errors=True)
    try:
        files.make_folder(parcel.part)
        files.make_folder(parcel.content)
        yield parcel
    except OSError as error:
        raise StoreError(
            f"{place.target}: cannot be written ({error.strerror or error}); trying again is safe"
        ) from error
    finally:
        shutil.rmtree(parcel.part, ignore_errors=True)


def _flush(path: Path) -> None:
    """Wait until a file is on the disk; nobody but its owner may read it."""
    path.chmod(0o700 if path.is_dir() else 0o600)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _suffix(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
