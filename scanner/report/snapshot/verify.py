"""Checking a snapshot by its folder alone, years later: hashes, counts, and columns against the dictionary.

A folder alone shows that nothing in it was altered by itself or in part. Who could write all of it anew is found out by
its hash alone, which the publisher's audit chain has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.errors import ScannerError, UsageError
from scanner.report.snapshot import folders, telling
from scanner.store.snapshot import PARQUET, Found, found_in_file, found_in_parquet


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a snapshot found."""

    files: int
    sha256: str
    """Of the list of hashes: the same stands on the audit chain of who published it."""
    rows: int
    series: str
    made_at: str
    identifiable: bool
    problems: tuple[str, ...]


def check_snapshot(folder: Path) -> Checked:
    """Check a snapshot; UsageError when the folder holds none or one of a format unknown here."""
    about, sums = _read(folder / telling.ABOUT), _sums(folder / telling.SUMS)
    if about.get("format") != telling.FORMAT:
        raise UsageError(f"{folder}: format {about.get('format')!r} is not known here; valid: {telling.FORMAT}")
    try:
        return _checked(folder, about, sums)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{folder}: {telling.ABOUT} or {telling.DICTIONARY} lacks what it must say: {error}"
        ) from error


def _checked(folder: Path, about: Mapping[str, Any], sums: Mapping[str, str]) -> Checked:
    problems = list(_altered(folder, sums))
    if not problems:
        problems += _disagreeing(folder, about, _read(folder / telling.DICTIONARY), sums)
    return Checked(
        files=len(sums),
        sha256=folders.digest(folder / telling.SUMS),
        rows=sum(about["rows"].values()),
        series=about["series"],
        made_at=about["made_at"],
        identifiable=about["identifiable"],
        problems=tuple(problems),
    )


def _altered(folder: Path, sums: Mapping[str, str]) -> Iterator[str]:
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    there = {path.relative_to(folder).as_posix() for path in found}
    for name in sorted(there - sums.keys() - {telling.SUMS}):
        yield f"{name}: is not in {telling.SUMS}"
    for name, digest in sums.items():
        if name not in there:
            yield f"{name}: is missing"
        elif not _is_plain(folder / name) or folders.digest(folder / name) != digest:
            yield f"{name}: was altered"


def _is_plain(path: Path) -> bool:
    """Tell whether it is a file of its own: reading a pipe would never end."""
    return path.is_file() and not path.is_symlink()


def _disagreeing(
    folder: Path, about: Mapping[str, Any], dictionary: Mapping[str, Any], sums: Mapping[str, str]
) -> Iterator[str]:
    """Yield where the files' content, the counts and the dictionary say different things."""
    [file] = [name for name in sums if name.endswith(".duckdb")]
    try:
        found = found_in_file(folder / file)
        parquet = {name: found_in_parquet(folder / PARQUET / f"{name}.parquet") for name in about["rows"]}
    except ScannerError as error:
        yield f"{error}"
        return
    if not found.keys() == parquet.keys() == dictionary.keys():
        yield f"{file} holds {sorted(found)}, the dictionary {sorted(dictionary)}, the counts {sorted(parquet)}"
        return
    for name, one in found.items():
        yield from _view(name, one, parquet[name], about["rows"][name], dictionary[name])


def _view(name: str, file: Found, parquet: Found, rows: int, told: Mapping[str, Any]) -> Iterator[str]:
    columns = tuple((column["name"], column["type"]) for column in told["columns"])
    for where, one in (("DuckDB file", file), ("Parquet file", parquet)):
        if one.rows != rows:
            yield f"{name}: {one.rows} rows in the {where}, {rows} told"
        if one.columns != columns:
            yield f"{name}: columns {list(one.columns)} in the {where}, {list(columns)} in the dictionary"
    if file.mark != parquet.mark:
        yield f"{name}: the rows of DuckDB file and Parquet file differ"


def _read(path: Path) -> dict[str, Any]:
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: cannot be read, so this is no snapshot; name a folder in data/snapshots") from error
    if not isinstance(told, dict):
        raise UsageError(f"{path}: holds no object, so this is no snapshot; name a folder in data/snapshots")
    return told


def _sums(path: Path) -> dict[str, str]:
    try:
        lines = [line.split("  ", 1) for line in path.read_text("utf-8").splitlines()]
        return {name: digest for digest, name in lines}
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read; without it nothing can be checked") from error
