from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.importers.values import (
    dig,
    handle,
    identifier,
    language,
    mask_handles,
    moment,
    objects,
    strip_repost,
    truth,
    unescape,
    with_notes,
    words,
)  # fmt: skip
from scanner.domain.posts import Media
from scanner.errors import ImportFailed

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SECONDS = int(NOON.timestamp())


@pytest.mark.parametrize(
    "written",
    [
        SECONDS, str(SECONDS), SECONDS * 1000, str(SECONDS * 1000), SECONDS * 10**6, SECONDS * 10**9, float(SECONDS),
        f"{SECONDS}.0", "2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z", "2026-11-01T19:00:00+0700",
        "2026-11-01 19:00:00+07:00", "2026-11-01 12:00:00", "Sun Nov 01 12:00:00 +0000 2026",
        "2026-11-01 07:00:00 EST", "2026-11-01 08:00:00 EDT", "2026-11-01 19:00:00 WIB", "2026-11-01 20:00:00 WITA",
        "2026-11-01 12:00:00 UTC", " 2026-11-01T12:00:00Z ", NOON, NOON.astimezone(timezone(timedelta(hours=7))),
        datetime(2026, 11, 1, 12, 0),
    ],
)  # fmt: skip
def test_every_writing_of_one_moment_is_the_same_moment(written: Any) -> None:
    read = moment(written)
    assert read == NOON
    assert read is not None
    assert read.tzinfo is UTC


@pytest.mark.parametrize("written", [None, "", 0, "0", "  ", "2026-11-01", "20261101", date(2026, 11, 1)])
def test_no_time_of_day_is_no_time(written: Any) -> None:
    assert moment(written) is None


@pytest.mark.parametrize(
    "written",
    [
        "kemarin", "2026-13-01T00:00:00Z", "2026-11-01 07:00:00 XYZ", -5, 12345, True, float("inf"), float("nan"),
        10**400, "1" * 400, [], {}, b"2026", "0001-01-01T00:00:00+14:00", "Wed Oct 99 20:19:24 +0000 2018",
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_read_is_told_without_quoting_it(written: Any) -> None:
    with pytest.raises(ImportFailed, match="time cannot be read") as caught:
        moment(written)
    assert "kemarin" not in str(caught.value)


def test_a_time_without_zone_is_meant_in_the_zone_told() -> None:
    assert moment("2026-11-01 19:00:00", ZoneInfo("Asia/Jakarta")) == NOON
    assert moment("2026-11-01T12:00:00Z", ZoneInfo("Asia/Jakarta")) == NOON


@settings(deadline=None, max_examples=300)
@given(st.text() | st.integers() | st.floats() | st.none() | st.binary() | st.datetimes())
def test_anything_is_a_moment_in_utc_or_none_or_refused(value: Any) -> None:
    try:
        read = moment(value)
    except ImportFailed:
        return
    assert read is None or read.tzinfo is UTC


def test_ids_keep_every_digit() -> None:
    assert identifier(2**53 + 1) == "9007199254740993"
    assert identifier(" 9007199254740993 ") == "9007199254740993"
    assert identifier("000123") == "000123"
    assert [identifier(value) for value in (None, "", True, [], {})] == [None] * 5


@pytest.mark.parametrize("damaged", [1.7e18, "1.7E+18", "1,70E+18", "9E18", "1700000000000000000.0"])
def test_it_refuses_an_id_that_lost_digits(damaged: Any) -> None:
    with pytest.raises(ImportFailed, match="export again with ids as text"):
        identifier(damaged)


def test_handles_lose_their_at_sign_but_keep_their_case() -> None:
    assert handle(" @BudiASN ") == "BudiASN"
    assert [handle(value) for value in ("@", "", None, 5, {})] == [None] * 5


def test_other_peoples_handles_are_masked() -> None:
    assert mask_handles("@budi_asn: hai @Siti.N, @a@mas.example.") == "@…: hai @…, @…."
    assert mask_handles("surel budi@kantor.example") == "surel budi@kantor.example"


def test_only_the_escapes_of_x_are_undone() -> None:
    assert unescape("a &amp; b &lt;3 &gt; &copy=1 &amp;lt;") == "a & b <3 > &copy=1 &lt;"


def test_a_repost_is_told_by_its_beginning() -> None:
    assert strip_repost("RT @kantor_kita: Apel pagi") == "Apel pagi"
    assert strip_repost("ingat RT @kantor_kita: Apel pagi") is None


def test_notes_of_pictures_and_links_become_part_of_the_text() -> None:
    media = [Media(kind="image", description="spanduk"), Media(kind="image"), Media(kind="link", description="Berita")]
    assert with_notes("Apel", media) == "Apel\n[gambar: spanduk]\n[tautan: Berita]"
    assert with_notes("", []) == ""


def test_codes_of_languages_are_todays() -> None:
    assert [language(code) for code in ("in", "ID", "su", "und", "qme", "zxx", "", None)] == [
        "id", "id", "su", None, None, None, None, None,
    ]  # fmt: skip


def test_paths_into_json_end_in_none_where_they_do_not_hold() -> None:
    assert dig({"a": [{"b": 1}]}, "a", 0, "b") == 1
    assert [dig(value, "a", 0, "b") for value in (None, 5, [], {"a": "teks"}, {"a": []}, {"a": [[]]})] == [None] * 6
    assert objects([{"a": 1}, 5, None]) == [{"a": 1}]
    assert objects("teks") == []
    assert words("a\0b") == "ab"
    assert words(5) == ""
    assert [truth(value) for value in ("yes", "True", "ya", 1, "no", "", None, 0)] == [True] * 4 + [False] * 4
