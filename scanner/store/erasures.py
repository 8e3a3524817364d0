"""The erasure list: marks of all that had to leave. It lies beside backups, not in them, and outlives them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import StoreError, UsageError
from scanner.store import files, marks
from scanner.store.connection import Lease, Store
from scanner.store.exports import load_exports
from scanner.store.marks import Mark

NAME = "erasures.log"
_KEY = "key "
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Erasures:
    """A list that was read."""

    key: str
    """By it one knows under which key the marks were made; it does not tell the key."""
    marks: frozenset[str]


def share(store: Store) -> list[Path]:
    """Lay the list as it is now into the data folder and every folder known to hold backups; return where it lies."""
    with store.lease("erasures: lay the list beside the backups", reading=True) as lease:
        folders = {Path(one.path).parent for one in load_exports(lease) if one.kind == "backup"} | {lease.folder}
        body = _body(lease)
    written = []
    for folder in sorted(folder for folder in folders if folder.is_dir()):
        with contextlib.suppress(StoreError):  # a disk that is away now gets it with the next backup
            files.write_durably(folder / NAME, body, mode=0o600)
            written.append(folder / NAME)
    return written


def read_list(path: Path) -> Erasures:
    """Read a list. UsageError for a file that is none."""
    try:
        first, *lines = path.read_text("ascii").splitlines() or [""]
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as an erasure list; {NAME} lies beside the backups") from error
    if not first.startswith(_KEY) or not all(len(line) == 64 and _HEX.issuperset(line) for line in lines):
        raise UsageError(f"{path}: is no erasure list, or it is damaged; {NAME} lies beside the backups")
    return Erasures(first.removeprefix(_KEY), frozenset(lines))


def key_mark(lease: Lease) -> str:
    """Return by what the key of this record is known."""
    return marks.mark(marks.load_key(lease), Mark.PERSON, "the key itself")[:16]


def _body(lease: Lease) -> bytes:
    found: Iterable[tuple[str]] = lease.rows("SELECT mark FROM tombstones ORDER BY event, mark")
    return "".join(f"{line}\n" for line in (f"{_KEY}{key_mark(lease)}", *(mark for (mark,) in found))).encode()
