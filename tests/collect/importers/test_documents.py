from __future__ import annotations

import hashlib
import json
from pathlib import Path

from scanner.collect.importers.documents import json_records
from scanner.collect.importers.records import Record
from scanner.domain.runs import Rejected

from .files import write_lines


def _read(path: Path) -> tuple[list[Record], list[Rejected]]:
    found = list(json_records(path))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, Rejected)]


def test_a_bad_line_is_refused_by_number_and_hash_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = b'{"id": 2, "teks": "terpoto'
    records, refused = _read(write_lines(tmp_path, {"id": 1}, "", bad, "[1]", "5", {"id": 3}))
    assert [(one.line, one.fields["id"]) for one in records] == [(1, 1), (6, 3)]
    assert [one.line for one in refused] == [3, 4, 5]
    assert refused[0].raw_sha256 == hashlib.sha256(bad + b"\n").hexdigest()
    assert "terpoto" not in refused[0].reason


def test_a_bad_first_line_does_not_hide_the_rest(tmp_path: Path) -> None:
    records, refused = _read(write_lines(tmp_path, '{"id": ', {"id": 2}))
    assert [one.fields["id"] for one in records] == [2]
    assert [one.line for one in refused] == [1]


def test_large_numbers_stay_exact(tmp_path: Path) -> None:
    (record,), _ = _read(write_lines(tmp_path, f'{{"id": {2**53 + 1}, "besar": {2**70 + 1}}}'))
    assert record.fields == {"id": 2**53 + 1, "besar": 2**70 + 1}


def test_a_key_standing_twice_is_refused(tmp_path: Path) -> None:
    records, refused = _read(write_lines(tmp_path, '{"id": 1, "x": {"id": 2, "id": 3}}', {"id": 4}))
    assert [one.fields["id"] for one in records] == [4]
    assert "stands twice" in refused[0].reason


def test_a_million_brackets_are_refused(tmp_path: Path) -> None:
    _, refused = _read(write_lines(tmp_path, {"id": 1}, '{"a":' * 10**6, "[" * 10**6))
    assert [(one.line, one.reason) for one in refused] == [
        (2, "nested too deeply for a post"), (3, "nested too deeply for a post"),
    ]  # fmt: skip


def test_a_number_of_a_million_digits_is_refused(tmp_path: Path) -> None:
    _, refused = _read(write_lines(tmp_path, {"id": 1}, '{"id": ' + "9" * 10**6 + "}"))
    assert [one.line for one in refused] == [2]


def test_half_a_surrogate_pair_is_replaced_and_told_and_whole_pairs_stay(tmp_path: Path) -> None:
    whole, half, typed = _read(
        write_lines(tmp_path, r'{"t": "\ud83d\ude00"}', r'{"t": "a\ud83d b\ude00\\ud83d"}', r'{"t": "\\ud83d"}')
    )[0]
    assert (whole.fields["t"], whole.repaired) == ("😀", False)
    assert (half.fields["t"], half.repaired) == ("a\ufffd b\ufffd\\ud83d", True)
    assert (typed.fields["t"], typed.repaired) == ("\\ud83d", False)


def test_one_document_over_many_lines_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    path.write_text(json.dumps({"id": 1, "isi": {"a": 2}}, indent=2))
    (record,), refused = _read(path)
    assert (record.line, record.fields, record.raw, refused) == (1, {"id": 1, "isi": {"a": 2}}, path.read_bytes(), [])


def test_an_array_is_read_element_by_element(tmp_path: Path) -> None:
    path = tmp_path / "berkas"
    path.write_text(json.dumps([{"id": 1}, 5, {"id": 3}], indent=1))
    records, refused = _read(path)
    assert [(one.line, one.fields["id"], one.raw) for one in records] == [(1, 1, b'{"id": 1}'), (3, 3, b'{"id": 3}')]
    assert [one.line for one in refused] == [2]


def test_not_a_number_is_nothing(tmp_path: Path) -> None:
    (record,), _ = _read(write_lines(tmp_path, '{"a": NaN, "b": Infinity}'))
    assert record.fields == {"a": None, "b": None}
