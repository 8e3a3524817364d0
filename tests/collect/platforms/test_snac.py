"""Feeds and the loose Mastodon API of a real snac2: everything at once, ids that change, and robots that forbid."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from scanner.collect.interface import Collector, Options, Page, Window
from scanner.collect.platforms.feed import FeedCollector
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Gone, Private
from tests.collect.fakes import account_of
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client
from tests.servers.snac import NotInstalled, Snac, User, running_snac

pytestmark = pytest.mark.slow
BUDI = account_of(Platform.MASTODON, "budi@snac.example")
TEXTS = [
    "Halo dari kantor",
    "Baris satu 😀\nbaris dua\n\nparagraf dua",
    "Lihat https://contoh.example/berita?a=1&b=2 & beri tanda < > \" '",
    "Panjang sekali: " + "kata é ü 😀 " * 80 + "selesai",
    "#Pemilu #ASN netral",
]


@pytest.fixture(scope="module")
def snac() -> Iterator[Snac]:
    try:
        with running_snac("budi", "siti", "kosong") as server:
            yield server
    except NotInstalled as error:
        pytest.skip(str(error))


@pytest.fixture
def budi(snac: Snac) -> Iterator[User]:
    """A user with five posts; what a test leaves is taken away."""
    user = snac.sign_in("budi")
    made = [user.post(text) for text in TEXTS]
    yield user
    for status in made:
        if status["url"] in snac.posts("budi"):
            user.delete(status)


@contextmanager
def front(snac: Snac) -> Iterator[Site]:
    """Hand every request through to the server, but with a robots.txt that allows it."""

    def answer(request: Request) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", snac.port, timeout=30)
        query = f"?{urlencode(request.query)}" if request.query else ""
        connection.request("GET", request.path + query, headers={"Host": snac.host})
        got = connection.getresponse()
        reply = Reply(got.read(), got.status, got.getheader("Content-Type", ""))
        connection.close()
        return reply

    with Site(answer, robots=NOT_FOUND) as site:
        yield site


@contextmanager
def mastodon_at(snac: Snac) -> Iterator[tuple[Collector, Account, Site]]:
    with front(snac) as site, plain_client(site.host) as client:
        yield MastodonCollector(client, Options(base_url=site.url)), BUDI, site


@contextmanager
def feed_at(snac: Snac) -> Iterator[tuple[Collector, Account, Site]]:
    with front(snac) as site, plain_client(site.host) as client:
        yield FeedCollector(client, Options()), account_of(Platform.RSS, f"{site.url}/budi.rss"), site


BOTH = pytest.mark.parametrize("opened", [feed_at, mastodon_at], ids=["feed", "api"])


def gather(collector: Collector, account: Account, cursor: Cursor | None = None) -> tuple[list[Page], dict[str, Post]]:
    pages = list(collector.collect(account, cursor or Cursor(), Window()))
    assert not [rejected for page in pages for rejected in page.rejected]
    return pages, {post.url or "": post for page in pages for post in page.posts}


def texts(posts: dict[str, Post]) -> dict[str, str]:
    return {url: post.text for url, post in posts.items()}


@pytest.mark.parametrize("platform", [Platform.MASTODON, Platform.RSS])
def test_its_robots_forbid_everything_and_that_is_obeyed(snac, platform):
    assert b"Disallow: /" in snac.ask("GET", "/robots.txt")
    with plain_client(snac.host) as client:
        kinds = {
            Platform.MASTODON: (MastodonCollector(client, Options(base_url=snac.url)), BUDI),
            Platform.RSS: (FeedCollector(client, Options()), account_of(Platform.RSS, f"{snac.url}/budi.rss")),
        }
        collector, account = kinds[platform]
        with pytest.raises(Blocked, match=r"robots\.txt"):
            list(collector.collect(account, Cursor(), Window()))


@BOTH
def test_what_is_gathered_is_what_is_on_the_server(snac, budi, opened):
    with opened(snac) as (collector, account, _):
        pages, posts = gather(collector, account)
    assert texts(posts) == snac.posts("budi")
    assert set(texts(posts).values()) == set(TEXTS)
    assert all(post.posted_at is not None for post in posts.values())
    assert {post.capture_sha256 for post in posts.values()} <= {
        one.capture.sha256 for page in pages for one in page.evidence
    }


def test_the_api_shows_everything_always_and_the_walk_ends_with_a_note(snac, budi):
    with mastodon_at(snac) as (collector, account, site):
        pages, posts = gather(collector, account)
        assert len(pages) == 2
        assert [len(page.posts) for page in pages] == [5, 5]
        assert "ignores paging" in pages[-1].note
        assert pages[-1].cursor.next_page is None
        asked = len(site.pages)
        again, same = gather(collector, account, pages[-1].cursor)
        assert len(site.pages) - asked <= 3
        assert texts(same) == texts(posts)
        assert again[-1].cursor == pages[-1].cursor


@BOTH
def test_an_edit_is_a_new_version_of_the_same_post_and_a_deletion_is_seen(snac, budi, opened):
    extra, doomed = budi.post("Akan diubah"), budi.post("Akan dihapus")
    with opened(snac) as (collector, account, _):
        pages, before = gather(collector, account)
        budi.edit(extra, "Sudah diubah")
        budi.delete(doomed)
        _, after = gather(collector, account, pages[-1].cursor)
    assert (before[extra["url"]].text, after[extra["url"]].text) == ("Akan diubah", "Sudah diubah")
    assert before[extra["url"]].id == after[extra["url"]].id
    assert before[extra["url"]].version_id != after[extra["url"]].version_id
    assert before.keys() - after.keys() == {doomed["url"]}
    unchanged = after.keys() - {extra["url"]}
    assert {before[url].version_id for url in unchanged} == {after[url].version_id for url in unchanged}
    budi.delete(extra)


def test_the_api_tells_when_a_post_was_edited(snac, budi):
    extra = budi.post("Akan diubah")
    budi.edit(extra, "Sudah diubah")
    with mastodon_at(snac) as (collector, account, _):
        _, posts = gather(collector, account)
    budi.delete(extra)
    assert posts[extra["url"]].edited_at is not None


def test_an_own_post_that_somebody_boosted_is_still_the_accounts_own(snac, budi):
    siti, shared = snac.sign_in("siti"), budi.post("Dibagikan orang")
    with mastodon_at(snac) as (collector, account, _):
        _, before = gather(collector, account)
        siti.boost(shared)
        _, after = gather(collector, account)
    budi.delete(shared)
    assert after[shared["url"]].text == "Dibagikan orang"
    assert after[shared["url"]].role is Role.POSTED
    assert {post.id for post in before.values()} == {post.id for post in after.values()}


def test_replies_to_others_threads_and_a_hidden_beginning_are_read_as_such(snac, budi):
    siti = snac.sign_in("siti")
    other = siti.post("Kata siti")
    made = [
        budi.post("Jawaban", in_reply_to_id=other["id"]),
        budi.post("Bersambung", in_reply_to_id=(own := budi.post("Mulai", spoiler_text="Awas"))["id"]),
        own,
    ]
    with mastodon_at(snac) as (collector, account, _):
        _, posts = gather(collector, account)
    for status in made:
        budi.delete(status)
    siti.delete(other)
    answer, thread, begun = (posts[status["url"]] for status in made)
    assert answer.role is Role.REPLIED
    assert "Kata siti" not in answer.context
    assert thread.role is Role.POSTED
    assert begun.text == "Awas\n\nMulai"


@BOTH
def test_words_for_one_person_only_are_not_shown(snac, budi, opened):
    snac.command("note_mention", "budi", f"hanya untuk @siti@{snac.host}")
    with opened(snac) as (collector, account, _):
        _, posts = gather(collector, account)
    assert any("hanya untuk" in text for text in snac.posts("budi").values())
    assert not any("hanya untuk" in post.text for post in posts.values())


@BOTH
def test_an_account_without_posts_is_empty_and_not_an_error(snac, opened):
    with opened(snac) as (collector, _, site):
        account = account_of(Platform.MASTODON, "kosong@snac.example")
        if collector.platform is Platform.RSS:
            account = account_of(Platform.RSS, f"{site.url}/kosong.rss")
        pages, posts = gather(collector, account)
    assert posts == {}
    assert pages[0].evidence


def test_who_is_not_there_is_gone_though_the_server_answers_with_a_page(snac):
    with mastodon_at(snac) as (collector, _, _), pytest.raises(Gone):
        gather(collector, account_of(Platform.MASTODON, "tidakada@snac.example"))
    with feed_at(snac) as (collector, _, site), pytest.raises((Gone, FormatDrift)):
        gather(collector, account_of(Platform.RSS, f"{site.url}/tidakada.rss"))


def test_single_statuses_and_threads_need_a_login_there_so_nothing_is_called_missing(snac, budi):
    with mastodon_at(snac) as (collector, account, _):
        _, posts = gather(collector, account)
        assert list(collector.look_up(account, [post.native_id for post in posts.values()])) == []
        listed = {"siti@snac.example": account_of(Platform.MASTODON, "siti@snac.example")}
        with pytest.raises(Private):
            list(collector.comments("budi@snac.example", listed, Cursor(), Window()))
