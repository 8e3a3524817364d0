from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.scan.lines import Line, read_lines
from scanner.scan.tables import BadRow


def lines(tmp_path: Path, body: bytes) -> list[Line | BadRow]:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(body)
    return list(read_lines(str(path)))


def test_a_row_passes_through_as_it_was_written(tmp_path: Path):
    (line,) = lines(tmp_path, b'\xef\xbb\xbf{"n": 1.0, "text": "Halo \xf0\x9f\x99\x82", "posted_at": null} \r\n\n')
    assert (line.text, line.posted_at) == ("Halo 🙂", None)
    assert line.with_members(b'"codes":["A"]', [b"codes"]) == (
        '{"n": 1.0, "text": "Halo 🙂", "posted_at": null,"codes":["A"]}'.encode()
    )


def test_columns_that_are_there_already_get_the_new_values(tmp_path: Path):
    (line,) = lines(tmp_path, b'{"text":"a","model":"old"}')
    assert json.loads(line.with_members(b'"model":"new"', [b"codes", b"model"])) == {"text": "a", "model": "new"}


@pytest.mark.parametrize("bad", [b"[1]", b"{", b'{"text":"a","x":"\xff"}', b'{"text":"a"} x'])
def test_what_is_no_json_object_is_told_and_the_rest_goes_on(tmp_path: Path, bad: bytes):
    first, second = lines(tmp_path, bad + b'\n{"text":"b"}\n')
    assert isinstance(first, BadRow)
    assert first.place.endswith("posts.jsonl line 1")
    assert second.row == {"text": "b"}
