"""What is particular to TikTok: searches of thirty days, tokens, quotas, and messages that are the only sign."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.meter import Meter
from scanner.collect.pace import Clock
from scanner.collect.platforms.tiktok import TikTokCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import BudgetSpent, FetchFailed, FormatDrift, Gone, KeyNeeded, Private, RateLimited
from tests.collect.fakes import START, account_of
from tests.collect.fakes.tiktok import FakeTikTok, error, found, reply
from tests.collect.servers import Reply, Request, Site, plain_client

NOW = START + timedelta(days=3)
AT = int(START.timestamp())
KEYS = {"client_key": "rahasia-client_key", "client_secret": "rahasia-client_secret"}
VIDEOS = "/v2/research/video/query/"


def film(native_id: object = (AT << 32) + 7, **fields) -> dict:
    return {"id": native_id, "username": "ani.contoh", "create_time": AT, "video_description": "Halo"} | fields


@contextmanager
def collector_at(answer, now: datetime = NOW, **options):
    """`answer` stands in for everything but the token."""

    def with_token(request: Request) -> Reply:
        if request.path == "/v2/oauth/token/":
            return reply({"access_token": "clt.rahasia", "expires_in": 7200})
        return answer(request)

    with (
        Site(with_token) as site,
        plain_client(site.host, clock=Clock(now=lambda: now, sleep=lambda _: None)) as client,
    ):
        yield TikTokCollector(client, Options(base_url=site.url, keys=KEYS, **options)), site


def pages_of(answer, cursor: Cursor | None = None, window: Window | None = None, handle="ani.contoh", **options):
    with collector_at(answer, **options) as (collector, _):
        account = account_of(Platform.TIKTOK, handle)
        return list(collector.collect(account, cursor or Cursor(), window or Window(since=START)))


def post_of(**fields):
    (page,) = pages_of(lambda _: found([film(**fields)], 0, 100, "1"))
    (post,) = page.posts
    return post


def asked(site: Site) -> list[dict]:
    return [json.loads(request.body) for request in site.requests if request.path == VIDEOS]


def test_a_film_becomes_a_post():
    post = post_of()
    assert post.id == f"tiktok:{(AT << 32) + 7}"
    assert post.posted_at == START
    assert (post.role, post.text, post.media) == (Role.POSTED, "Halo", (Media(kind="video"),))
    assert post.url == f"https://www.tiktok.com/@ani.contoh/video/{(AT << 32) + 7}"
    assert post.edited_at is None


@pytest.mark.parametrize("native_id", [7213456789012345678, "7213456789012345678"])
def test_ids_beyond_what_a_float_can_hold_stay_whole(native_id):
    assert post_of(native_id=native_id).native_id == "7213456789012345678"


def test_spoken_words_and_stickers_belong_to_the_words():
    post = post_of(
        video_description="Acara kantor bersama @budi.contoh dan @Ani.Contoh",
        voice_to_text="selamat  pagi",
        sticker_info_list=[{"sticker_id": "1", "sticker_name": "PILIH"}, {"sticker_name": "NOMOR"}, {}],
    )
    parts = ["Acara kantor bersama @… dan @Ani.Contoh", "[suara: selamat pagi]", "[teks gambar: PILIH / NOMOR]"]
    assert post.text == "\n\n".join(parts)


def test_a_film_without_words_is_kept_for_its_time():
    assert post_of(video_description=None, sticker_info_list=None).text == ""


def test_one_search_spans_at_most_thirty_days_and_the_next_ends_the_day_before():
    since = datetime(2026, 1, 1, tzinfo=UTC)
    with collector_at(lambda _: found([film()], 0, 100, "1")) as (collector, site):
        list(collector.collect(account_of(Platform.TIKTOK, "ani.contoh"), Cursor(), Window(since=since)))
        spans = [(body["start_date"], body["end_date"]) for body in asked(site)]
    assert spans == [("20260203", "20260304"), ("20260104", "20260202"), ("20260101", "20260103")]


def test_the_next_page_repeats_the_search_with_cursor_and_search_id():
    fake = FakeTikTok(5)
    with Site(fake.answer) as site, plain_client(site.host, clock=fake.clock) as client:
        collector = TikTokCollector(client, Options(base_url=site.url, keys=KEYS, page_size=2))
        pages = list(collector.collect(fake.account, Cursor(), Window(since=START)))
        first, second, third = asked(site)
    assert "search_id" not in first
    assert {**first, "cursor": 2, "search_id": "0"} == second
    assert {**first, "cursor": 4, "search_id": "0"} == third
    assert pages[0].cursor.next_page == "2026-03-01/2026-03-04/2/0"
    assert [len(page.posts) for page in pages] == [2, 2, 1]


def test_a_short_or_empty_page_is_not_the_end():
    def answer(request: Request) -> Reply:
        cursor = json.loads(request.body).get("cursor", 0)
        data = {"videos": [film()] if cursor == 200 else [], "cursor": cursor + 100, "has_more": cursor < 200}
        return reply({"data": data | {"search_id": "9"}, "error": {"code": "ok"}})

    pages = pages_of(answer)
    assert [len(page.posts) for page in pages] == [0, 0, 1]
    assert pages[-1].note == ""


def test_a_cursor_that_does_not_move_ends_the_walk_with_a_note():
    stuck = {"data": {"videos": [film()], "cursor": 100, "has_more": True, "search_id": "9"}, "error": {"code": "ok"}}
    pages = pages_of(lambda _: reply(stuck))
    assert len(pages) == 2
    assert "ignores paging" in pages[-1].note


def test_empty_months_are_one_page_with_all_their_evidence():
    (page,) = pages_of(
        lambda request: found([], 0, 100, "1") if request.path == VIDEOS else reply({"data": {"display_name": "Ani"}}),
        window=Window(since=NOW - timedelta(days=80)),
    )
    assert page.posts == ()
    assert len(page.evidence) == 4, "three searches and the profile"


@pytest.mark.parametrize("stored", ["2026-03-01/2026-03-04/2/7777", "117020580452511285", "a/b/c/d"])
def test_a_stored_place_in_a_forgotten_search_begins_again_and_loses_nothing(stored):
    fake = FakeTikTok(5)
    with Site(fake.answer) as site, plain_client(site.host, clock=fake.clock) as client:
        collector = TikTokCollector(client, Options(base_url=site.url, keys=KEYS, page_size=2))
        pages = list(collector.collect(fake.account, Cursor(next_page=stored, top="1"), Window(since=START)))
    assert {post.native_id for page in pages for post in page.posts} == fake.expected().keys()
    assert pages[-1].cursor == Cursor(high_water=fake.native_id(fake.items[-1]))


@pytest.mark.parametrize("message", ["Search Id 9 is invalid or expired", "Invalid count or cursor"])
def test_a_search_that_is_forgotten_again_and_again_is_a_failed_fetch(message):
    def answer(request: Request) -> Reply:
        if "search_id" in json.loads(request.body):
            return error("invalid_params", message, 400)
        begun.append(request)
        return reply({"data": {"videos": [film()], "cursor": 100, "has_more": True, "search_id": f"{len(begun)}"}})

    begun: list[Request] = []
    with collector_at(answer) as (collector, site):
        walk = collector.collect(account_of(Platform.TIKTOK, "ani.contoh"), Cursor(), Window(since=START))
        assert len(next(walk).posts) == 1
        assert len(next(walk).posts) == 1, "begun again once"
        with pytest.raises(FetchFailed, match="invalid_params"):
            next(walk)
        assert len(asked(site)) == 4


def test_what_was_known_is_looked_at_again_for_a_week_and_not_further():
    known = str((int((NOW - timedelta(days=2)).timestamp()) << 32) + 1)
    with collector_at(lambda _: found([film()], 0, 100, "1")) as (collector, site):
        window = Window(since=NOW - timedelta(days=300))
        list(collector.collect(account_of(Platform.TIKTOK, "ani.contoh"), Cursor(high_water=known), window))
        assert [(body["start_date"], body["end_date"]) for body in asked(site)] == [("20260223", "20260304")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (error("access_token_invalid", "refresh", 401), KeyNeeded),
        (error("scope_not_authorized", "no", 401), KeyNeeded),
        (error("daily_quota_limit_exceeded", "no", 429), BudgetSpent),
        (error("rate_limit_exceeded", "no", 429), RateLimited),
        (error("invalid_params", "username x is invalid: cannot find the user", 400), Gone),
        (error("invalid_params", "API cannot return this user's information", 400), Private),
        (error("invalid_params", "bad", 400), FetchFailed),
        (error("internal_error", "Something went wrong", 500), FetchFailed),
        (error("something_new", "?", 200), FetchFailed),
        (Reply("no", status=401), KeyNeeded),
        (Reply("no", status=504), FetchFailed),
        (reply({"data": None, "error": {"code": "ok"}}), FormatDrift),
        (reply([]), FormatDrift),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_refusal_says_what_it_is(answer, expected):
    with pytest.raises(expected) as caught:
        pages_of(lambda _: answer)
    assert "rahasia" not in str(caught.value)


def test_both_spellings_of_a_name_are_one_account():
    (page,) = pages_of(lambda _: found([film()], 0, 100, "1"), handle="Ani.Contoh")
    assert page.posts[0].account_id == "tiktok:ani.contoh"
    assert page.rejected == ()


def test_a_token_that_ended_early_is_replaced_and_the_page_read():
    fake = FakeTikTok(1)
    with Site(fake.answer) as site, plain_client(site.host, clock=fake.clock) as client:
        options = Options(base_url=site.url, keys=KEYS)
        for _ in range(3):
            (page,) = TikTokCollector(client, options).collect(fake.account, Cursor(), Window(since=START))
            assert len(page.posts) == 1
        assert fake.granted == 1, "collectors of one run share the token"
        fake.granted = 7
        (page,) = TikTokCollector(client, options).collect(fake.account, Cursor(), Window(since=START))
        assert fake.granted == 8
    shown = repr(page)
    assert "rahasia" not in shown
    assert "oauth" not in shown


@pytest.mark.parametrize(
    "answer",
    [
        reply({"error": "invalid_client", "error_description": "rahasia-client_key is wrong"}, 400),
        reply({"error": "invalid_client", "error_description": "rahasia-client_key is wrong"}),
        Reply("<html>rahasia-client_key"),
    ],
    ids=["400", "200", "page"],
)
def test_refused_keys_are_told_without_what_was_said_of_them(answer, caplog):
    with Site(lambda _: answer) as site, plain_client(site.host) as client:
        collector = TikTokCollector(client, Options(base_url=site.url, keys=KEYS))
        with pytest.raises(KeyNeeded, match=r"platforms\.tiktok\.keys") as caught:
            list(collector.collect(account_of(Platform.TIKTOK, "ani.contoh"), Cursor(), Window(since=START)))
    assert "rahasia" not in f"{caught.value!r}{caught.value.__cause__!r}{caplog.text}"


def test_a_request_counts_as_a_hundred_records_so_that_both_caps_hold():
    meter = Meter(200, unit="records")
    pages = pages_of(lambda _: found([film()], 0, 100, "1"), meter=meter)
    assert (len(pages), meter.used) == (1, 100)
    with pytest.raises(BudgetSpent, match="200 records"):
        pages_of(lambda _: found([film()], 0, 100, "1"), window=Window(since=NOW - timedelta(days=80)), meter=meter)
    assert TikTokCollector.terms.daily / TikTokCollector.terms.per_request == 1000


# Looking up by id


def test_what_is_there_and_what_is_not_is_asked_by_id_a_month_at_a_time():
    fake = FakeTikTok(6)
    gone = str((AT << 32) + 99)
    old = str((int((START - timedelta(days=90)).timestamp()) << 32) + 1)
    wanted = [fake.native_id(item) for item in fake.items[:5]]
    with Site(fake.answer) as site, plain_client(site.host, clock=fake.clock) as client:
        collector = TikTokCollector(client, Options(base_url=site.url, keys=KEYS, page_size=2))
        answers = list(collector.look_up(fake.account, [*wanted, gone, old, "not-an-id"]))
        bodies = asked(site)
    assert {post.native_id for answer in answers for post in answer.posts} == set(wanted)
    assert [answer.missing for answer in answers] == [(old,), (gone,)]
    assert [len(answer.evidence) for answer in answers] == [1, 3]
    assert {body["query"]["and"][0]["field_name"] for body in bodies} == {"video_id"}


def test_a_film_that_cannot_be_read_is_never_called_missing():
    with collector_at(lambda _: found([film(create_time="?")], 0, 100, "1")) as (collector, _):
        (answer,) = collector.look_up(account_of(Platform.TIKTOK, "ani.contoh"), [str((AT << 32) + 7)])
    assert (answer.posts, answer.missing) == ((), ())


def test_a_search_by_id_that_never_ends_proves_nothing():
    endless = {"videos": [], "cursor": 1, "has_more": True, "search_id": "9"}
    with collector_at(lambda _: reply({"data": endless})) as (collector, _):
        (answer,) = collector.look_up(account_of(Platform.TIKTOK, "ani.contoh"), [str((AT << 32) + 7)])
    assert answer.missing == ()
