"""The platform speaks the protocols of real servers, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse

import feedparser
import pytest

from scanner.demo.cast import load_cast, load_posts
from scanner.demo.platform import DemoPlatform
from scanner.demo.show import ZONE

MIDNIGHT = datetime(2026, 11, 20, tzinfo=ZONE).astimezone(UTC)
SARI, CHANNEL = "sari_guru", "kb_sukaraja"


@pytest.fixture(scope="module")
def platform() -> Iterator[DemoPlatform]:
    with DemoPlatform(load_cast(), load_posts(MIDNIGHT, second_day=True)) as platform:
        yield platform


def get(platform: DemoPlatform, path: str, **headers: str) -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(platform.host, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def test_an_account_is_looked_up_with_or_without_its_host(platform: DemoPlatform):
    for acct in (SARI, f"{SARI}@nusarimba.example"):
        response, text = get(platform, f"/api/v1/accounts/lookup?acct={acct}")
        assert response.status == 200
        assert json.loads(text)["username"] == SARI


@pytest.mark.parametrize("path", ["/api/v1/accounts/lookup?acct=antah", "/s/antah", "/antah/feed.xml", "/", "/a/b/c"])
def test_what_is_not_there_is_404(platform: DemoPlatform, path: str):
    assert get(platform, path)[0].status == 404


def walk(platform: DemoPlatform, path: str) -> list[int]:
    """Follow the Link headers to the end."""
    ids: list[int] = []
    while True:
        response, text = get(platform, path)
        ids += [int(status["id"]) for status in json.loads(text)]
        link = response.getheader("Link")
        if link is None:
            return ids
        path = re.search(r"<http://[^/]+(/[^>]+)>; rel=\"next\"", link)[1]  # type: ignore[index]


def test_following_the_pages_gives_every_status_once_newest_first(platform: DemoPlatform):
    expected = [post.id for post in platform.posts_of(platform.accounts["sari.guru"])]
    assert len(expected) > 10
    assert walk(platform, f"/api/v1/accounts/{SARI}/statuses?limit=5") == expected


def test_since_id_gives_only_what_is_newer(platform: DemoPlatform):
    expected = [post.id for post in platform.posts_of(platform.accounts["sari.guru"])]
    assert walk(platform, f"/api/v1/accounts/{SARI}/statuses?since_id={expected[3]}") == expected[:3]


def test_a_boost_carries_the_words_of_its_author_and_none_of_its_own(platform: DemoPlatform):
    boosts = [post for post in platform.posts if post.kind == "boost"]
    account = platform.accounts[boosts[0].account]
    statuses = json.loads(get(platform, f"/api/v1/accounts/{account.handle}/statuses?limit=40")[1])
    boosted = next(status for status in statuses if status["id"] == str(boosts[0].id))
    assert boosted["content"] == ""
    assert boosted["reblog"]["content"].startswith("<p>")
    assert boosted["reblog"]["account"]["username"] != account.handle


def test_an_edited_status_says_so(platform: DemoPlatform):
    edited = [post for post in platform.posts if post.edited_at is not None]
    mastodon = [post for post in edited if platform.accounts[post.account].platform == "mastodon"]
    handle = platform.accounts[mastodon[0].account].handle
    statuses = json.loads(get(platform, f"/api/v1/accounts/{handle}/statuses?limit=40")[1])
    assert next(status for status in statuses if status["id"] == str(mastodon[0].id))["edited_at"].endswith("Z")


def test_a_blog_is_a_feed_that_a_real_reader_understands(platform: DemoPlatform):
    blog = next(account for account in platform.accounts.values() if account.platform == "rss")
    parsed = feedparser.parse(get(platform, f"/{blog.handle}/feed.xml")[1])
    assert not parsed.bozo
    assert len(parsed.entries) == len(platform.posts_of(blog))
    assert all(entry.link and entry.published_parsed for entry in parsed.entries)


def test_a_channel_shows_its_last_messages_oldest_first_and_the_way_back(platform: DemoPlatform):
    account = platform.account("telegram", CHANNEL)
    assert account is not None
    expected = sorted(post.id for post in platform.posts_of(account))
    seen: list[int] = []
    path: str | None = f"/s/{CHANNEL}"
    while path:
        text = get(platform, path)[1]
        page = [int(number) for number in re.findall(rf'data-post="{CHANNEL}/(\d+)"', text)]
        assert page == sorted(page)
        seen = page + seen
        more = re.search(r'data-before="(\d+)"', text)
        path = f"/s/{CHANNEL}?before={more[1]}" if more else None
    assert seen == expected


def test_what_has_not_changed_is_not_sent_again(platform: DemoPlatform):
    blog = next(account for account in platform.accounts.values() if account.platform == "rss")
    response, _ = get(platform, f"/{blog.handle}/feed.xml")
    again, text = get(platform, f"/{blog.handle}/feed.xml", If_None_Match=response.getheader("ETag") or "")
    assert (again.status, text) == (304, "")


def test_texts_are_escaped_wherever_they_stand():
    cast = load_cast()
    post = next(post for post in load_posts(MIDNIGHT, second_day=False) if post.account == "sari.guru")
    with DemoPlatform(cast, [replace(post, text="<script>&</b>")]) as platform:
        text = get(platform, f"/api/v1/accounts/{SARI}/statuses")[1]
    assert json.loads(text)[0]["content"] == "<p>&lt;script&gt;&amp;&lt;/b&gt;</p>"


def test_it_is_served_on_this_machine_only_and_ends_with_its_context():
    with DemoPlatform(load_cast(), []) as platform:
        assert platform.url.startswith("http://127.0.0.1:")
        assert get(platform, "/robots.txt")[0].status == 200
    with pytest.raises(ConnectionRefusedError):
        get(platform, "/robots.txt")
