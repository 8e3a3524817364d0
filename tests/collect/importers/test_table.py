from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from scanner.collect.importers.registry import detect
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role
from scanner.errors import ImportFailed

from .files import read_all, read_one, write_lines, write_table

_ROW = {
    "Akun": "@budi.asn", "Isi": "Apel pagi", "Tanggal": "2026-11-01 19:00:00", "id": "9007199254740993",
    "platform": "facebook",
}  # fmt: skip
_NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_usual_names_are_guessed_and_told(tmp_path: Path) -> None:
    found = detect(write_table(tmp_path, _ROW))
    assert found.format == "table"
    assert found.why == "a table, read as text=Isi, author=Akun, id=id, posted_at=Tanggal, platform=platform"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_with_times_in_the_zone_told(tmp_path: Path, delimiter: str) -> None:
    one = read_one(write_table(tmp_path, _ROW, delimiter=delimiter), columns={"timezone": "Asia/Jakarta"})
    assert (one.platform, one.author_handle, one.native_id) == (Platform.FACEBOOK, "budi.asn", "9007199254740993")
    assert (one.text, one.posted_at, one.verifiable) == ("Apel pagi", _NOON, False)


def test_a_map_names_columns_and_fixed_values(tmp_path: Path) -> None:
    row = {"kolom satu": "Apel", "kolom dua": "budi", "kolom tiga": "7", "id": "salah"}
    columns = {"text": "kolom satu", "author": "kolom dua", "id": "kolom tiga", "platform": "Twitter.com"}
    one = read_one(write_table(tmp_path, row), columns=columns)
    assert (one.text, one.author_handle, one.native_id, one.platform) == ("Apel", "budi", "7", Platform.X)


def test_json_lines_are_read_with_numbers_exact(tmp_path: Path) -> None:
    record = {"text": "Apel", "username": "budi", "id": 9007199254740993, "created_at": 1793534400000}
    one = read_one(write_lines(tmp_path, record), platform=Platform.TIKTOK)
    assert (one.native_id, one.posted_at, one.platform) == ("9007199254740993", _NOON, Platform.TIKTOK)


def test_parquet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tabel"
    columns = {"text": ["Apel", None], "author": ["budi", None], "id": [9007199254740993, 2], "time": [_NOON, _NOON]}
    parquet.write_table(pa.table(columns), path)
    assert "text=text" in detect(path).why
    (one,), (refused,) = read_all(path, platform=Platform.FACEBOOK)
    assert (one.native_id, one.posted_at, one.line) == ("9007199254740993", _NOON, 1)
    assert (refused.line, refused.reason.split(":")[0]) == (2, "tells no author")


def test_an_address_tells_platform_author_and_id(tmp_path: Path) -> None:
    one = read_one(write_table(tmp_path, {"teks": "Apel", "tautan": "https://x.com/budi_asn/status/17"}))
    assert (one.platform, one.author_handle, one.native_id, one.verifiable) == (Platform.X, "budi_asn", "17", True)


def test_author_and_address_that_disagree_are_refused(tmp_path: Path) -> None:
    row = {"teks": "Apel", "author": "Budi Santoso", "link": "https://x.com/budi_asn/status/17"}
    assert "two accounts" in read_all(write_table(tmp_path, row))[1][0].reason
    assert read_one(write_table(tmp_path, row | {"author": "@Budi_ASN"})).author_handle == "Budi_ASN"


def test_a_repost_of_x_is_no_own_post(tmp_path: Path) -> None:
    row = {"text": "RT @tim: Menang…", "author": "budi_asn", "id": "1", "platform": "x"}
    one = read_one(write_table(tmp_path, row))
    assert (one.role, one.text, one.truncated) == (Role.REPOSTED, "Menang…", True)


def test_ids_rounded_by_a_spreadsheet_are_refused(tmp_path: Path) -> None:
    _, refused = read_all(write_table(tmp_path, _ROW | {"id": "9.0072E+15"}))
    assert "rounded by a spreadsheet" in refused[0].reason


def test_a_row_that_tells_no_platform_is_refused(tmp_path: Path) -> None:
    found, refused = read_all(write_table(tmp_path, _ROW | {"platform": ""}, _ROW | {"platform": "friendster"}))
    assert found == []
    assert ["name it" in refused[0].reason, "known: mastodon" in refused[1].reason] == [True, True]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"teks": "Isi"}, "teks unknown; known: text"), ({"text": "Pesan"}, "no column 'Pesan'; there are Akun"),
        ({"timezone": "WIB!"}, "for example Asia/Jakarta"), ({"platform": "friendster"}, "platform is unknown"),
    ],
)  # fmt: skip
def test_a_map_that_does_not_fit_is_refused(tmp_path: Path, columns: dict[str, str], says: str) -> None:
    with pytest.raises(ImportFailed, match=says):
        read_all(write_table(tmp_path, _ROW), columns=columns)


def test_a_table_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"text=\.\.\.; columns: a, b"):
        read_all(write_table(tmp_path, {"a": "1", "b": "2"}), format="table")
