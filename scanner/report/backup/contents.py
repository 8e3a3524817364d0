"""What goes into a backup: the record as it is at one moment, the bytes it names, settings, lists and the one key.

Left out: snapshots and exports, which are made anew; keys of snapshot series, which have to die when they are
destroyed; the erasure list, which must outlive every backup; encoders and what was read with them, which are installed
anew; and secrets.toml unless it is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from scanner.report.backup.archive import Member
from scanner.store import audit, manifest, marks
from scanner.store.connection import Store
from scanner.store.twin import copy_bytes, workplace

_BYTES = ("evidence", "media", "timestamps", "receipts")
"""Folders of the data folder that go in whole; what lies in them is written once."""
_OWN = ("scanner.toml", "roster.csv")
_FOLDERS = ("elections",)


@contextlib.contextmanager
def copied(store: Store, *, secrets: bool, model: str) -> Iterator[Iterator[Member]]:
    """Copy the record and yield all that goes in. Whoever writes to the record waits while its bytes are."""
    with store.lease("backup: take the log in") as lease:
        marks.load_key(lease)  # drawn now if it was not: what is erased later must be known when this comes back
    with workplace(store.path.parent, "backup") as folder:
        whole, copy = folder / store.path.name, folder / "copy.duckdb"
        with store.still("backup"):
            copy_bytes(store.path, whole)
            heads = list(_small(store.path.parent))
        Store(whole).copy_to(copy)  # without what was deleted and lies in the bytes still
        copy.chmod(0o600)
        whole.unlink()
        yield _members(store, copy, heads, secrets=secrets, model=model)


@contextlib.contextmanager
def as_it_was(store: Store, copy: Path, *, secrets: bool, model: str) -> Iterator[Iterator[Member]]:
    """Yield all that goes in, with a copy of the record from before an upgrade, which keeps everybody else away."""
    marks.draw_key(store.path.parent)
    with workplace(store.path.parent, "backup") as folder:
        Store(copy).copy_to(folder / "copy.duckdb")  # without what was deleted and lies in the bytes still
        heads = list(_small(store.path.parent))
        yield _members(store, folder / "copy.duckdb", heads, secrets=secrets, model=model)


def _small(data: Path) -> Iterator[Member]:
    """Yield, as they are now, the files that must fit the record."""
    paths = (audit.anchor_path(data), manifest.anchor_path(data), marks.key_path(data), data / "offline.key")
    for path in paths:
        if path.is_file():
            yield Member(f"data/{path.relative_to(data).as_posix()}", path.read_bytes())


def _members(store: Store, copy: Path, heads: list[Member], *, secrets: bool, model: str) -> Iterator[Member]:
    data, root = store.path.parent, store.path.parent.parent
    yield from heads
    for name in (*_OWN, *(("secrets.toml",) if secrets else ())):
        if (root / name).is_file():
            yield Member(name, (root / name).read_bytes())
    for folder in (*(root / name for name in _FOLDERS), *([root / model] if _is_inside(root, model) else [])):
        yield from _files(folder, root)
    yield Member(f"data/{store.path.name}", copy)
    for name in _BYTES:
        yield from _files(data / name, root)


def _is_inside(root: Path, model: str) -> bool:
    """Tell whether the model is a folder of the workspace, and not a shipped one."""
    inside = (root / model).resolve().is_relative_to(root.resolve()) and bool(model)
    return inside and (root / model / "config.json").is_file()


def _files(folder: Path, root: Path) -> Iterator[Member]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".part-"):
            yield Member(path.relative_to(root).as_posix(), path)
