from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role

from .files import read_all, read_one, real_file, write_lines, write_table, x_post

_META = {"source_platform": "twitter.com", "timestamp_collected": 1797000000000, "user_agent": "Peramban/1.0"}


def _row(**more: str) -> dict[str, str]:
    row = {
        "id": "1700000000000000001", "thread_id": "1", "timestamp": "2026-11-01 12:00:00", "body": "Rapat &amp; apel",
        "author": "budi_asn", "unix_timestamp": "1793534400", "link": "https://x.com/budi_asn/status/1700000000000000001",
    }  # fmt: skip
    return row | more


def test_items_with_import_meta_are_read_as_the_capture_they_came_from(tmp_path: Path) -> None:
    path = write_lines(tmp_path, x_post() | {"__import_meta": _META})
    assert detect(path).format == "fourcat"
    one = read_one(path)
    assert (one.author_handle, one.captured_at) == ("budi_asn", datetime(2026, 12, 11, 14, 40, tzinfo=UTC))
    assert b"Peramban" not in one.raw


def test_items_of_4cats_own_searches_are_refused_with_the_way_out(tmp_path: Path) -> None:
    path = write_lines(tmp_path, x_post() | {"__import_meta": _META}, {"id": "1", "4CAT_metadata": {}})
    assert "as CSV" in read_all(path)[1][0].reason


@pytest.mark.parametrize(("delimiter", "kind"), [(",", "4CAT CSV"), (";", "Zeeschuimer CSV")])
def test_both_tables_are_read(tmp_path: Path, delimiter: str, kind: str) -> None:
    path = write_table(tmp_path, _row(language_guess="in", author_id="5"), delimiter=delimiter)
    assert detect(path).why.startswith(kind)
    one = read_one(path)
    assert (one.platform, one.native_id, one.author_handle, one.author_id) == (
        Platform.X, "1700000000000000001", "budi_asn", "5",
    )  # fmt: skip
    assert (one.text, one.language, one.line) == ("Rapat & apel", "id", 2)
    assert one.posted_at == datetime.fromtimestamp(1793534400, UTC)


def test_roles_are_told_by_the_columns_of_x(tmp_path: Path) -> None:
    plain = {"is_retweet": "no", "is_quote_tweet": "no", "is_reply": "no", "quote_body": ""}
    repost, quote, reply = read_all(
        write_table(
            tmp_path,
            _row(id="1", body="RT @tim: Menang RT @lain: x", **plain | {"is_retweet": "yes"}),
            _row(id="2", **plain | {"is_quote_tweet": "yes", "quote_body": "Kata @siti &amp; kami"}),
            _row(id="3", **plain | {"is_reply": "yes"}),
        )
    )[0]
    assert (repost.role, repost.text) == (Role.REPOSTED, "Menang RT @lain: x")
    assert (quote.role, quote.context) == (Role.QUOTED, "Kata @… & kami")
    assert reply.role is Role.REPLIED


@pytest.mark.parametrize(
    ("body", "cut"), [("a" * 279, True), ("😀" * 135, True), ("pendek", False), ("a" * 200, False)]
)
def test_posts_of_x_that_may_be_cut_are_marked(tmp_path: Path, body: str, cut: bool) -> None:
    assert read_one(write_table(tmp_path, _row(body=body))).truncated is cut


def test_long_captions_elsewhere_are_whole(tmp_path: Path) -> None:
    one = read_one(write_table(tmp_path, _row(body="a" * 900, link="https://www.instagram.com/p/Cab12")))
    assert (one.platform, one.truncated) == (Platform.INSTAGRAM, False)


def test_co_authors_of_instagram_get_a_sighting_each(tmp_path: Path) -> None:
    row = _row(id="Cab12", author="budi.asn", coauthors="Budi.ASN,dinas.kita", link="https://www.instagram.com/p/Cab12")
    first, second = read_all(write_table(tmp_path, row))[0]
    assert (first.native_id, first.role) == ("Cab12", Role.POSTED)
    assert (second.native_id, second.author_handle, second.role) == (
        "Cab12#co:dinas.kita",
        "dinas.kita",
        Role.CO_AUTHORED,
    )


def test_words_pasted_onto_a_tiktok_film_are_part_of_its_text(tmp_path: Path) -> None:
    one = read_one(
        write_table(tmp_path, _row(tiktok_url="https://tiktok.com/@budi.asn/video/7", link="", stickers="Coblos\nSatu"))
    )
    assert one.text == "Rapat &amp; apel\n[teks gambar: Coblos]\n[teks gambar: Satu]"


@pytest.mark.parametrize("author", ["d41d8cd98f00b204e9800998ecf8427e", "REDACTED", "", "a" * 64])
def test_authors_made_unknown_are_refused(tmp_path: Path, author: str) -> None:
    found, refused = read_all(write_table(tmp_path, _row(author=author), _row(id="2")))
    assert [one.native_id for one in found] == ["2"]
    assert "cannot be told whose post" in refused[0].reason


def test_a_default_in_place_of_a_missing_value_is_no_value(tmp_path: Path) -> None:
    _, refused = read_all(write_table(tmp_path, _row(author="tidak ada", missing_fields="author")))
    assert "tells no author" in refused[0].reason
    assert read_one(write_table(tmp_path, _row(missing_fields="body"))).truncated


def test_a_platform_that_no_address_tells_must_be_named(tmp_path: Path) -> None:
    path = write_table(tmp_path, _row(link="", id="kanal-5"))
    assert "name it" in read_all(path)[1][0].reason
    one = read_one(path, platform=Platform.TELEGRAM)
    assert (one.platform, one.verifiable) == (Platform.TELEGRAM, False)


def test_a_row_without_an_address_column_of_its_format_is_refused(tmp_path: Path) -> None:
    table: dict[str, Any] = {"id": "1", "judul": "x"}
    _, refused = read_all(write_table(tmp_path, table), format="fourcat")
    assert refused[0].reason.startswith("the row tells no platform")


def test_the_real_table_and_the_real_capture_hold_the_same_posts() -> None:
    name = "zeeschuimer/zeeschuimer-x-raw_user_tweets"
    table, refused = read_all(real_file(f"{name}.csv"))
    capture, _ = read_all(real_file(f"{name}.ndjson"))
    assert refused == []
    for one, other in zip(table, capture, strict=True):
        assert (one.native_id, one.author_id, one.posted_at, one.role) == (
            other.native_id, other.author_id, other.posted_at, other.role,
        )  # fmt: skip
        if not other.text.startswith(one.text):
            assert one.truncated
