from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from scanner.collect.importers.records import Record
from scanner.collect.importers.tables import csv_records, parquet_records
from scanner.domain.captures import sha256
from scanner.domain.runs import Rejected
from scanner.errors import ImportFailed


def _read(folder: Path, content: bytes, delimiter: str = ",") -> tuple[list[Record], list[Rejected]]:
    path = folder / "tabel"
    path.write_bytes(content)
    found = list(csv_records(path, delimiter))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, Rejected)]


def test_rows_span_lines_and_carry_the_number_of_their_first(tmp_path: Path) -> None:
    records, _ = _read(tmp_path, b'\xef\xbb\xbfid;teks\r\n1;"baris satu\r\nbaris dua; ""dua"""\r\n2;lain\r\n', ";")
    assert [(one.line, dict(one.fields)) for one in records] == [
        (2, {"id": "1", "teks": 'baris satu\r\nbaris dua; "dua"'}), (4, {"id": "2", "teks": "lain"}),
    ]  # fmt: skip
    assert json.loads(records[0].raw) == records[0].fields


def test_a_row_with_other_columns_is_refused_by_line_and_hash(tmp_path: Path) -> None:
    records, refused = _read(tmp_path, b"id,teks\n1,a\n2,b,c\n3\n4,d\n")
    assert [one.fields["id"] for one in records] == ["1", "4"]
    assert [(one.line, one.reason, one.raw_sha256) for one in refused] == [
        (3, "3 cells under 2 columns", sha256(b"2,b,c\n")), (4, "1 cells under 2 columns", sha256(b"3\n")),
    ]  # fmt: skip


def test_repeated_headers_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    records, refused = _read(tmp_path, b"\n id ,teks\n1,a\n\n,\nid,teks\n2,b\n")
    assert [one.fields["id"] for one in records] == ["1", "2"]
    assert refused == []


def test_a_quote_never_closed_costs_one_row_and_not_the_file(tmp_path: Path) -> None:
    filler = b"".join(b"%d,isi\n" % number for number in range(40_000))
    records, refused = _read(tmp_path, b'id,teks\n1,"tak ditutup\n' + filler)
    assert [one.line for one in refused] == [2]
    assert records[-1].fields["id"] == "39999"


def test_repaired_bytes_are_told_of_their_row_alone(tmp_path: Path) -> None:
    records, _ = _read(tmp_path, b"id,teks\n1,baik\n2,bu\xc3ruk\n3,n\0ol\n4,baik\n")
    assert [one.repaired for one in records] == [False, True, True, False]
    assert records[2].fields["teks"] == "nol"


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="column id stands twice"):
        _read(tmp_path, b"id,teks,id\n1,a,2\n")


def test_without_a_delimiter_there_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="no table"):
        _read(tmp_path, b"hanya kata\n", "")


def test_parquet_rows_are_read_in_batches_with_their_types(tmp_path: Path) -> None:
    path, when = tmp_path / "tabel", datetime(2026, 11, 1, tzinfo=UTC)
    parquet.write_table(pa.table({"id": [2**53 + 1, 2], "teks": ["a", None], "waktu": [when, when]}), path)
    first, second = list(parquet_records(path))
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.line, dict(first.fields)) == (1, {"id": 2**53 + 1, "teks": "a", "waktu": when})
    assert json.loads(second.raw)["teks"] is None


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tabel"
    path.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(ImportFailed, match="no readable Parquet"):
        list(parquet_records(path))
