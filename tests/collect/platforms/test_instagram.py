"""What is particular to Instagram: discovery by our own account, paging inside a field, albums, who is not shown."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.instagram import InstagramCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, KeyNeeded, Private
from tests.collect.fakes import account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.graph import KEY, refusal, token_of
from tests.collect.fakes.instagram import OURS, FakeInstagram
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

KEYS = {"token": KEY, "user_id": OURS}


def media(**fields) -> dict:
    return {
        "id": "17858843269216389",
        "shortcode": "DAbc-1_x",
        "username": "ani.contoh",
        "caption": "Halo",
        "media_type": "IMAGE",
        "media_url": "https://c.example/1.jpg",
        "permalink": "https://www.instagram.com/p/DAbc-1_x/",
        "timestamp": "2026-03-01T10:00:00+0000",
    } | fields


def discovered(*items: dict, **fields) -> Reply:
    profile = {"id": "17841401441775531", "username": "ani.contoh"} | ({"media": {"data": items}} if items else {})
    return as_json({"business_discovery": profile | fields, "id": OURS})


@contextmanager
def collector_at(answer, keys=KEYS, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield InstagramCollector(client, Options(base_url=site.url, keys=keys, **options)), site


def pages_of(answer, handle: str = "Ani.Contoh", **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account_of(Platform.INSTAGRAM, handle), Cursor(), Window()))


def post_of(**fields):
    (page,) = pages_of(lambda _: discovered(media(**fields)))
    (post,) = page.posts
    return post


def test_a_post_is_known_by_its_short_code_as_imported_files_know_it():
    post = post_of()
    assert (post.id, post.account_id) == ("instagram:DAbc-1_x", "instagram:ani.contoh")
    assert (post.role, post.text, post.context, post.verifiable) == (Role.POSTED, "Halo", "", True)
    assert post.url == "https://www.instagram.com/p/DAbc-1_x/"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert post.edited_at is None


def test_pages_are_cut_inside_the_field_and_no_link_is_needed():
    fake = FakeInstagram(7)
    with collector_at(fake.answer, page_size=3) as (collector, site):
        pages = list(collector.collect(fake.account, Cursor(), Window()))
        asked = [request.query["fields"] for request in site.pages]
        assert {request.path for request in site.pages} == {f"/v25.0/{OURS}"}
        assert {tuple(request.query) for request in site.pages} == {("fields",)}
    assert asked[0].startswith("business_discovery.username(ani.contoh){id,username,media.limit(3){shortcode,")
    assert f"media.limit(3).after({token_of(5)}){{" in asked[1]
    # The last page has a cursor too: only the empty one after it is the end.
    assert [len(page.posts) for page in pages] == [3, 3, 1, 0]
    assert {page.native_id for page in pages} == {"17841401441775531"}


def test_no_more_than_fifty_posts_are_asked_for_at_once():
    with collector_at(FakeInstagram(1).answer) as (collector, site):
        list(collector.collect(FakeInstagram(1).account, Cursor(), Window()))
        assert "media.limit(50){" in site.pages[0].query["fields"]


def test_everything_the_author_wrote_belongs_to_the_words():
    post = post_of(caption="Rapat @ani.contoh @budi.contoh", alt_text="Spanduk biru")
    assert post.text == "Rapat @ani.contoh @…\n\n[gambar: Spanduk biru]"
    assert post.media == (Media(kind="image", url="https://c.example/1.jpg", description="Spanduk biru"),)
    assert post_of(caption=None).text == ""


def test_an_album_shows_all_its_pictures_and_films():
    album = {
        "data": [
            {"media_type": "IMAGE", "media_url": "https://c.example/1.jpg", "id": "1"},
            {"media_type": "VIDEO", "id": "2"},
        ]
    }
    assert post_of(media_type="CAROUSEL_ALBUM", children=album).media == (
        Media(kind="image", url="https://c.example/1.jpg"),
        Media(kind="video", url=None),
    )
    reel = media(media_type="VIDEO")
    del reel["media_url"]
    (page,) = pages_of(lambda _: discovered(reel))
    assert page.posts[0].media == (Media(kind="video", url=None),)


def test_a_profile_without_posts_is_complete_and_empty():
    (page,) = pages_of(lambda _: discovered())
    assert (page.posts, page.rejected, page.note) == ((), (), "")
    assert page.native_id == "17841401441775531"
    assert page.evidence


def test_a_post_of_a_co_author_is_not_the_accounts():
    (page,) = pages_of(lambda _: discovered(media(), media(shortcode="DLain", username="budi.contoh")))
    assert [post.native_id for post in page.posts] == ["DAbc-1_x"]
    assert [item.reason for item in page.rejected] == ["ValueError: post of another account in the list of this one"]


def test_a_malformed_post_costs_no_other():
    broken = [media(timestamp="kemarin"), {"id": "17858843269216389"}, media(caption=7)]
    (page,) = pages_of(lambda _: discovered(media(), *broken))
    assert len(page.posts) == 1
    assert len(page.rejected) == 3


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refusal(110, 2207013, "Invalid user id"), Private, "no public professional account; the interface does not"),
        (refusal(100, 33), KeyNeeded, r"user_id under \[platforms\.instagram\.keys\] is not"),
        (
            refusal(100, message="(#100) Tried accessing nonexisting field (business_discovery) on node type (User)"),
            KeyNeeded,
            r"user_id under \[platforms\.instagram\.keys\] is not",
        ),
        (refusal(100, message="(#100) Tried accessing nonexisting field (caption)"), FormatDrift, "interface changed"),
        (refusal(10), Blocked, "lacks a permission"),
        (discovered(username="budi.contoh"), FormatDrift, "somebody else"),
        (as_json({"id": OURS}), FormatDrift, "another shape"),
    ],
    ids=["not professional", "not our id", "not our node", "unknown field", "no permission", "another", "no profile"],
)
def test_who_is_not_shown_is_told_from_a_key_that_is_wrong(reply, error, words):
    with pytest.raises(error, match=words):
        pages_of(lambda _: reply)


@pytest.mark.parametrize("own", ["", "ani.contoh", "123/x", "１２３"])
def test_our_own_account_is_a_number_and_nothing_is_asked_otherwise(own):
    with collector_at(lambda _: NOT_FOUND, keys={"token": KEY, "user_id": own}) as (collector, site):
        with pytest.raises(KeyNeeded, match="user_id"):
            list(collector.collect(account_of(Platform.INSTAGRAM, "ani.contoh"), Cursor(), Window()))
        assert site.pages == []


@pytest.mark.parametrize("handle", ["@ani", "ani){id}", "ani contoh", "", "x" * 31])
def test_it_refuses_what_is_no_user_name(handle):
    with pytest.raises(Blocked, match="valid: letters"):
        pages_of(lambda _: NOT_FOUND, handle)


def test_the_capture_tells_what_was_asked_but_not_by_what_key():
    seen: list[Request] = []

    def answer(request: Request) -> Reply:
        seen.append(request)
        return discovered(media())

    (page,) = pages_of(answer)
    (evidence,) = page.evidence
    assert "business_discovery" in evidence.capture.url
    assert evidence.capture.access == "app key"
    assert "authorization" in seen[0].headers
    assert "authorization" not in {name.lower() for name, _ in evidence.capture.request}
