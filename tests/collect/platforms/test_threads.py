"""What is particular to Threads: who may be discovered, roles without the shared words, and the daily budget."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.meter import Meter
from scanner.collect.platforms.threads import ThreadsCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, BudgetSpent, FormatDrift, Gone, Private
from tests.collect.fakes import account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.graph import KEY, refusal
from tests.collect.servers import NOT_FOUND, Reply, Site, plain_client


def item(**fields) -> dict:
    return {
        "id": "18062389453712345",
        "shortcode": "DTh-a_1",
        "username": "ani.contoh",
        "text": "Halo",
        "media_type": "TEXT_POST",
        "permalink": "https://www.threads.com/@ani.contoh/post/DTh-a_1",
        "timestamp": "2026-03-01T10:00:00+0000",
    } | fields


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield ThreadsCollector(client, Options(base_url=site.url, keys={"token": KEY}, **options)), site


def pages_of(answer, handle: str = "Ani.Contoh", **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account_of(Platform.THREADS, handle), Cursor(), Window()))


def post_of(**fields):
    (page,) = pages_of(lambda _: as_json({"data": [item(**fields)]}))
    (post,) = page.posts
    return post


def test_a_post_is_known_by_its_short_code_as_imported_files_know_it():
    post = post_of()
    assert (post.id, post.account_id) == ("threads:DTh-a_1", "threads:ani.contoh")
    assert (post.role, post.text, post.context, post.verifiable) == (Role.POSTED, "Halo", "", True)
    assert post.url == "https://www.threads.com/@ani.contoh/post/DTh-a_1"


def test_only_documented_parameters_are_asked_for():
    with collector_at(lambda _: as_json({"data": []})) as (collector, site):
        (page,) = collector.collect(account_of(Platform.THREADS, "ani.contoh"), Cursor(), Window())
        (request,) = site.pages
    assert request.path == "/v1.0/profile_posts"
    assert request.query.keys() == {"username", "fields", "limit"}
    assert (request.query["username"], request.query["limit"]) == ("ani.contoh", "100")
    assert "owner" not in request.query["fields"]
    assert page.native_id is None, "the interface tells no id of the profile"


def test_a_repost_is_a_repost_though_its_words_are_not_given():
    post = post_of(media_type="REPOST_FACADE", text=None, reposted_post={"id": "180999"})
    assert (post.role, post.text, post.media) == (Role.REPOSTED, "", ())
    assert post.context == "[membagikan unggahan @…; unggahan itu tidak diambil]"


def test_a_quote_keeps_the_accounts_own_words():
    post = post_of(
        is_quote_post=True, quoted_post={"id": "180999"}, text="Setuju dengan @budi.contoh, kata @ani.contoh"
    )
    assert (post.role, post.text) == (Role.QUOTED, "Setuju dengan @…, kata @ani.contoh")
    assert post.context == "[mengutip unggahan @…; unggahan itu tidak diambil]"


def test_pictures_and_links_are_described():
    picture = post_of(media_type="IMAGE", media_url="https://c.example/1.jpg", alt_text="Spanduk biru", text=None)
    assert picture.text == "[gambar: Spanduk biru]"
    assert picture.media == (Media(kind="image", url="https://c.example/1.jpg", description="Spanduk biru"),)
    assert post_of(link_attachment_url="https://berita.example/a").media == (
        Media(kind="link", url="https://berita.example/a"),
    )
    assert [post_of(media_type=kind).media[0].kind for kind in ("VIDEO", "AUDIO", "CAROUSEL_ALBUM")] == [
        "video",
        "audio",
        "image",
    ]


def test_a_post_without_address_cannot_be_checked_again():
    post = post_of(permalink=None)
    assert (post.verifiable, post.url, post.native_id) == (False, None, "DTh-a_1")


def test_damaged_characters_cost_no_post_and_are_marked():
    body = json.dumps({"data": [item(), item(shortcode="DTh-b", text="Rusak XX")]}).replace("XX", "\\ud800")
    (page,) = pages_of(lambda _: Reply(body, media_type="application/json"))
    assert [(post.text, post.repaired) for post in page.posts] == [("Halo", False), ("Rusak \ufffd", True)]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refusal(100, message="Invalid user"), Private, "with too few followers; the interface does not say which"),
        (refusal(10, 4279067), Blocked, "lacks a permission"),
        (refusal(100, message="(#100) Tried accessing nonexisting field (text)"), FormatDrift, "has the interface"),
        (NOT_FOUND, Gone, "not there"),
        (as_json([]), FormatDrift, "another shape"),
        (Reply("<html>", 200), FormatDrift, "login or error page"),
    ],
    ids=["not eligible", "no permission", "unknown field", "no such path", "a list", "a page"],
)
def test_who_may_not_be_discovered_is_told_from_what_we_may_not_do(reply, error, words):
    with pytest.raises(error, match=words):
        pages_of(lambda _: reply)


@pytest.mark.parametrize("handle", ["@ani", "ani contoh", "ani&fields=id", "", "ä", "x" * 31])
def test_it_refuses_what_is_no_user_name(handle):
    with pytest.raises(Blocked, match="valid: letters"):
        pages_of(lambda _: NOT_FOUND, handle)


def test_the_days_thousand_requests_are_kept():
    assert ThreadsCollector.terms.daily == 1000
    with collector_at(lambda _: as_json({"data": []}), meter=Meter(1000, used=999)) as (collector, site):
        ani = account_of(Platform.THREADS, "ani.contoh")
        assert list(collector.collect(ani, Cursor(), Window()))
        with pytest.raises(BudgetSpent):
            list(collector.collect(ani, Cursor(), Window()))
        assert len(site.pages) == 1
