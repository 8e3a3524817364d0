"""What Meta's interfaces share: refusals by code, waiting, the key that stands in answers, and opaque paging."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.graph import KEYLESS, Listing, TokenExpired, moment
from scanner.collect.platforms.threads import ThreadsCollector
from scanner.domain.accounts import Platform
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FetchFailed, FormatDrift, KeyNeeded, RateLimited
from tests.collect.fakes import account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.graph import KEY, refusal, token_of
from tests.collect.fakes.threads import FakeThreads
from tests.collect.servers import Reply, Request, Site, plain_client

ANI = account_of(Platform.THREADS, "ani.contoh")


@contextmanager
def collector_at(answer, key: str = KEY, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield ThreadsCollector(client, Options(base_url=site.url, keys={"token": key}, **options)), site


def pages_of(answer, cursor: Cursor | None = None, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(ANI, cursor or Cursor(), Window()))


def refused(reply: Reply) -> Exception:
    with pytest.raises(Exception) as caught:
        pages_of(lambda _: reply)
    return caught.value


@pytest.mark.parametrize(
    ("code", "subcode", "error", "words"),
    [
        (190, None, KeyNeeded, "missing, expired, revoked or wrong"),
        (190, 460, KeyNeeded, "changed the password"),
        (190, 463, KeyNeeded, r"code 190, subcode 463: the key is refused \(expired\)"),
        (190, 467, KeyNeeded, "revoked"),
        (102, None, KeyNeeded, r"platforms\.threads\.keys"),
        (104, None, KeyNeeded, r"platforms\.threads\.keys"),
        (368, None, KeyNeeded, "blocked for policy reasons"),
        (4, None, RateLimited, "asks us to wait 300 s"),
        (17, 2446079, RateLimited, "code 17"),
        (32, None, RateLimited, "code 32"),
        (613, None, RateLimited, "code 613"),
        (80002, None, RateLimited, "code 80002"),
        (10, None, Blocked, "lacks a permission"),
        (200, None, Blocked, "lacks a permission"),
        (299, None, Blocked, "lacks a permission"),
        (2642, None, TokenExpired, "page token"),
        (1, None, FetchFailed, "failed for a moment"),
        (2, None, FetchFailed, "failed for a moment"),
        (9999, None, FetchFailed, "not a refusal we know"),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 403])
def test_the_code_decides_and_not_the_http_status(code, subcode, error, words, status):
    raised = refused(refusal(code, subcode, status=status))
    assert isinstance(raised, error)
    assert str(raised).startswith(f"threads ani.contoh: code {code}")
    with pytest.raises(error, match=words):
        raise raised


def test_no_refusal_repeats_what_the_platform_wrote():
    for code in (190, 4, 10, 2, 9999):
        raised = refused(refusal(code, message=f"Malformed access token {KEY} for 'kata orang'"))
        assert KEY not in str(raised)
        assert "kata" not in str(raised)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 300.0),
        ({"Retry-After": "30"}, 30.0),
        ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 3}]}'}, 180.0),
        ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, 300.0),
        (
            {
                "X-Business-Use-Case-Usage": json.dumps(
                    {
                        "1": [{"type": "pages", "estimated_time_to_regain_access": 2}],
                        "2": [{"call_count": 9}, {"estimated_time_to_regain_access": 19}],
                    }
                )
            },
            1140.0,
        ),
        ({"X-Business-Use-Case-Usage": '{"1": [{"estimated_time_to_regain_access": 9000}]}'}, 3600.0),
        ({"X-Business-Use-Case-Usage": "half a {"}, 300.0),
        ({"X-App-Usage": '{"call_count": 100, "total_time": 25, "total_cputime": 25}'}, 300.0),
    ],
)
def test_it_waits_as_long_as_the_usage_headers_say(headers, seconds):
    raised = refused(Reply(refusal(4).body, 403, "application/json", headers))
    assert isinstance(raised, RateLimited)
    assert raised.retry_after == seconds


def test_a_limit_closes_the_host_for_all_accounts():
    with collector_at(lambda _: refusal(4)) as (collector, site):
        for _ in range(2):
            with pytest.raises(RateLimited):
                list(collector.collect(ANI, Cursor(), Window()))
        assert len(site.pages) == 1


def test_what_fails_for_a_moment_is_asked_again():
    replies = [refusal(2, status=500), refusal(1), as_json({"data": []})]
    with collector_at(lambda _: replies.pop(0)) as (collector, site):
        (page,) = collector.collect(ANI, Cursor(), Window())
        assert page.posts == ()
        assert len(site.pages) == 3


def test_the_key_goes_into_the_header_and_nowhere_else():
    fake = FakeThreads(7)
    with collector_at(fake.answer, page_size=3) as (collector, site):
        pages = list(collector.collect(ANI, Cursor(), Window()))
        assert {request.headers["authorization"] for request in site.pages} == {f"Bearer {KEY}"}
        assert not any(KEY in value for request in site.pages for value in request.query.values())
    assert len(pages) == 3
    kept = [evidence for page in pages for evidence in page.evidence]
    assert not any(KEY.encode() in evidence.body for evidence in kept)
    assert not any(b"access_token" in evidence.body for evidence in kept)
    assert KEY not in repr(pages)


def test_an_answer_without_the_key_is_kept_byte_for_byte_and_one_with_it_says_so():
    fake = FakeThreads(4)
    first, last = pages_of(fake.answer, page_size=3)
    assert [one.evidence[0].capture.media_type for one in (first, last)] == [KEYLESS, "application/json"]
    (evidence,) = first.evidence
    assert json.loads(evidence.body)["paging"]["next"] == "left out: holds the key"
    assert len(json.loads(evidence.body)["data"]) == 3
    assert (evidence.capture.size, evidence.capture.sha256) == (
        len(evidence.body),
        hashlib.sha256(evidence.body).hexdigest(),
    )
    assert {post.capture_sha256 for post in first.posts} == {evidence.capture.sha256}


def test_a_key_of_several_spellings_is_taken_out_wherever_it_stands():
    key = "123|AbC/x"
    (page,) = pages_of(lambda _: as_json({"data": [], "echo": [key, "at=123%7CAbC%2Fx"]}), key=key)
    assert json.loads(page.evidence[0].body)["echo"] == ["(key)", "at=(key)"]


def test_words_that_look_like_a_link_between_pages_stay_in_the_evidence():
    fake = FakeThreads(0)
    fake.add('Kata: {"next": "https://contoh.example/?access_token=abc"}')
    (page,) = pages_of(fake.answer)
    assert page.posts[0].text in json.loads(page.evidence[0].body)["data"][0]["text"]


@pytest.mark.parametrize(
    ("paging", "linked", "unlinked"),
    [
        (None, None, None),
        ({}, None, None),
        ({"cursors": {}}, None, None),
        ({"cursors": {"before": "b", "after": "a"}}, None, "a"),
        ({"cursors": {"before": "b", "after": "a"}, "next": "https://g.example/?access_token=x"}, "a", "a"),
        ({"next": "https://g.example/?access_token=x"}, None, None),
    ],
)
def test_the_next_page_is_a_token_and_never_an_address(paging, linked, unlinked):
    listing = msgspec.convert({"data": [msgspec.Raw(b"{}")], "paging": paging}, Listing)
    assert (listing.after(), listing.after(linked=False)) == (linked, unlinked)
    assert msgspec.convert({"data": [], "paging": paging}, Listing).after(linked=False) is None


@pytest.mark.parametrize(
    "text", ["2026-11-01T01:02:03+0000", "2026-11-01T01:02:03Z", "2026-11-01T08:02:03+07:00", "2026-11-01T01:02:03"]
)
def test_times_of_every_spelling_are_utc(text):
    assert moment(text) == datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC)
    assert moment(text).tzinfo is UTC


class Forgetful(FakeThreads):
    """Knows no page token that it gave before `forget` was called."""

    forgotten = ""
    refusing = refusal(100, message="(#100) Invalid parameter: after is not a valid cursor")

    def page(self, request: Request) -> Reply:
        if self.forgotten and request.query.get("after") == self.forgotten:
            return self.refusing
        return super().page(request)


@pytest.mark.parametrize("refusing", [Forgetful.refusing, refusal(2642)], ids=["code 100", "code 2642"])
def test_a_page_token_that_has_expired_begins_the_walk_again_without_gap(refusing):
    fake = Forgetful(10)
    fake.refusing = refusing
    with collector_at(fake.answer, page_size=3) as (collector, site):
        walk = collector.collect(ANI, Cursor(), Window())
        begun = [next(walk), next(walk)]
        walk.close()
        fake.forgotten = begun[-1].cursor.next_page
        fake.add("Datang di tengah jalan")
        asked = len(site.pages)
        rest = collector.collect(ANI, begun[-1].cursor, Window())
        assert "Datang di tengah jalan" in {post.text for post in next(rest).posts}
        assert site.pages[asked].query["after"] == fake.forgotten
        assert "after" not in site.pages[asked + 1].query
        token, fake.forgotten = fake.forgotten, ""
        pages = list(rest)
        assert "after" in site.pages[-1].query
        assert not any("ignores paging" in page.note for page in pages), token
        assert pages[-1].cursor.high_water is not None
        assert pages[-1].posts[-1].text == "Kabar nomor 1 dari kantor"


def test_a_page_token_refused_in_a_walk_of_its_own_is_an_error_and_never_the_end():
    fake = Forgetful(10)
    fake.forgotten = token_of(8)
    with pytest.raises(TokenExpired):
        pages_of(fake.answer, page_size=3)


def test_a_refused_field_is_drift():
    assert isinstance(refused(refusal(100, message="(#100) Tried accessing nonexisting field (text)")), FormatDrift)


def test_a_server_that_gives_the_same_token_for_ever_is_noticed():
    def answer(request: Request) -> Reply:
        item = FakeThreads(1).post(FakeThreads(1).items[0])
        link = {"cursors": {"after": "sama"}, "next": "https://g.example/"}
        return as_json({"data": [item], "paging": link})

    pages = pages_of(answer)
    assert len(pages) == 2
    assert "ignores paging" in pages[-1].note


def test_posts_of_one_second_are_all_kept_and_ids_need_no_order():
    fake = FakeThreads(0)
    ids = ["DZz", "DAa", "DMm"]

    def answer(request: Request) -> Reply:
        fake.items.clear()
        fake.add("Satu detik")
        post = fake.post(fake.items[0])
        return as_json({"data": [post | {"shortcode": one} for one in ids]})

    (page,) = pages_of(answer)
    assert [post.native_id for post in page.posts] == ids
    ids.insert(0, "DBaru")
    (later,) = pages_of(answer, page.cursor, overlap=0)
    assert later.posts[0].native_id == "DBaru"
    assert later.cursor == page.cursor
