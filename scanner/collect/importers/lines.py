"""Lines of a file of any origin: streamed, bounded, always valid text, always with their number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed

LONGEST_LINE = 16 * 2**20
"""Bytes of a line that are still read; one post with all its answers has at most a few."""

_BOM = b"\xef\xbb\xbf"
_FOREIGN = {
    b"\x1f\x8b": "gzip: unpack it first",
    b"PK\x03\x04": "a ZIP or Excel file: unpack it, or save the sheet as CSV UTF-8",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
    b"%PDF": "a PDF: export the data as CSV or JSON",
    b"SQLite format": "an SQLite database: export the data as CSV or JSON",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    number: int
    """1-based."""
    raw: bytes
    """As it stands in the file, with its end."""
    text: str
    repaired: bool
    """NUL bytes were taken out or bytes that are not UTF-8 replaced."""


def open_file(path: Path) -> BinaryIO:
    """Open a file for import. Raises ImportFailed when it is missing, empty, compressed or not UTF-8 at all."""
    try:
        file = path.open("rb")
        start = file.read(16)
    except OSError as error:
        raise ImportFailed(f"{path}: cannot be read: {error.strerror}") from error
    if not start:
        file.close()
        raise ImportFailed(f"{path}: empty; nothing to import")
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            file.close()
            raise ImportFailed(f"{path}: is {what}")
    file.seek(0)
    return file


def read_lines(path: Path) -> Iterator[Line | Rejected]:
    """Yield the lines of a UTF-8 file; one longer than LONGEST_LINE is skipped as a Rejected, unread."""
    with open_file(path) as file:
        number = 0
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                yield Rejected(
                    source=path.name,
                    line=number,
                    reason=f"longer than {LONGEST_LINE // 2**20} MiB; one post per line is expected",
                    raw_sha256=_skip_line(file, raw),
                )
            else:
                yield _line(number, raw)


def _line(number: int, raw: bytes) -> Line:
    content = raw.removeprefix(_BOM) if number == 1 else raw
    clean = content.replace(b"\0", b"")
    try:
        return Line(number=number, raw=raw, text=clean.decode(), repaired=len(clean) != len(content))
    except UnicodeDecodeError:
        return Line(number=number, raw=raw, text=clean.decode(errors="replace"), repaired=True)


def _skip_line(file: BinaryIO, beginning: bytes) -> str:
    digest = hashlib.sha256(beginning)
    piece = beginning
    while not piece.endswith(b"\n") and (piece := file.readline(2**20)):
        digest.update(piece)
    return digest.hexdigest()
