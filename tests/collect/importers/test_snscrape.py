from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.posts import Role

from .files import read_all, read_one, real_file, write_lines


def _post(**more: Any) -> dict[str, Any]:
    return {
        "_type": "snscrape.modules.twitter.Tweet", "id": 9007199254740993, "date": "2023-09-08T03:04:05+00:00",
        "rawContent": "Apel &amp; rapat", "lang": "in", "user": {"username": "budi_asn", "id": 9007199254740995},
        **more,
    }  # fmt: skip


def test_posts_of_both_tools_are_read_with_exact_ids(tmp_path: Path) -> None:
    twscrape = _post(id_str="9007199254740993", date="2023-09-08 03:04:05+00:00")
    assert "twscrape" in detect(write_lines(tmp_path, twscrape)).why
    for post in (_post(), twscrape):
        one = read_one(write_lines(tmp_path, post))
        assert (one.native_id, one.author_id, one.author_handle) == ("9007199254740993", "9007199254740995", "budi_asn")
        assert one.posted_at == datetime(2023, 9, 8, 3, 4, 5, tzinfo=UTC)
        assert (one.text, one.language) == ("Apel & rapat", "id")


def test_older_files_name_the_text_otherwise(tmp_path: Path) -> None:
    post = _post(content="Apel")
    del post["rawContent"]
    assert read_one(write_lines(tmp_path, post)).text == "Apel"


def test_roles_and_the_words_of_others(tmp_path: Path) -> None:
    other = {"id": 5, "rawContent": "Pilih @kami &amp; menang", "user": {"username": "tim"}}
    repost, quote, reply = read_all(
        write_lines(
            tmp_path,
            _post(id=1, rawContent="RT @tim: Pilih…", retweetedTweet=other),
            _post(id=2, quotedTweet=other),
            _post(id=3, inReplyToTweetId=5),
        )
    )[0]
    assert (repost.role, repost.author_handle, repost.text) == (Role.REPOSTED, "budi_asn", "Pilih @kami & menang")
    assert (quote.role, quote.context) == (Role.QUOTED, "Pilih @… & menang")
    assert reply.role is Role.REPLIED


def test_protected_accounts_are_marked(tmp_path: Path) -> None:
    assert not read_one(write_lines(tmp_path, _post(user={"username": "budi_asn", "protected": True}))).public


def test_pictures_and_links_of_both_tools_are_read(tmp_path: Path) -> None:
    ours = {"photos": [{"url": "https://p.example/1.jpg", "altText": "spanduk"}], "videos": [], "animated": []}
    theirs = [{"_type": "snscrape.modules.twitter.Photo", "fullUrl": "https://p.example/1.jpg", "altText": "spanduk"}]
    for media in (ours, theirs):
        post = _post(media=media, links=[{"url": "https://kantor.example"}], card={"title": "Berita"})
        one = read_one(write_lines(tmp_path, post))
        assert one.text == "Apel & rapat\n[gambar: spanduk]\n[tautan: Berita]"
        assert [item.url for item in one.media] == ["https://p.example/1.jpg", "https://kantor.example"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"_type": "snscrape.modules.telegram.TelegramPost", "url": "https://t.me/s/kabar_desa/12"},
         ("telegram", "kabar_desa/12", "kabar_desa")),
        ({"_type": "snscrape.modules.instagram.InstagramPost", "url": "https://www.instagram.com/p/Cab12/",
          "username": "budi.asn"}, ("instagram", "Cab12", "budi.asn")),
        ({"_type": "snscrape.modules.facebook.FacebookPost", "cleanUrl": "https://www.facebook.com/dinas/posts/5"},
         ("facebook", "5", "dinas")),
    ],
)  # fmt: skip
def test_other_modules_tell_the_author_by_the_address(
    tmp_path: Path, fields: dict[str, Any], told: tuple[str, str, str]
) -> None:
    one = read_one(write_lines(tmp_path, {"date": "2023-09-08T03:04:05+00:00", "content": "Apel", **fields}))
    assert (one.platform, one.native_id, one.author_handle) == told


def test_other_modules_and_strange_addresses_are_refused(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path,
        {"_type": "snscrape.modules.weibo.Post"},
        {"_type": "snscrape.modules.telegram.TelegramPost", "url": "x"},
    )
    assert [one.line for one in read_all(path)[1]] == [1, 2]


def test_a_real_dump_of_one_user_holds_posts_of_others_and_each_goes_to_its_author() -> None:
    found, refused = read_all(real_file("other/twscrape.jsonl"))
    assert refused == []
    assert len(found) == 25
    assert len({one.author_id for one in found}) == 5
    reposts = [one for one in found if one.role is Role.REPOSTED]
    assert {one.author_handle for one in reposts} == {"XDevelopers"}
    assert not any(one.text.startswith("RT @") for one in reposts)


def test_a_real_snscrape_line_is_read() -> None:
    assert read_one(real_file("other/snscrape-twitter.jsonl")).native_id == "1700000000000000001"
