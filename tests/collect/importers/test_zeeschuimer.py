from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect
from scanner.collect.importers.values import unescape
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role

from .files import envelope, read_all, read_one, real_file, write_lines, x_post, x_user


def _x(folder: Path, post: dict[str, Any], **more: Any) -> Path:
    return write_lines(folder, envelope("twitter.com", post, **more))


def test_it_is_told_by_its_envelope(tmp_path: Path) -> None:
    assert detect(_x(tmp_path, x_post())).format == "zeeschuimer"


def test_a_post_of_x_is_read_whole(tmp_path: Path) -> None:
    post = x_post(
        "Apel &amp; rapat https://t.co/a",
        entities={"urls": [{"expanded_url": "https://kantor.example/berita"}]},
        extended_entities={
            "media": [{"type": "photo", "media_url_https": "https://p.example/1.jpg", "ext_alt_text": "spanduk"}]
        },
    )
    post["card"] = {"legacy": {"binding_values": [{"key": "title", "value": {"string_value": "Berita A&amp;B"}}]}}
    one = read_one(_x(tmp_path, post))
    assert (one.platform, one.native_id, one.role) == (Platform.X, "2082640274845811115", Role.POSTED)
    assert (one.author_handle, one.author_id) == ("budi_asn", "9007199254740993")
    assert one.posted_at == datetime(2018, 10, 10, 20, 19, 24, tzinfo=UTC)
    assert one.text == "Apel & rapat https://t.co/a\n[gambar: spanduk]\n[tautan: Berita A&B]"
    assert one.url == "https://x.com/budi_asn/status/2082640274845811115"
    assert (one.language, one.public, one.line) == ("id", True, 1)
    assert one.captured_at == datetime(2026, 12, 11, 14, 40, tzinfo=UTC)
    assert one.media[1] == Media(kind="link", url="https://kantor.example/berita", description="Berita A&B")


def test_the_evidence_holds_the_item_and_nothing_of_the_browser(tmp_path: Path) -> None:
    one = read_one(_x(tmp_path, x_post()))
    assert json.loads(one.raw)["data"] == x_post()
    assert b"Peramban" not in one.raw
    assert b"rahasia" not in one.raw


def test_replies_keep_their_exact_id(tmp_path: Path) -> None:
    post = x_post(in_reply_to_status_id_str="1") | {"id": 2082640274845811200}
    one = read_one(_x(tmp_path, post, item_id="2082640274845811200"))
    assert (one.native_id, one.role) == ("2082640274845811115", Role.REPLIED)


def test_long_posts_are_read_beyond_280_characters(tmp_path: Path) -> None:
    long = "kata & " * 100
    post = x_post("kata kata https://t.co/a") | {"note_tweet": {"note_tweet_results": {"result": {"text": long}}}}
    assert read_one(_x(tmp_path, post)).text == long
    post["note_tweet"] = {"is_expandable": True}
    assert read_one(_x(tmp_path, post)).truncated


def test_a_repost_belongs_to_who_reposted_with_the_words_of_the_original(tmp_path: Path) -> None:
    original = x_post("Menang &lt;3 " + "x" * 200, number="77")
    original["core"] = {"user_results": x_user("tim_pemenangan", "5")}
    wrapped = {"__typename": "TweetWithVisibilityResults", "tweet": original}
    one = read_one(_x(tmp_path, x_post("RT @tim_pemenangan: Menang …", retweeted_status_result={"result": wrapped})))
    assert (one.author_handle, one.native_id, one.role) == ("budi_asn", "2082640274845811115", Role.REPOSTED)
    assert one.text == "Menang <3 " + "x" * 200
    assert not one.truncated


def test_a_repost_of_a_withheld_post_is_still_a_repost(tmp_path: Path) -> None:
    gone = {"result": {"__typename": "TweetTombstone", "tombstone": {"text": "…"}}}
    one = read_one(_x(tmp_path, x_post("RT @kantor: Apel …", retweeted_status_result=gone)))
    assert (one.role, one.text, one.truncated) == (Role.REPOSTED, "Apel …", True)


def test_quoted_words_are_context_with_masked_handles(tmp_path: Path) -> None:
    post = x_post("Setuju") | {"quoted_status_result": {"result": x_post("Kata @siti &amp; @tono", number="5")}}
    one = read_one(_x(tmp_path, post))
    assert (one.role, one.text, one.context) == (Role.QUOTED, "Setuju", "Kata @… & @…")


@pytest.mark.parametrize("closed", [{"privacy": {"protected": True}}, {"legacy": {"protected": True}}])
def test_posts_of_protected_accounts_are_marked(tmp_path: Path, closed: dict[str, Any]) -> None:
    post = x_post()
    post["core"] = {"user_results": x_user(**closed)}
    assert not read_one(_x(tmp_path, post)).public


def test_an_advert_belongs_to_the_advertiser_and_not_to_the_page_looked_at(tmp_path: Path) -> None:
    post = x_post() | {"promoted": True}
    post["core"] = {"user_results": x_user("toko_sepatu", "5")}
    one = read_one(_x(tmp_path, post, source_platform_url="https://x.com/budi_asn"))
    assert one.author_handle == "toko_sepatu"


def test_the_older_shapes_of_x_are_read(tmp_path: Path) -> None:
    old = x_post()
    old["core"] = {"user_results": {"result": {"rest_id": "5", "legacy": {"screen_name": "siti"}}}}
    assert read_one(_x(tmp_path, old)).author_handle == "siti"
    adaptive = {"type": "adaptive", "legacy": x_post()["legacy"], "user": {"screen_name": "tono", "id_str": "6"}}
    one = read_one(_x(tmp_path, adaptive))
    assert (one.author_handle, one.author_id, one.native_id) == ("tono", "6", "2082640274845811115")


def test_mentioned_accounts_are_no_authors(tmp_path: Path) -> None:
    post = x_post("@sekda hadir", entities={"user_mentions": [{"screen_name": "sekda", "id_str": "9"}]})
    assert [one.author_handle for one in read_all(_x(tmp_path, post))[0]] == ["budi_asn"]


def test_of_several_captures_the_newest_stands_for_the_post(tmp_path: Path) -> None:
    old, new = x_post("lama"), x_post("baru")
    path = write_lines(
        tmp_path,
        envelope("twitter.com", old, last_updated=1797000000000),
        envelope("twitter.com", new, last_updated=1797000009000),
        envelope("twitter.com", old, timestamp_collected=1797000005000),
    )
    one = read_one(path)
    assert (one.text, one.line) == ("baru", 2)


def _instagram(**more: Any) -> dict[str, Any]:
    return {
        "pk": "31", "id": "31_5", "code": "Cab12", "taken_at": 1793534400, "media_type": 1,
        "caption": {"text": "Apel pagi &amp; @sekda"}, "usertags": {"in": [{"user": {"username": "sekda"}}]},
        "user": {"pk": "5", "id": "178414", "username": "budi.asn", "is_private": False},
        "image_versions2": {"candidates": [{"url": "https://p.example/1.jpg"}]}, **more,
    }  # fmt: skip


def test_an_instagram_item_is_read(tmp_path: Path) -> None:
    one = read_one(write_lines(tmp_path, envelope("instagram.com", _instagram())))
    assert (one.platform, one.native_id, one.author_handle, one.author_id) == ("instagram", "Cab12", "budi.asn", "5")
    assert one.text == "Apel pagi &amp; @sekda"
    assert one.posted_at == datetime.fromtimestamp(1793534400, UTC)
    assert one.media == (Media(kind="image", url="https://p.example/1.jpg"),)
    assert one.url == "https://www.instagram.com/p/Cab12/"


def test_an_instagram_graph_node_is_read(tmp_path: Path) -> None:
    node = {
        "__typename": "GraphSidecar", "shortcode": "Cgr12", "taken_at_timestamp": 1793534400,
        "owner": {"id": "5", "username": "budi.asn"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "Apel"}}]},
        "edge_sidecar_to_children": {
            "edges": [{"node": {"display_url": "https://p.example/1.jpg"}}, {"node": {"video_url": "https://p.example/2"}}]
        },
        "edge_media_to_tagged_user": {"edges": [{"node": {"user": {"username": "sekda"}}}]},
    }  # fmt: skip
    one = read_one(write_lines(tmp_path, envelope("instagram.com", node)))
    assert (one.native_id, one.author_handle, one.text) == ("Cgr12", "budi.asn", "Apel")
    assert [media.kind for media in one.media] == ["image", "video"]


def test_an_instagram_polaris_item_has_no_time_and_gives_way_to_a_full_one(tmp_path: Path) -> None:
    polaris = {
        "__typename": "XIGPolarisImageMedia", "code": "Cab12", "user": {"pk": "5", "username": "budi.asn"},
        "caption": {"text": "Apel"}, "_zs_partial": True,
    }  # fmt: skip
    newer = envelope("instagram.com", polaris, last_updated=1797000009000)
    one = read_one(write_lines(tmp_path, newer))
    assert (one.posted_at, one.truncated, one.text) == (None, True, "Apel")
    full = read_one(write_lines(tmp_path, envelope("instagram.com", _instagram()), newer))
    assert (full.line, full.truncated) == (1, False)


def test_accepted_co_authors_get_a_sighting_each(tmp_path: Path) -> None:
    item = _instagram(
        coauthor_producers=[{"pk": "6", "username": "Dinas.Kita"}, {"pk": "5", "username": "budi.asn"}],
        invited_coauthor_producers=[{"pk": "7", "username": "belum.terima"}],
    )
    first, second = read_all(write_lines(tmp_path, envelope("instagram.com", item)))[0]
    assert (first.author_handle, first.native_id, first.role) == ("budi.asn", "Cab12", Role.POSTED)
    assert (second.author_handle, second.native_id, second.role) == (
        "Dinas.Kita",
        "Cab12#co:dinas.kita",
        Role.CO_AUTHORED,
    )
    assert second.text == first.text


def test_two_owners_of_one_instagram_post_are_refused(tmp_path: Path) -> None:
    item = _instagram(owner={"pk": "8", "username": "orang.lain"})
    found, refused = read_all(write_lines(tmp_path, envelope("instagram.com", item)))
    assert found == []
    assert "two accounts" in refused[0].reason


def test_instagram_posts_of_private_accounts_are_marked(tmp_path: Path) -> None:
    item = _instagram(user={"pk": "5", "username": "budi.asn", "is_private": True})
    assert not read_one(write_lines(tmp_path, envelope("instagram.com", item))).public


def _tiktok(**more: Any) -> dict[str, Any]:
    return {
        "id": "7288", "desc": "Rapat #asn", "createTime": "1793534400",
        "author": {"uniqueId": "budi.asn", "id": "5", "privateAccount": False, "secret": False},
        "video": {"cover": "https://p.example/c.jpg"}, "privateItem": False, "secret": False, "forFriend": False,
        "stickersOnItem": [{"stickerText": ["Coblos", "nomor"]}], "stats": {"playCount": 5}, **more,
    }  # fmt: skip


def test_a_tiktok_film_is_read_with_the_words_pasted_onto_it(tmp_path: Path) -> None:
    one = read_one(write_lines(tmp_path, envelope("tiktok.com", _tiktok())))
    assert (one.platform, one.native_id, one.author_handle, one.author_id) == ("tiktok", "7288", "budi.asn", "5")
    assert one.text == "Rapat #asn\n[teks gambar: Coblos nomor]"
    assert one.url == "https://www.tiktok.com/@budi.asn/video/7288"
    assert one.posted_at == datetime.fromtimestamp(1793534400, UTC)


def test_a_tiktok_author_may_be_only_a_name(tmp_path: Path) -> None:
    one = read_one(write_lines(tmp_path, envelope("tiktok.com", _tiktok(author="budi.asn", authorId="5"))))
    assert (one.author_handle, one.author_id) == ("budi.asn", "5")


@pytest.mark.parametrize(
    "closed",
    [{"privateItem": True}, {"secret": True}, {"forFriend": True},
     {"author": {"uniqueId": "a", "privateAccount": True}}, {"author": {"uniqueId": "a", "secret": True}}],
)  # fmt: skip
def test_tiktok_films_not_for_everybody_are_marked(tmp_path: Path, closed: dict[str, Any]) -> None:
    assert not read_one(write_lines(tmp_path, envelope("tiktok.com", _tiktok(**closed)))).public


def test_a_tiktok_comment_belongs_to_who_commented(tmp_path: Path) -> None:
    comment = {
        "cid": "99", "aweme_id": "7288", "text": "Setuju", "create_time": 1793534400,
        "user": {"unique_id": "budi.asn", "uid": "5"}, "share_info": {"url": "https://t.example/99"},
    }  # fmt: skip
    one = read_one(write_lines(tmp_path, envelope("tiktok-comments", comment)))
    assert (one.native_id, one.role, one.author_handle, one.text) == ("99", Role.COMMENTED, "budi.asn", "Setuju")


def _threads(**info: Any) -> dict[str, Any]:
    return {
        "pk": "31", "code": "Dab12", "taken_at": 1793534400, "caption": {"text": "Apel"},
        "user": {"pk": "5", "username": "budi.asn", "text_post_app_is_private": False}, "text_post_app_info": info,
    }  # fmt: skip


def test_a_threads_post_is_read_with_its_link(tmp_path: Path) -> None:
    link = {"url": "https://l.threads.com/?u=https%3A%2F%2Fkantor.example%2F&e=1", "title": "Berita"}
    one = read_one(write_lines(tmp_path, envelope("threads.net", _threads(link_preview_attachment=link))))
    assert (one.platform, one.native_id, one.role) == ("threads", "Dab12", Role.POSTED)
    assert one.text == "Apel\n[tautan: Berita]"
    assert one.media == (Media(kind="link", url="https://kantor.example/", description="Berita"),)
    assert one.url == "https://www.threads.com/@budi.asn/post/Dab12"


def test_roles_on_threads(tmp_path: Path) -> None:
    other = {"caption": {"text": "Kata @tono"}, "user": {"username": "siti"}}
    quote, repost, reply = read_all(
        write_lines(
            tmp_path,
            envelope("threads.com", _threads(share_info={"quoted_post": other}) | {"code": "D1"}),
            envelope("threads.com", _threads(share_info={"reposted_post": other}) | {"code": "D2"}),
            envelope("threads.com", _threads(reply_to_author={"username": "siti"}) | {"code": "D3"}),
        )
    )[0]
    assert (quote.role, quote.text, quote.context) == (Role.QUOTED, "Apel", "Kata @…")
    assert (repost.role, repost.text, repost.author_handle) == (Role.REPOSTED, "Kata @tono", "budi.asn")
    assert reply.role is Role.REPLIED


def test_threads_posts_of_private_accounts_are_marked(tmp_path: Path) -> None:
    item = _threads() | {"user": {"pk": "5", "username": "budi.asn", "text_post_app_is_private": True}}
    assert not read_one(write_lines(tmp_path, envelope("threads.net", item))).public


def test_what_nobody_reads_or_signed_is_refused_and_told(tmp_path: Path) -> None:
    unsigned = x_post() | {"core": {}}
    del unsigned["legacy"]["user_id_str"]
    bad_time = x_post(created_at="besok")
    path = write_lines(
        tmp_path,
        envelope("linkedin.com", {"id": 1}),
        envelope("twitter.com", unsigned),
        envelope("twitter.com", bad_time),
        envelope("twitter.com", {}),
        envelope("twitter.com", x_post()) | {"data": None},
        envelope("twitter.com", x_post()),
    )
    found, refused = read_all(path)
    assert [one.line for one in found] == [6]
    assert [(one.line, one.reason.split(":")[0].split(";")[0]) for one in refused] == [
        (1, "items of this source are not read"), (2, "tells no author"), (3, "the time cannot be read"),
        (4, "tells no id of the post"), (5, "the envelope holds no data"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["zeeschuimer-x-raw_search", "zeeschuimer-x-raw_user_tweets"])
def test_real_captures_agree_with_the_csv_the_tool_itself_writes(name: str) -> None:
    found, refused = read_all(real_file(f"zeeschuimer/{name}.ndjson"))
    with real_file(f"zeeschuimer/{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert refused == []
    assert len(rows) == len(found) == 20
    for one, row in zip(found, rows, strict=True):
        assert (one.native_id, one.author_handle, one.author_id) == (row["id"], row["author"], row["author_id"])
        assert one.posted_at == datetime.fromtimestamp(int(row["unix_timestamp"]), UTC)
        assert (one.role is Role.REPOSTED) == (row["is_retweet"] == "yes")
        body = unescape(row["body"])
        body = body.split(": ", 1)[1] if one.role is Role.REPOSTED else body
        # The short text the CSV has ends in a link of its own, and links in the long text are other ones.
        common = body.split("https://t.co/")[0].rstrip()
        assert one.text.startswith(common)
        assert len(one.text) >= len(common)
