"""What every collector promises, against a real server that speaks its platform's protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from scanner.collect.collectors import COLLECTORS, collector_class, collector_for
from scanner.collect.interface import Collector, Options, Page, Window
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Gone, KeyNeeded, Private, RateLimited
from tests.collect.fakes import PAGE, START, Fake, fake_of
from tests.collect.servers import Reply, Site, plain_client

pytestmark = pytest.mark.parametrize("platform", list(COLLECTORS))
DENY = Reply("User-agent: *\nDisallow: /", media_type="text/plain")


@dataclass
class Bench:
    fake: Fake
    collector: Collector
    site: Site

    def pages(self, cursor: Cursor | None = None, window: Window | None = None) -> list[Page]:
        return list(self.collector.collect(self.fake.account, cursor or Cursor(), window or Window()))

    def posts(self, cursor: Cursor | None = None, window: Window | None = None) -> list[Post]:
        return [post for page in self.pages(cursor, window) for post in page.posts]


@contextmanager
def bench(platform, count: int = 10, robots: Reply | None = None, **options) -> Iterator[Bench]:
    fake = fake_of(platform)(count)
    site = Site(lambda request: fake.answer(request), **({"robots": robots} if robots else {}))
    with site, plain_client(site.host, clock=fake.clock) as client:
        given = Options(base_url=site.url, terms_approval="SK-7/2026", keys=fake.keys, page_size=PAGE, **options)
        yield Bench(fake, collector_for(platform, client, given), site)


def test_it_gathers_every_post_once(platform):
    with bench(platform) as b:
        posts = b.posts()
        assert {post.native_id: post.text for post in posts} == b.fake.expected()
        assert len(posts) == 10
        assert {(post.platform, post.account_id, post.role) for post in posts} == {
            (platform, b.fake.account.id, Role.POSTED)
        }
        assert {post.posted_at for post in posts} == {item.at for item in b.fake.items}


def test_every_post_points_to_evidence_whose_hash_is_that_of_its_bytes(platform):
    with bench(platform) as b:
        for page in b.pages():
            kept = {evidence.capture.sha256 for evidence in page.evidence}
            assert {post.capture_sha256 for post in page.posts} <= kept
            for evidence in page.evidence:
                assert evidence.capture.sha256 == hashlib.sha256(evidence.body).hexdigest()
                assert evidence.capture.collector == b.collector.name
                assert evidence.capture.terms_approval == "SK-7/2026"
                assert evidence.capture.status == 200


def test_a_second_run_brings_only_what_is_new(platform):
    with bench(platform, overlap=0) as b:
        first = b.pages()
        before = {post.version_id for page in first for post in page.posts}
        assert {post.version_id for post in b.posts(first[-1].cursor)} <= before
        b.fake.add("Kabar baru satu")
        b.fake.add("Kabar baru dua")
        asked = len(b.site.pages)
        second = b.pages(first[-1].cursor)
        new = [post.text for page in second for post in page.posts if post.version_id not in before]
        assert sorted(new) == ["Kabar baru dua", "Kabar baru satu"]
        assert len(b.site.pages) - asked <= b.fake.per_visit
        assert b.pages(second[-1].cursor)[-1].cursor == second[-1].cursor


def test_an_edit_within_the_overlap_is_a_new_version_of_the_same_post(platform):
    with bench(platform) as b:
        first = b.pages()
        known = {post.id: post.version_id for page in first for post in page.posts}
        b.fake.edit(9, "Kabar yang diubah")
        changed = [post for post in b.posts(first[-1].cursor) if known[post.id] != post.version_id]
        assert [post.text for post in changed] == ["Kabar yang diubah"]


def test_a_walk_cut_after_any_page_is_resumed_without_gap_or_double(platform):
    with bench(platform) as b:
        whole = len(b.pages())
        for cut in range(1, whole):
            walk = b.collector.collect(b.fake.account, Cursor(), Window())
            begun = [next(walk) for _ in range(cut)]
            walk.close()
            b.fake.add(f"Datang di tengah jalan {cut}")
            rest = b.pages(begun[-1].cursor)
            seen = [post.native_id for page in (*begun, *rest) for post in page.posts]
            assert len(seen) == len(set(seen)) == 10 + cut - 1
            later = {post.native_id for post in b.posts(rest[-1].cursor)}
            assert set(seen) | later == b.fake.expected().keys()


def test_one_bad_item_is_rejected_and_the_rest_stays(platform):
    with bench(platform, count=4) as b:
        b.fake.add("tidak terbaca", kind="bad")
        b.fake.add("sesudahnya")
        pages = b.pages()
        assert {post.native_id for page in pages for post in page.posts} == b.fake.expected().keys()
        (rejected,) = [item for page in pages for item in page.rejected]
        assert rejected.source.startswith(b.site.url)
        assert rejected.reason
        assert len(rejected.raw_sha256) == 64
        assert "tidak terbaca" not in repr(rejected)


def test_nothing_but_bad_items_is_drift_and_not_nothing_new(platform):
    with bench(platform, count=0) as b:
        for _ in range(3):
            b.fake.add("tidak terbaca", kind="bad")
        with pytest.raises(FormatDrift, match="none of 3"):
            b.pages()


def test_no_other_persons_post_becomes_the_accounts(platform):
    with bench(platform, count=4) as b:
        b.fake.add("kata orang lain", kind="foreign")
        b.fake.add("sesudahnya")
        posts = b.posts()
        assert {post.native_id: post.text for post in posts} == b.fake.expected()


def test_an_empty_account_is_complete_and_empty(platform):
    with bench(platform, count=0) as b:
        pages = b.pages()
        assert [post for page in pages for post in page.posts] == []
        assert {page.note for page in pages} == {""}
        assert pages[0].evidence
        b.fake.add("yang pertama")
        assert [post.text for post in b.posts(pages[-1].cursor)] == ["yang pertama"]


@pytest.mark.parametrize(
    ("mode", "errors"),
    [
        ("gone", (Gone,)),
        ("private", (Private,)),
        ("login", (Private, FormatDrift)),
        ("limited", (RateLimited,)),
        ("drift", (FormatDrift,)),
    ],
)
def test_what_cannot_be_seen_is_an_error_and_never_nothing_new(platform, mode, errors):
    with bench(platform) as b:
        b.fake.mode = mode
        with pytest.raises(errors) as caught:
            b.pages()
        assert str(caught.value)
        assert (getattr(caught.value, "retry_after", None) == b.fake.wait) == (mode == "limited")


def test_it_obeys_robots_txt(platform):
    with bench(platform, robots=DENY) as b:
        if not b.collector.terms.robots:
            assert len(b.posts()) == 10, "a contract for the interface decides"
            return
        with pytest.raises(Blocked, match=r"robots\.txt"):
            b.pages()
        assert b.site.pages == []


def test_only_posts_inside_the_window_are_kept_and_later_ones_are_found_later(platform):
    window = Window(since=START + timedelta(hours=4), until=START + timedelta(hours=8))
    with bench(platform, overlap=0) as b:
        pages = b.pages(window=window)
        found = sorted(int(post.text.split()[2]) for page in pages for post in page.posts)
        assert found == [4, 5, 6, 7]
        later = Window(since=window.until)
        assert sorted(int(post.text.split()[2]) for post in b.posts(pages[-1].cursor, later)) == [8, 9, 10]


def test_a_walk_does_not_go_back_behind_its_window(platform):
    with bench(platform, count=40) as b:
        b.pages(window=Window(since=START + timedelta(hours=39)))
        assert len(b.site.pages) <= b.fake.per_visit + 1


def test_accounts_side_by_side_get_their_own_posts(platform):
    with bench(platform) as b, ThreadPoolExecutor(4) as pool:
        for posts in pool.map(lambda _: b.posts(), range(8)):
            assert {post.native_id: post.text for post in posts} == b.fake.expected()


def test_it_says_what_it_sees_and_what_it_misses(platform):
    kind = collector_class(platform)
    assert kind.platform is platform
    assert kind.sees
    assert kind.misses
    assert kind.version
    assert fake_of(platform).platform is platform


def test_a_platform_whose_terms_need_approval_is_off_without_its_reference(platform):
    terms = collector_class(platform).terms
    keys = dict.fromkeys(terms.keys, "rahasia")
    with plain_client() as client:
        if terms.needs_approval:
            with pytest.raises(Blocked, match=rf"set platforms\.{platform}\.terms_approval"):
                collector_for(platform, client, Options(keys=keys))
        else:
            assert collector_for(platform, client, Options(keys=keys)).platform is platform


def test_a_platform_that_wants_keys_is_not_tried_without_them(platform):
    terms = collector_class(platform).terms
    with plain_client() as client:
        for missing in terms.keys:
            keys = {name: "rahasia" for name in terms.keys if name != missing}
            with pytest.raises(KeyNeeded, match=rf"set {missing} under \[platforms\.{platform}\.keys\]"):
                collector_for(platform, client, Options(terms_approval="SK-7/2026", keys=keys))


def test_no_key_reaches_the_evidence(platform):
    with bench(platform) as b:
        pages = b.pages()
        assert "rahasia-" not in repr(pages)
        assert {one.capture.access for page in pages for one in page.evidence} == {
            "app key" if b.collector.terms.keys else "without login"
        }


def test_an_expired_key_is_told_apart_from_a_private_account(platform):
    with bench(platform) as b:
        if b.collector.terms.keys:
            b.fake.mode = "expired"
            with pytest.raises(KeyNeeded, match=rf"platforms\.{platform}\.keys"):
                b.pages()
