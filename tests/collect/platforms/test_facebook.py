"""What is particular to Facebook: Pages and not persons, shared posts, look-ups by id, comments of listed accounts."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from scanner.collect.answers import EXTRACT
from scanner.collect.interface import Options, Window
from scanner.collect.platforms.facebook import FacebookCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Gone, KeyNeeded, Private
from tests.collect.fakes import START, account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.facebook import PAGE_ID, FakeFacebook
from tests.collect.fakes.graph import KEY, number_of, refusal, token_of
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

ANI = account_of(Platform.FACEBOOK, "Ani.Contoh")
POST = f"{PAGE_ID}_122100000000000001"


def item(**fields) -> dict:
    return {
        "id": POST,
        "from": {"id": PAGE_ID},
        "message": "Halo",
        "created_time": "2026-03-01T10:00:00+0000",
        "permalink_url": f"https://www.facebook.com/{PAGE_ID}/posts/122100000000000001",
        "status_type": "mobile_status_update",
    } | fields


def attached(**fields) -> dict:
    return {"attachments": {"data": [fields]}}


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield FacebookCollector(client, Options(base_url=site.url, keys={"token": KEY}, **options)), site


def page_with(*items: dict):
    return lambda request: as_json({"data": items} if request.path.endswith("/posts") else {"id": PAGE_ID})


def pages_of(answer, account=ANI, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account, Cursor(), Window()))


def post_of(**fields):
    (page,) = pages_of(page_with(item(**fields)))
    (post,) = page.posts
    return post


def test_a_post_is_known_by_the_numbers_of_its_page_and_itself():
    post = post_of()
    assert (post.id, post.account_id) == (f"facebook:{POST}", "facebook:ani.contoh")
    assert (post.role, post.text, post.context, post.verifiable) == (Role.POSTED, "Halo", "", True)
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert post_of(permalink_url=None).url == f"https://www.facebook.com/{POST}"
    assert post_of(updated_time="2026-04-01T10:00:00+0000").edited_at is None, "comments change it too"


def test_the_page_is_looked_at_first_and_its_posts_are_asked_for_by_its_number():
    fake = FakeFacebook(7)
    with collector_at(fake.answer, page_size=3) as (collector, site):
        list(collector.collect(ANI, Cursor(), Window()))
        paths = [request.path for request in site.pages]
        queries = [request.query for request in site.pages]
    assert paths == ["/v25.0/Ani.Contoh", *[f"/v25.0/{PAGE_ID}/posts"] * 3]
    assert [query.get("after") for query in queries] == [None, None, token_of(5), token_of(2)]
    assert {query["limit"] for query in queries[1:]} == {"3"}


@pytest.mark.parametrize("handle", ["ani.contoh", PAGE_ID])
def test_a_page_is_found_by_its_name_and_by_its_number(handle):
    fake = FakeFacebook(7)
    pages = pages_of(fake.answer, account_of(Platform.FACEBOOK, handle), page_size=3)
    assert {page.native_id for page in pages} == {PAGE_ID}
    assert [len(page.evidence) for page in pages] == [2, 1, 1]
    assert sum(len(page.posts) for page in pages) == 7


def test_a_link_gives_its_title_and_leads_past_facebooks_counting():
    shim = "https://l.facebook.com/l.php?u=https%3A%2F%2Fberita.example%2Fa&h=AT0"
    post = post_of(
        status_type="shared_story", **attached(media_type="link", url=shim, title="Judul", description="Isi")
    )
    assert (post.role, post.text) == (Role.POSTED, "Halo\n\n[tautan: Judul]")
    assert post.media == (Media(kind="link", url="https://berita.example/a", description="Judul"),)
    direct = attached(media_type="link", url=shim, unshimmed_url="https://berita.example/b")
    assert post_of(**direct).media[0].url == "https://berita.example/b"


def test_words_of_others_are_the_text_when_only_shared_and_context_when_commented_on():
    shared = attached(
        media_type="link", url="https://www.facebook.com/budi/posts/5", title="Budi", description="Kata @citra"
    )
    bare = post_of(status_type="shared_story", message=None, **shared)
    assert (bare.role, bare.text) == (Role.REPOSTED, "Budi\n\nKata @…")
    assert bare.context == "[membagikan unggahan @…]"
    quoted = post_of(status_type="shared_story", message="Lihat ini", **shared)
    assert (quoted.role, quoted.text) == (Role.QUOTED, "Lihat ini")
    assert quoted.context == "[mengutip unggahan @…]\n\nBudi\n\nKata @…"


@pytest.mark.parametrize(
    ("status_type", "url"),
    [
        ("shared_story", f"https://www.facebook.com/{PAGE_ID}/posts/5"),
        ("shared_story", "https://m.facebook.com/ani.contoh/posts/5"),
        ("shared_story", f"https://www.facebook.com/permalink.php?story_fbid=5&id={PAGE_ID}"),
        ("added_photos", "https://www.facebook.com/photo.php?fbid=5"),
        ("added_video", "https://www.facebook.com/reel/5"),
    ],
)
def test_what_a_page_shows_of_its_own_is_posted(status_type, url):
    assert post_of(status_type=status_type, **attached(media_type="photo", url=url)).role is Role.POSTED


def test_a_photo_does_not_repeat_the_words_as_its_description():
    photo = attached(media_type="photo", url="https://www.facebook.com/photo.php?fbid=5", description="Halo")
    post = post_of(status_type="added_photos", **photo)
    assert post.text == "Halo"
    assert post.media[0].kind == "image"


def test_handles_of_others_are_masked_and_ones_own_stays():
    assert post_of(message="@budi dan @ani.contoh").text == "@… dan @ani.contoh"


def test_a_post_without_author_is_the_pages_by_its_number_alone():
    (page,) = pages_of(page_with(item(**{"from": None}), item(id="99_1", **{"from": None}), item(id=7)))
    assert [post.native_id for post in page.posts] == [POST]
    assert len(page.rejected) == 2


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (refusal(803, message="(#803) Cannot query users by their username (ani)"), Private, "only for Pages"),
        (refusal(803, message="(#803) Some of the aliases you requested do not exist: ani"), Gone, "not there"),
        (refusal(100, 33, "Unsupported get request."), Gone, "not shown to this app"),
        (
            refusal(100, message="(#100) Object does not exist ... or the 'Page Public Content Access' feature"),
            Blocked,
            "not been reviewed for Page Public Content Access",
        ),
        (refusal(10, message="(#10) To use 'Page Public Content Access' ..."), Blocked, "a reviewed feature"),
        (refusal(190, 460), KeyNeeded, "changed the password"),
        (as_json({"name": "Ani"}), FormatDrift, "another shape"),
    ],
    ids=["person", "no alias", "no object", "no review", "no feature", "key", "drift"],
)
def test_persons_pages_and_rights_are_told_apart(reply, error, words):
    with pytest.raises(error, match=words):
        pages_of(lambda _: reply)


@pytest.mark.parametrize("handle", ["@ani", "ani/posts", "ani?x=1", "", "https://www.facebook.com/ani"])
def test_it_refuses_what_is_no_name_of_a_page(handle):
    with pytest.raises(Blocked, match="valid: letters"):
        pages_of(lambda _: NOT_FOUND, account_of(Platform.FACEBOOK, handle))


def test_posts_are_looked_up_one_by_one_and_a_missing_one_is_told():
    fake = FakeFacebook(3)
    fake.add("kata orang lain", kind="foreign")
    one, other = fake.native_id(fake.items[0]), fake.native_id(fake.items[3])
    gone = f"{PAGE_ID}_999"
    with collector_at(fake.answer) as (collector, site):
        found = list(collector.look_up(ANI, [one, gone, "mcl:77", "pfbid0abc", other]))
        assert [request.path for request in site.pages] == [f"/v25.0/{path}" for path in (one, gone, other)]
    assert [[post.native_id for post in each.posts] for each in found] == [[one], [], []]
    assert [each.missing for each in found] == [(), (gone,), ()]
    assert found[0].posts[0].capture_sha256 == found[0].evidence[0].capture.sha256


def test_a_look_up_without_rights_is_an_error_and_nothing_is_missing():
    with collector_at(lambda _: refusal(10)) as (collector, _), pytest.raises(Blocked):
        list(collector.look_up(ANI, [POST]))


# Comments under a campaign's posts

LISTED = {"555": ANI, "ani.contoh": ANI}


class Campaign(FakeFacebook):
    """The Page of a campaign; comments by post, as (number, author's id or None, words)."""

    handle = "kampanye"

    def __init__(self, *comments: list[tuple[int, str | None, str]]) -> None:
        super().__init__(len(comments))
        self.said = dict(zip((self.native_id(one) for one in self.items), comments, strict=True))
        self.reverse = True

    def page(self, request: Request) -> Reply:
        post_id = request.path.removeprefix("/v25.0/").removesuffix("/comments")
        if not request.path.endswith("/comments"):
            return super().page(request)
        if post_id not in self.said:
            return refusal(100, 33)
        assert request.query["order"] == "reverse_chronological"
        said = sorted(self.said[post_id], reverse=self.reverse)
        numbers = [one[0] for one in said]
        first = numbers.index(number_of(request.query["after"])) + 1 if "after" in request.query else 0
        shown = said[first : first + int(request.query["limit"])]
        paging = {"cursors": {"after": token_of(shown[-1][0])}} if shown else {}
        if first + len(shown) < len(said):
            paging["next"] = f"https://graph.facebook.com/?access_token={KEY}"
        return as_json({"data": [self.comment(post_id, *one) for one in shown], "paging": paging})

    def comment(self, post_id: str, number: int, author: str | None, words: str) -> dict:
        at = (START + timedelta(hours=number)).strftime("%Y-%m-%dT%H:%M:%S+0000")
        comment = {"id": f"{post_id.partition('_')[2]}_{700 + number}", "message": words, "created_time": at}
        return comment | ({"from": {"name": f"Nama {author}", "id": author}} if author else {})


def comments_of(fake, cursor: Cursor | None = None, window: Window | None = None, listed=LISTED, **options):
    with collector_at(fake.answer, **options) as (collector, site):
        pages = list(collector.comments("kampanye", listed, cursor or Cursor(), window or Window()))
        return pages, site.pages


@pytest.fixture
def campaign():
    return Campaign(
        [(5, "555", "Pilih nomor dua @budi"), (6, "777", "Rahasia orang lain"), (7, None, "Tanpa nama")],
        [(8, "888", "Kata Citra"), (9, "555", "Saya dukung")],
    )


def test_comments_of_listed_accounts_are_kept_with_where_they_stand(campaign):
    pages, _ = comments_of(campaign)
    first, second = sorted((post for page in pages for post in page.posts), key=lambda post: post.native_id)
    assert (first.text, second.text) == ("Pilih nomor dua @…", "Saya dukung")
    assert {post.role for post in (first, second)} == {Role.COMMENTED}
    assert {post.account_id for post in (first, second)} == {ANI.id}
    assert first.native_id == "122100000000000001_705"
    assert first.url == "https://www.facebook.com/122100000000000001?comment_id=705"
    assert first.posted_at == START + timedelta(hours=5)
    assert first.context == "[komentar di bawah unggahan akun kampanye @…]"
    assert {page.native_id for page in pages} == {PAGE_ID}


def test_nothing_of_others_is_kept_anywhere(campaign):
    campaign.said[campaign.native_id(campaign.items[0])].append((10, "999", "Kata orang yang rusak"))
    pages, _ = comments_of(campaign)
    everything = repr(pages) + "".join(str(one.body) for page in pages for one in page.evidence)
    for theirs in ("Rahasia", "Tanpa nama", "Citra", "rusak", "777", "888", "999", "Nama 7", "706", "707", "708"):
        # As a whole: three digits stand in a hash by chance.
        assert not re.search(f"(?<![0-9a-z]){theirs}(?![0-9a-z])", everything)
    for page in pages:
        for evidence in page.evidence:
            assert evidence.capture.media_type == EXTRACT
            assert [one["from"]["id"] for one in json.loads(evidence.body)] == ["555"]
    kept = {one.capture.sha256 for page in pages for one in page.evidence}
    assert {post.capture_sha256 for page in pages for post in page.posts} <= kept


def test_nobody_is_known_by_name(campaign):
    campaign.said[campaign.native_id(campaign.items[0])].append((11, "ani.palsu", "Bukan Ani"))
    pages, _ = comments_of(campaign, listed={"Nama 777": ANI, "ani.contoh": ANI})
    assert [post for page in pages for post in page.posts] == []
    assert [one for page in pages for one in page.evidence] == []


def test_an_unreadable_comment_is_told_without_its_words(campaign, monkeypatch):
    good = Campaign.comment
    broken = {"id": 7, "message": "Kata rusak", "created_time": None, "from": {"id": "777"}}
    monkeypatch.setattr(Campaign, "comment", lambda self, post, *one: broken if one[0] == 6 else good(self, post, *one))
    pages, _ = comments_of(campaign)
    (rejected,) = [one for page in pages for one in page.rejected]
    assert rejected.reason == "ValidationError: of another shape than known"
    assert sum(len(page.posts) for page in pages) == 2


def test_comments_are_read_page_by_page_and_a_post_that_is_gone_has_none(campaign):
    campaign.said[campaign.native_id(campaign.items[0])] += [(n, "555", f"Lagi {n}") for n in range(20, 27)]
    del campaign.said[campaign.native_id(campaign.items[1])]
    pages, asked = comments_of(campaign, page_size=3)
    assert sum(len(page.posts) for page in pages) == 8
    under = [request for request in asked if request.path.endswith("/comments")]
    assert [len(request.query.get("after", "")) > 0 for request in under] == [False, False, True, True, True]


def test_a_second_run_reads_no_more_pages_than_it_must(campaign):
    old = [(-100 - n, "777", "Lama") for n in range(12)]
    campaign.said[campaign.native_id(campaign.items[0])] += old
    first, asked = comments_of(campaign, page_size=3)
    cursor = first[-1].cursor
    assert cursor == Cursor(high_water=str(int((START + timedelta(hours=9)).timestamp())))
    campaign.said[campaign.native_id(campaign.items[0])].append((12, "555", "Baru"))
    second, again = comments_of(campaign, cursor, page_size=3)
    assert "Baru" in {post.text for page in second for post in page.posts}
    assert len(again) < len(asked)
    campaign.reverse = False  # an order that is not kept tells nothing about what is new
    _, all_of_them = comments_of(campaign, cursor, page_size=3)
    assert len(all_of_them) > len(again)


def test_a_comment_that_came_while_another_post_was_read_is_found_by_the_next_run(campaign):
    first, _ = comments_of(campaign, page_size=2)
    campaign.said[campaign.native_id(campaign.items[0])].append((4, "555", "Terlewat"))
    second, _ = comments_of(campaign, first[-1].cursor, page_size=2)
    assert "Terlewat" in {post.text for page in second for post in page.posts}


def test_only_comments_inside_the_window_and_posts_since_its_start_are_read(campaign):
    window = Window(since=START + timedelta(hours=2), until=START + timedelta(hours=9))
    campaign.said[campaign.native_id(campaign.items[1])].append((8, "555", "Di dalam"))
    pages, asked = comments_of(campaign, window=window)
    assert [post.text for page in pages for post in page.posts] == ["Di dalam"]
    assert [request.path for request in asked if request.path.endswith("/comments")] == [
        f"/v25.0/{campaign.native_id(campaign.items[1])}/comments"
    ]
    later, _ = comments_of(campaign, pages[-1].cursor, Window(since=window.since))
    assert {post.text for page in later for post in page.posts} == {"Di dalam", "Saya dukung"}


def test_a_walk_over_a_campaigns_posts_is_resumed_where_it_was_cut():
    fake = Campaign(*([(n, "555", f"Komentar {n}")] for n in range(1, 8)))
    with collector_at(fake.answer, page_size=3) as (collector, _):
        walk = collector.comments("kampanye", LISTED, Cursor(), Window())
        begun = next(walk)
        walk.close()
        rest = list(collector.comments("kampanye", LISTED, begun.cursor, Window()))
    seen = [post.text for page in (begun, *rest) for post in page.posts]
    assert sorted(seen) == [f"Komentar {n}" for n in range(1, 8)]
    assert rest[-1].cursor == Cursor(high_water=str(int((START + timedelta(hours=7)).timestamp())))
