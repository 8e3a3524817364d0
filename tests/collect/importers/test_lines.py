from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from scanner.collect.importers.lines import LONGEST_LINE, Line, read_lines
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "berkas"
    path.write_bytes(content)
    return path


def test_lines_are_numbered_and_keep_their_bytes(tmp_path: Path) -> None:
    lines = list(read_lines(_written(tmp_path, b"\xef\xbb\xbfsatu\r\ndua\n\nempat")))
    assert [(line.number, line.text, line.repaired) for line in lines if isinstance(line, Line)] == [
        (1, "satu\r\n", False), (2, "dua\n", False), (3, "\n", False), (4, "empat", False),
    ]  # fmt: skip
    assert isinstance(lines[0], Line)
    assert lines[0].raw == b"\xef\xbb\xbfsatu\r\n"


def test_nul_and_invalid_bytes_are_repaired_and_told(tmp_path: Path) -> None:
    nul, invalid = list(read_lines(_written(tmp_path, b"a\0b\n\xff\xfehalo\n".replace(b"\xff\xfe", b"\xc3"))))
    assert isinstance(nul, Line)
    assert isinstance(invalid, Line)
    assert (nul.text, nul.repaired) == ("ab\n", True)
    assert (invalid.text, invalid.repaired, invalid.raw) == ("\ufffdhalo\n", True, b"\xc3halo\n")


def test_a_line_without_end_is_passed_over_unread_and_the_next_is_read(tmp_path: Path) -> None:
    long = b"x" * (LONGEST_LINE + 5) + b"\n"
    refused, line = list(read_lines(_written(tmp_path, long + b"baik\n")))
    assert isinstance(refused, Rejected)
    assert (refused.line, refused.raw_sha256) == (1, hashlib.sha256(long).hexdigest())
    assert "16 MiB" in refused.reason
    assert isinstance(line, Line)
    assert (line.number, line.text) == (2, "baik\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"), (b"\x1f\x8b\x08", "gzip"), (b"PK\x03\x04", "ZIP or Excel"), ("a".encode("utf-16"), "UTF-16"),
        (b"%PDF-1.7", "PDF"), (b"SQLite format 3\0", "SQLite"),
    ],
)  # fmt: skip
def test_it_says_what_a_foreign_file_is(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ImportFailed, match=says):
        list(read_lines(_written(tmp_path, content)))


def test_it_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"tiada.*cannot be read"):
        list(read_lines(tmp_path / "tiada"))
    with pytest.raises(ImportFailed, match="cannot be read"):
        list(read_lines(tmp_path))
