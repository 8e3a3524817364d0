from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.accounts import Platform

from .files import read_all, read_one, real_file, write_lines


def _film(**more: Any) -> dict[str, Any]:
    return {
        "id": "abcdefghijk", "extractor": "youtube", "extractor_key": "Youtube", "title": "Apel pagi",
        "description": "Lengkap", "timestamp": 1793534400, "upload_date": "20261101", "availability": "public",
        "uploader": "Budi", "uploader_id": "@budi.asn", "channel_id": "UC" + "x" * 22,
        "webpage_url": "https://www.youtube.com/watch?v=abcdefghijk", "epoch": 1797000000,
        "formats": [{"http_headers": {"Cookie": "rahasia"}}], "http_headers": {"Cookie": "rahasia"},
        "comments": [{"text": "kata orang lain"}], "_type": "video", **more,
    }  # fmt: skip


def test_a_film_of_youtube_is_read(tmp_path: Path) -> None:
    path = write_lines(tmp_path, _film())
    assert detect(path).format == "ytdlp"
    one = read_one(path)
    assert (one.platform, one.native_id, one.author_handle) == (Platform.YOUTUBE, "abcdefghijk", "budi.asn")
    assert one.author_id == "UC" + "x" * 22
    assert one.text == "Apel pagi\nLengkap"
    assert one.posted_at == datetime.fromtimestamp(1793534400, UTC)
    assert one.captured_at == datetime.fromtimestamp(1797000000, UTC)


def test_the_evidence_holds_no_session_data_and_no_comments(tmp_path: Path) -> None:
    raw = read_one(write_lines(tmp_path, _film())).raw
    assert json.loads(raw)["title"] == "Apel pagi"
    assert b"rahasia" not in raw
    assert b"orang lain" not in raw


@pytest.mark.parametrize(
    ("availability", "public"),
    [("public", True), (None, False), ("unlisted", False), ("private", False), ("needs_auth", False)],
)
def test_only_what_is_listed_publicly_is_public(tmp_path: Path, availability: str | None, public: bool) -> None:
    assert read_one(write_lines(tmp_path, _film(availability=availability))).public is public


def test_a_bare_upload_date_tells_no_time(tmp_path: Path) -> None:
    assert read_one(write_lines(tmp_path, _film(timestamp=None))).posted_at is None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"extractor_key": "TikTok", "id": "7288", "uploader": "budi.asn", "uploader_id": "5", "channel": "Budi",
          "webpage_url": "https://www.tiktok.com/@budi.asn/video/7288"}, ("tiktok", "7288", "budi.asn", "5")),
        ({"extractor_key": "Twitter", "id": "31", "uploader": "Budi", "uploader_id": "budi_asn", "channel_id": "5",
          "webpage_url": "https://twitter.com/budi_asn/status/17"}, ("x", "17", "budi_asn", "5")),
        ({"extractor_key": "Instagram", "id": "Cab12", "channel": "budi.asn", "uploader": "Budi", "uploader_id": "5",
          "webpage_url": "https://www.instagram.com/p/Cab12/"}, ("instagram", "Cab12", "budi.asn", "5")),
        ({"extractor_key": "Facebook", "id": "55", "uploader": "Budi", "uploader_id": "1000",
          "webpage_url": "https://www.facebook.com/budi.asn/videos/55/"}, ("facebook", "55", "budi.asn", "1000")),
    ],
)  # fmt: skip
def test_every_platform_keeps_its_author_elsewhere(
    tmp_path: Path, fields: dict[str, Any], told: tuple[str, ...]
) -> None:
    film = {"title": "Leng…", "description": "Lengkap", "availability": None, "timestamp": 1793534400}
    one = read_one(write_lines(tmp_path, film | fields))
    assert (one.platform, one.native_id, one.author_handle, one.author_id) == told
    assert (one.text, one.public) == ("Lengkap", True)


def test_a_playlist_gives_its_films(tmp_path: Path) -> None:
    flat = {"_type": "url", "id": "x", "url": "https://youtu.be/x", "extractor_key": "Youtube"}
    inner = {"_type": "playlist", "entries": [_film(id="b" * 11, webpage_url=""), None]}
    path = tmp_path / "daftar.info.json"
    outer = {"_type": "playlist", "extractor_key": "YoutubeTab", "entries": [_film(), inner, flat]}
    path.write_text(json.dumps(outer, indent=1))
    found, refused = read_all(path)
    assert [one.native_id for one in found] == ["abcdefghijk", "b" * 11]
    assert "flat-playlist" in refused[0].reason


def test_other_extractors_are_refused_by_name_of_what_is_read(tmp_path: Path) -> None:
    _, refused = read_all(write_lines(tmp_path, _film(extractor_key="Vimeo")))
    assert "read are youtube" in refused[0].reason


def test_the_time_of_a_real_web_page_film_is_unknown() -> None:
    one = read_one(real_file("other/yt-dlp-generic.info.json"))
    assert (one.platform, one.posted_at) == (Platform.WEB, None)
    assert b"http_headers" not in one.raw
