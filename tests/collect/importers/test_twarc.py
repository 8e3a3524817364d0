from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.importers.registry import detect
from scanner.domain.posts import Media, Role

from .files import api_post, read_all, read_one, real_file, write_lines

_TWARC = {"url": "https://api.twitter.com/2/tweets/search/recent", "retrieved_at": "2026-11-21T20:23:38+00:00"}
_USERS = [{"id": "123", "username": "budi_asn", "protected": False, "public_metrics": {"followers_count": 9}}]


def _page(*posts: dict[str, Any], **includes: Any) -> dict[str, Any]:
    return {"data": list(posts), "includes": {"users": _USERS, **includes}, "meta": {}, "__twarc": _TWARC}


def test_pages_and_flattened_posts_are_told_apart(tmp_path: Path) -> None:
    assert "pages" in detect(write_lines(tmp_path, _page(api_post()))).why
    assert "flattened" in detect(write_lines(tmp_path, api_post(__twarc=_TWARC))).why


def test_a_page_gives_its_posts_joined_with_author_and_media(tmp_path: Path) -> None:
    post = api_post(
        attachments={"media_keys": ["3_1"]},
        entities={"urls": [{"expanded_url": "https://kantor.example", "title": "Berita"}, {"media_key": "3_1"}]},
    )
    media = [{"media_key": "3_1", "type": "photo", "url": "https://p.example/1.jpg", "alt_text": "spanduk"}]
    first, second = read_all(write_lines(tmp_path, _page(post, api_post("2"), media=media)))[0]
    assert (first.author_handle, first.author_id, first.native_id) == ("budi_asn", "123", "1700000000000000001")
    assert first.text == "Rapat & apel\n[gambar: spanduk]\n[tautan: Berita]"
    assert first.media[0] == Media(kind="image", url="https://p.example/1.jpg", description="spanduk")
    assert first.posted_at == datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)
    assert first.captured_at == datetime(2026, 11, 21, 20, 23, 38, tzinfo=UTC)
    assert (first.language, first.line, second.line) == ("id", 1, 1)


def test_the_evidence_of_one_post_holds_no_other_post_of_the_page(tmp_path: Path) -> None:
    other = api_post("2", text="kata orang lain")
    first = read_all(write_lines(tmp_path, _page(api_post(), other)))[0][0]
    assert json.loads(first.raw)["id"] == first.native_id
    assert b"orang lain" not in first.raw
    assert b"followers" not in first.raw


@pytest.mark.parametrize(("references", "posts"), [("referenced_tweets", "tweets"), ("referenced_posts", "posts")])
def test_roles_and_the_words_of_others_by_old_and_new_names(tmp_path: Path, references: str, posts: str) -> None:
    note = "note_tweet" if posts == "tweets" else "note_post"
    other = api_post("9", author_id="5", text="Menang …", **{note: {"text": "Menang & " + "x" * 300}})
    kinds = {"retweeted": "RT @tim: Menang …", "quoted": "Setuju", "replied_to": "Ya"}
    page = _page(
        *(api_post(kind, text=text, **{references: [{"type": kind, "id": "9"}]}) for kind, text in kinds.items()),
        **{posts: [other]},
    )
    repost, quote, reply = read_all(write_lines(tmp_path, page))[0]
    assert (repost.role, repost.author_handle, repost.truncated) == (Role.REPOSTED, "budi_asn", False)
    assert repost.text == "Menang & " + "x" * 300
    assert (quote.role, quote.text, quote.context) == (Role.QUOTED, "Setuju", "Menang & " + "x" * 300)
    assert (reply.role, reply.text) == (Role.REPLIED, "Ya")


def test_a_repost_without_its_original_is_cut(tmp_path: Path) -> None:
    post = api_post(text="RT @tim: Menang …", referenced_tweets=[{"type": "retweeted", "id": "9"}])
    one = read_one(write_lines(tmp_path, _page(post)))
    assert (one.role, one.text, one.truncated) == (Role.REPOSTED, "Menang …", True)


def test_posts_under_includes_are_never_collected(tmp_path: Path) -> None:
    found, _ = read_all(write_lines(tmp_path, _page(api_post(), tweets=[api_post("9")])))
    assert [one.native_id for one in found] == ["1700000000000000001"]


def test_a_single_post_may_stand_for_the_list(tmp_path: Path) -> None:
    assert read_one(write_lines(tmp_path, _page() | {"data": api_post()})).author_handle == "budi_asn"


def test_without_author_only_one_users_timeline_tells_whose_posts_they_are(tmp_path: Path) -> None:
    bare = {"id": "1", "text": "Apel"}
    timeline = {"data": [bare], "__twarc": _TWARC | {"url": "https://api.twitter.com/2/users/123/tweets?max_results=5"}}
    mentions = {
        "data": [bare | {"id": "2"}],
        "__twarc": _TWARC | {"url": "https://api.twitter.com/2/users/123/mentions"},
    }
    (one,), (refused,) = read_all(write_lines(tmp_path, timeline, mentions))
    assert (one.author_id, one.author_handle, one.url) == ("123", None, "https://x.com/i/status/1")
    assert (refused.line, refused.reason.split(":")[0]) == (2, "tells no author")


def test_protected_accounts_are_marked(tmp_path: Path) -> None:
    page = _page(api_post())
    page["includes"]["users"] = [{"id": "123", "username": "budi_asn", "protected": True}]
    assert not read_one(write_lines(tmp_path, page)).public
    flat = api_post(__twarc=_TWARC, author={"id": "123", "username": "budi_asn", "protected": True})
    assert not read_one(write_lines(tmp_path, flat)).public


def test_a_flattened_post_is_read_with_its_evidence_untouched(tmp_path: Path) -> None:
    original = {"type": "retweeted", "id": "9", "text": "Menang", "author": {"username": "tim"}}
    flat = api_post(__twarc=_TWARC, author={"username": "budi_asn"}, referenced_tweets=[original])
    one = read_one(write_lines(tmp_path, flat))
    assert (one.role, one.text, json.loads(one.raw)) == (Role.REPOSTED, "Menang", flat)


def test_pages_with_only_errors_are_passed_over_and_foreign_lines_refused(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path, _page(api_post()), {"errors": [{}], "__twarc": _TWARC}, {"kosong": 1}, _page() | {"data": [5]}
    )
    found, refused = read_all(path)
    assert len(found) == 1
    assert [one.line for one in refused] == [3, 4]


def test_real_pages_are_read_or_refused_for_want_of_an_author() -> None:
    found, refused = read_all(real_file("other/twarc2_pages.jsonl"))
    assert {one.author_id for one in found} == {"783214"}
    assert len(found) + len(refused) == 24
    assert {one.reason.split(":")[0] for one in refused} == {"tells no author"}


def test_real_flattened_posts_are_read() -> None:
    found, refused = read_all(real_file("other/twarc2_flat.jsonl"))
    assert refused == []
    assert {one.author_id for one in found} == {"2244994945"}
