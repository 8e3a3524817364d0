"""What is particular to YouTube: places without videos, page tokens, refusals, look-ups, and comments."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.meter import Meter
from scanner.collect.platforms.youtube import YouTubeCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import (
    Blocked,
    BudgetSpent,
    CollectError,
    FetchFailed,
    FormatDrift,
    Gone,
    KeyNeeded,
    Private,
    RateLimited,
)
from tests.collect.fakes import account_of
from tests.collect.fakes.youtube import OTHER, OWN, channel, comment, entry, failure, film, listing, thread
from tests.collect.platforms.test_youtube_contract import conforming
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

ANI = account_of(Platform.YOUTUBE, "anicontoh")
KEY = "rahasia-kunci"
ALL = Window()
HOME = "/youtube/v3/"


class Server:
    """One channel. Page tokens are places in the list, as Google's are: what is added above shifts them."""

    def __init__(self, *films: dict, entries: list[dict] | None = None, about: dict | None = None) -> None:
        self.films = list(films)
        self.entries = entries
        self.about = about or channel(videos=len(films))
        self.threads: list[dict] = []
        self.replies: dict[str, list[dict]] = {}
        self.instead: dict[str, Reply] = {}
        """Answers that come in place of a resource's own."""
        self.refused: set[str] = set()
        """Page tokens it no longer knows."""

    def __call__(self, request: Request) -> Reply:
        resource, asked = request.path.removeprefix(HOME), request.query
        if resource in self.instead:
            return self.instead[resource]
        if asked.get("pageToken") in self.refused:
            return failure(400, "invalidPageToken")
        match resource:
            case "channels":
                return listing("channel", [self.about])
            case "playlistItems":
                shown = [entry(one["id"], at=one["snippet"]["publishedAt"]) for one in self.films]
                return page_of("playlistItem", shown if self.entries is None else self.entries, asked)
            case "videos":
                return listing("video", [one for one in self.films if one["id"] in asked["id"].split(",")])
            case "commentThreads":
                return page_of("commentThread", self.threads, asked)
            case "comments" if "parentId" in asked:
                return page_of("comment", self.replies[asked["parentId"]], asked)
            case "comments":
                every = [one for some in self.replies.values() for one in some]
                return listing("comment", [one for one in every if one["id"] in asked["id"].split(",")])
        return NOT_FOUND


def page_of(kind: str, items: list[dict], asked: dict[str, str]) -> Reply:
    start, size = place_of(asked.get("pageToken")), int(asked["maxResults"])
    return listing(kind, items[start : start + size], token_at(start + size) if start + size < len(items) else None)


def token_at(place: int) -> str:
    return urlsafe_b64encode(f"PT:{place:04d}".encode()).decode().rstrip("=")


def place_of(token: str | None) -> int:
    return int(urlsafe_b64decode(token + "==").partition(b":")[2]) if token else 0


def film_at(hour: int, **given) -> dict:
    return film(f"jam-{hour:07d}", at=f"2026-03-01T{hour:02d}:00:00Z", **given)


@contextmanager
def collector_at(answer, *, described: bool = True, **options):
    wrong: list[str] = []
    with Site(conforming(answer, wrong) if described else answer) as site, plain_client(site.host) as client:
        yield YouTubeCollector(client, Options(base_url=site.url, keys={"key": KEY}, **options)), site
    assert wrong == []


def pages_of(answer, account=ANI, cursor: Cursor | None = None, window: Window = ALL, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account, cursor or Cursor(), window))


def post_of(**given):
    (page,) = pages_of(Server(film("abcdefghijk", **given)))
    (post,) = page.posts
    return post


def test_title_and_description_are_the_words_of_a_video_and_tags_are_not():
    post = post_of(title="Rapat", description="Isi rapat\n\n#kerja", defaultAudioLanguage="jv")
    assert post.id == "youtube:abcdefghijk"
    assert post.account_id == "youtube:anicontoh"
    assert post.url == "https://www.youtube.com/watch?v=abcdefghijk"
    assert post.posted_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert (post.role, post.text, post.context) == (Role.POSTED, "Rapat\nIsi rapat\n\n#kerja", "")
    assert post.media == (Media(kind="video", url=post.url),)
    assert (post.language, post.verifiable, post.edited_at) == ("jv", True, None)
    assert post_of(defaultLanguage="id", defaultAudioLanguage="jv").language == "id"


def test_an_edited_title_is_another_version_of_the_same_video():
    before, after = post_of(title="Rapat"), post_of(title="Rapat besar")
    assert before.id == after.id
    assert before.version_id != after.version_id


def test_handles_of_others_are_masked_and_ones_own_stays():
    assert post_of(description="bersama @budi dan @AniContoh").text == "Judul\nbersama @… dan @AniContoh"


def test_a_channel_is_found_by_its_handle_and_by_its_id():
    by_id = replace(ANI, handle=OWN)
    with collector_at(Server(film_at(1))) as (collector, site):
        for account, asked in ((ANI, {"forHandle": "@anicontoh"}), (by_id, {"id": OWN})):
            (page,) = collector.collect(account, Cursor(), ALL)
            assert page.native_id == OWN
            assert [post.account_id for post in page.posts] == [account.id]
            assert asked.items() <= site.pages[-3].query.items()
    with pytest.raises(FormatDrift, match="another channel"):
        pages_of(Server(about=channel(OTHER)), by_id)


@pytest.mark.parametrize("handle", ["", "@anicontoh", "ani contoh", "https://youtube.com/@ani", "UC/ani"])
def test_it_refuses_what_is_no_handle_before_anything_is_asked(handle):
    with collector_at(Server()) as (collector, site):
        with pytest.raises(Blocked, match="the name without @, or the channel's id"):
            list(collector.collect(replace(ANI, handle=handle), Cursor(), ALL))
        assert site.pages == []


@pytest.mark.parametrize("privacy", ["private", "unlisted"])
def test_a_channel_that_is_not_public_is_not_read(privacy):
    with pytest.raises(Private, match=f"the channel is '{privacy}'"):
        pages_of(Server(film_at(1), about=channel(privacy=privacy)))


def test_what_is_left_of_removed_and_private_videos_is_no_edit_and_is_not_asked_for():
    left = [
        entry("terhapus-01", at=None, owner=None, title="Deleted video", privacy="privacyStatusUnspecified"),
        entry("pribadi-001", at=None, owner=None, title="Private video"),
        entry("pribadi-002", privacy="private"),
    ]
    real = film("judul-asli1", title="Deleted video")
    answer = Server(real, entries=[*left, entry("judul-asli1", title="Deleted video")])
    with collector_at(answer, described=False) as (collector, site):  # Google's own list lacks the unspecified status
        (page,) = collector.collect(ANI, Cursor(), ALL)
        assert [post.text for post in page.posts] == ["Deleted video"]
        assert site.pages[-1].query["id"] == "judul-asli1"
    assert (page.rejected, page.note) == ((), "")


def test_what_became_unlisted_or_went_since_the_list_was_made_is_not_kept():
    open_one, hidden = film_at(3), film_at(2, privacy="unlisted")
    answer = Server(open_one, hidden, entries=[entry(one) for one in ("jam-0000003", "jam-0000002", "jam-0000001")])
    (page,) = pages_of(answer)
    assert [post.native_id for post in page.posts] == ["jam-0000003"]
    assert page.cursor == Cursor(high_water="20260301T030000Z")


def test_a_list_of_nothing_but_private_videos_is_empty_and_costs_no_third_unit():
    with collector_at(Server(entries=[entry("pribadi-001", privacy="private")])) as (collector, site):
        (page,) = collector.collect(ANI, Cursor(), ALL)
        assert (page.posts, len(site.pages)) == ((), 2)


def test_a_channel_that_counts_videos_but_lists_none_is_not_taken_for_empty():
    answer = Server(about=channel(videos=3))
    answer.instead["playlistItems"] = failure(404, "playlistNotFound")
    with pytest.raises(FetchFailed, match="counts '3' videos, but lists none"):
        pages_of(answer)


def test_a_premiere_that_enters_below_what_is_known_is_found_in_the_overlap():
    answer = Server(*(film_at(hour) for hour in range(9, 0, -1)))
    (first,) = pages_of(answer)
    answer.films.insert(4, film("premier-001", at="2026-03-01T12:00:00Z"))
    (second,) = pages_of(answer, cursor=first.cursor, overlap=6)
    assert "premier-001" in {post.native_id for post in second.posts}
    assert second.cursor == Cursor(high_water="20260301T120000Z")


def test_a_video_uploaded_while_we_turn_pages_costs_none():
    answer = Server(*(film_at(hour) for hour in range(9, 0, -1)))
    with collector_at(answer, page_size=2) as (collector, _):
        walk = collector.collect(ANI, Cursor(), ALL)
        seen = [*next(walk).posts]
        answer.films.insert(0, film_at(20))
        seen += [post for page in walk for post in page.posts]
    assert {post.native_id for post in seen} == {f"jam-{hour:07d}" for hour in range(1, 10)}


def test_a_walk_whose_place_was_forgotten_begins_again_from_the_top():
    answer = Server(*(film_at(hour) for hour in range(9, 0, -1)))
    with collector_at(answer, page_size=2) as (collector, _):
        begun = next(collector.collect(ANI, Cursor(), ALL))
        answer.refused.add(begun.cursor.next_page)
        rest = []
        with pytest.raises(FetchFailed, match="the page to go on from is not known"):
            rest.extend(collector.collect(ANI, Cursor(), ALL))
        answer.refused = {"dulu"}
        rest = list(collector.collect(ANI, Cursor(next_page="dulu", top="20260301T090000Z"), ALL))
    assert len({post.native_id for page in rest for post in page.posts}) == 9
    assert rest[-1].cursor == Cursor(high_water="20260301T090000Z")


def test_a_server_that_gives_the_same_token_again_is_noticed():
    answer = Server(film_at(1))
    answer.instead["playlistItems"] = listing("playlistItem", [entry("jam-0000001")], "sama")
    pages = pages_of(answer)
    assert len(pages) == 2
    assert "ignores paging" in pages[-1].note


def test_videos_from_before_the_window_cost_no_unit_and_end_the_walk():
    answer = Server(*(film_at(hour) for hour in range(15, 0, -1)))
    window = Window(since=datetime(2026, 3, 1, 12, tzinfo=UTC), until=datetime(2026, 3, 1, 15, tzinfo=UTC))
    with collector_at(answer, page_size=3) as (collector, site):
        pages = list(collector.collect(ANI, Cursor(), window))
        assert [post.native_id[-2:] for page in pages for post in page.posts] == ["14", "13", "12"]
        paths = [request.path.removeprefix(HOME) for request in site.pages]
        assert paths == ["channels", "playlistItems", "videos", "playlistItems", "videos", "playlistItems"]
        assert pages[-1].cursor == Cursor(high_water="20260301T140000Z")


def test_one_unreadable_video_is_rejected_and_an_answer_of_another_kind_is_drift():
    answer = Server(film_at(3), film_at(2) | {"status": None}, film_at(1, channelId=OTHER))
    (page,) = pages_of(answer, described=False)
    assert [post.native_id for post in page.posts] == ["jam-0000003"]
    assert ["another channel" in one.reason for one in page.rejected] == [False, True]
    for body in ("[]", '{"items": []}', '{"kind": "youtube#searchListResponse"}', '{"kind": 1}'):
        answer.instead["videos"] = Reply(body, media_type="application/json")
        with pytest.raises(FormatDrift):
            pages_of(answer, described=False)


def test_damaged_characters_cost_no_video_and_are_marked():
    body = json.dumps(
        {"kind": "youtube#videoListResponse", "items": [film_at(2, title="Baik"), film_at(1, title="XX")]}
    )
    answer = Server(film_at(2), film_at(1))
    answer.instead["videos"] = Reply(body.encode().replace(b"XX", b"\xff"), media_type="application/json")
    (page,) = pages_of(answer, described=False)
    assert [(post.text, post.repaired) for post in page.posts] == [("Baik", False), ("\ufffd", True)]


# Refusals

PER_DAY = {"@type": "x/google.rpc.ErrorInfo", "metadata": {"quota_limit": "defaultPerDayPerProject"}}
REFUSALS = [
    (403, "quotaExceeded", "", BudgetSpent, "midnight Pacific"),
    (403, "dailyLimitExceeded", "", BudgetSpent, "midnight Pacific"),
    (403, "rateLimitExceeded", "", RateLimited, "asked too quickly"),
    (403, "userRateLimitExceeded", "", RateLimited, "asked too quickly"),
    (400, "keyInvalid", "Bad Request", KeyNeeded, "missing, revoked or refused"),
    (400, "badRequest", f"API key not valid: {KEY}", KeyNeeded, "missing, revoked or refused"),
    (400, "badRequest", "API key expired. Please renew the API key.", KeyNeeded, "has expired"),
    (401, "authError", "", KeyNeeded, r"platforms\.youtube\.keys"),
    (403, "accessNotConfigured", "", KeyNeeded, "switched on"),
    (403, "forbidden", "Use API Key or other form of identity", KeyNeeded, "missing"),
    (403, "forbidden", "Access forbidden.", Blocked, "refuses"),
    (403, "channelClosed", "", Gone, "closed by its owner"),
    (403, "channelSuspended", "", Gone, "suspended by YouTube"),
    (404, "channelNotFound", "", Gone, "no such channel"),
    (403, "playlistItemsNotAccessible", "", Private, "not public"),
    (400, "unexpectedParameter", "", FetchFailed, "400"),
    (404, "x" * 500, "", Gone, "404"),
    (500, "backendError", "", FetchFailed, "server error 500"),
]


@pytest.mark.parametrize(("code", "reason", "message", "error", "said"), REFUSALS)
def test_what_a_refusal_means_is_told_without_its_message(code, reason, message, error, said):
    answer = Server(film_at(1))
    answer.instead["playlistItems"] = failure(code, reason, message)
    with pytest.raises(CollectError, match=said) as caught:
        pages_of(answer)
    assert type(caught.value).__mro__[:2].count(error) == 1
    assert KEY not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_quota_of_the_day_is_told_from_a_pace_and_waits_are_read_where_they_are_given():
    answer = Server()
    again = [{"@type": "x/google.rpc.RetryInfo", "retryDelay": "7.5s"}]
    for details, headers, wait in (
        ([], {"Retry-After": "9"}, 9.0),
        (again, {}, 7.5),
        ([{"retryDelay": "-1s"}], {}, 60.0),
    ):
        refusal = failure(429, "rateLimitExceeded", "", *details)
        answer.instead["channels"] = replace(refusal, headers=headers)
        with pytest.raises(RateLimited) as caught:
            pages_of(answer)
        assert caught.value.retry_after == wait
    answer.instead["channels"] = failure(429, "rateLimitExceeded", "", PER_DAY)
    with pytest.raises(BudgetSpent):
        pages_of(answer)


@pytest.mark.parametrize("body", ["", "[]", "<html>", '{"error": "x"}', '{"error": {"errors": 5}}', "[" * 9999])
def test_a_refusal_in_other_words_is_read_by_its_status(body):
    answer = Server()
    answer.instead["channels"] = Reply(body, status=403, media_type="application/json")
    with pytest.raises(Blocked, match="403"):
        pages_of(answer)


def test_the_key_goes_into_a_header_and_every_request_is_a_unit():
    meter = Meter(10, unit="units")
    with collector_at(Server(film_at(1)), meter=meter) as (collector, site):
        pages = list(collector.collect(ANI, Cursor(), ALL))
        assert {request.headers["x-goog-api-key"] for request in site.pages} == {KEY}
        assert not any(KEY in repr(request.query) for request in site.pages)
        assert KEY not in repr(pages)
        assert (meter.used, len(site.pages)) == (3, 3)
        pages = [*pages, *collector.collect(ANI, Cursor(), ALL), *collector.collect(ANI, Cursor(), ALL)]
        with pytest.raises(BudgetSpent, match="10 units"):
            list(collector.collect(ANI, Cursor(), ALL))
        assert len(site.pages) == 10


# Looking up


def test_videos_are_looked_up_fifty_at_once_and_what_is_not_there_is_missing():
    answer = Server(film_at(3, title="Baru"), film_at(2, privacy="unlisted"))
    ids = ["jam-0000003", "jam-0000002", *(f"hilang-{number:04d}" for number in range(70))]
    with collector_at(answer) as (collector, site):
        found = list(collector.look_up(ANI, ids))
        assert [len(request.query["id"].split(",")) for request in site.pages] == [50, 22]
        assert [post.text for one in found for post in one.posts] == ["Baru"]
        assert [name for one in found for name in one.missing] == ids[1:]
        assert [len(one.evidence) for one in found] == [1, 1]
        assert list(collector.look_up(ANI, [])) == []


def test_after_an_unreadable_answer_no_absence_is_sure():
    answer = Server(film_at(3), film_at(2) | {"snippet": {}})
    with collector_at(answer) as (collector, _):
        (found,) = collector.look_up(ANI, ["jam-0000003", "jam-0000002", "hilang-0001"])
    assert [post.native_id for post in found.posts] == ["jam-0000003"]
    assert found.missing == ()


def test_a_looked_up_video_is_the_same_version_as_the_gathered_one():
    answer = Server(film_at(3, description="dengan @anicontoh dan @budi"))
    with collector_at(answer) as (collector, _):
        (page,) = collector.collect(ANI, Cursor(), ALL)
        (found,) = collector.look_up(ANI, ["jam-0000003"])
    assert [post.version_id for post in page.posts] == [post.version_id for post in found.posts]


# Comments under a campaign's channel

LISTED = {OWN: ANI}
BUDI = "UCbudi-tidak_terdaftar03"
SECRETS = ("Budi", "budi", BUDI, "bukan untuk arsip", "terdaftar03")


def other(native_id: str = "Ug-utas-0001", **given) -> dict:
    return comment(native_id, BUDI, "bukan untuk arsip @budi", name="@budi_tetangga", **given)


def campaign(*threads: dict) -> Server:
    server = Server(about=channel(OTHER))
    server.threads = list(threads)
    return server


def comments_of(answer, listed=None, cursor: Cursor | None = None, window: Window = ALL, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.comments("kampanye2026", listed or LISTED, cursor or Cursor(), window))


def test_a_listed_accounts_comment_is_kept_with_where_it_stands():
    (page,) = comments_of(campaign(thread(comment("UgAni", OWN, "Menang! @budi", updatedAt="2026-03-02T10:00:00Z"))))
    (post,) = page.posts
    assert (post.id, post.account_id, post.role) == ("youtube:UgAni", ANI.id, Role.COMMENTED)
    assert (post.text, post.context) == ("Menang! @…", "[komentar di bawah video akun kampanye @…]")
    assert post.url == "https://www.youtube.com/watch?v=filmkampany&lc=UgAni"
    assert (post.posted_at.hour, post.edited_at) == (10, datetime(2026, 3, 2, 10, tzinfo=UTC))
    (evidence,) = page.evidence
    assert post.capture_sha256 == evidence.capture.sha256
    assert [one["id"] for one in json.loads(evidence.body)] == ["UgAni"]
    assert page.native_id == OTHER


def test_a_reply_says_that_the_answered_comment_was_not_taken():
    reply = comment("Ug-utas-0001.8Ani", OWN, "Setuju", parentId="Ug-utas-0001")
    (page,) = comments_of(campaign(thread(other(), reply)))
    (post,) = page.posts
    assert (post.native_id, post.text, post.edited_at) == ("Ug-utas-0001.8Ani", "Setuju", None)
    assert post.context.endswith("[membalas komentar @…; komentar itu tidak diambil]")


def test_no_word_name_or_id_of_anybody_else_leaves_memory(caplog):
    caplog.set_level("DEBUG")
    damaged = other("UgRusak", textDisplay=5, textOriginal=["bukan untuk arsip"])
    answer = campaign(
        thread(other(), other("Ug-utas-0002", parentId="Ug-utas-0001"), total=7),
        thread(comment("UgAni", OWN, "Halo"), other("Ug-utas-0003", parentId="UgAni")),
        thread(damaged, other() | {"id": 7, "snippet": {"bukan untuk arsip": BUDI}}),
        thread(other("Ug-utas-0004", publishedAt="bukan untuk arsip")),
        {"id": "Ug-utas-0005", "snippet": {"topLevelComment": "bukan untuk arsip"}},
    )
    rest = [other("Ug-utas-0002"), comment("UgX.Ani", OWN, "Ikut"), other() | {"snippet": "bukan untuk arsip"}]
    answer.replies["Ug-utas-0001"] = rest
    pages = comments_of(answer, described=False)
    assert [post.text for page in pages for post in page.posts] == ["Halo", "Ikut"]
    assert sum(len(page.rejected) for page in pages) == 4
    # A reply's id and address name the thread it stands in: the id of a comment, not of a person.
    kept = repr(pages) + "".join(str(evidence.body) for page in pages for evidence in page.evidence) + caplog.text
    for damage in ("commentThreads", "comments"):
        answer.instead[damage] = Reply(b'{"kind": "bukan untuk arsip ' + BUDI.encode(), media_type="application/json")
        with suppress(CollectError):
            comments_of(answer, described=False)
            kept += "no error"
    assert "no error" not in kept
    assert [secret for secret in SECRETS if secret in kept] == []


def test_nothing_but_unreadable_threads_is_drift_whose_message_holds_none_of_their_words():
    with pytest.raises(FormatDrift, match="none of 2") as caught:
        comments_of(campaign(*([{"id": 7, "snippet": {"bukan untuk arsip": BUDI}}] * 2)), described=False)
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_only_the_channels_id_tells_the_author():
    alike = comment("UgPalsu", BUDI, "bukan untuk arsip", name="@anicontoh", authorChannelUrl=f"http://y/{OWN}")
    nameless = comment("UgTanpa", None, "bukan untuk arsip", name="@anicontoh")
    (page,) = comments_of(campaign(thread(alike), thread(nameless)), listed={"anicontoh": ANI, OWN: ANI})
    assert page.posts == ()
    assert [evidence.body for evidence in page.evidence] == [b"[]"]
    by_id = replace(ANI, handle=OWN)
    for listed in ({OWN.casefold(): by_id}, {OWN: by_id}):
        (page,) = comments_of(campaign(thread(comment("UgAni", OWN, "Halo"))), listed=listed)
        assert [post.account_id for post in page.posts] == [by_id.id]
    (page,) = comments_of(campaign(thread(comment("UgAni", OWN.swapcase(), "Halo"))), listed={OWN.casefold(): by_id})
    assert page.posts == ()


def test_replies_that_do_not_fit_into_a_thread_are_asked_for_once_each():
    answer = campaign(thread(other(), comment("Ug.1", OWN, "Satu"), total=130), thread(other("Ug-utas-0002")))
    answer.replies["Ug-utas-0001"] = [comment(f"Ug.{number}", OWN, f"Kata {number}") for number in range(130)]
    with collector_at(answer) as (collector, site):
        (page,) = collector.comments("kampanye2026", LISTED, Cursor(), ALL)
        assert [request.path.removeprefix(HOME) for request in site.pages][2:] == ["comments", "comments"]
    assert len({post.native_id for post in page.posts}) == len(page.posts) == 130
    assert {post.url for post in page.posts} >= {"https://www.youtube.com/watch?v=filmkampany&lc=Ug.129"}
    assert {post.capture_sha256 for post in page.posts} <= {one.capture.sha256 for one in page.evidence}


@pytest.mark.parametrize(
    ("refusal", "note"),
    [
        (failure(404, "commentNotFound"), ""),
        (failure(400, "processingFailure"), "the further replies of 1 threads could not be read"),
        (failure(403, "commentsDisabled"), "the further replies of 1 threads could not be read"),
    ],
    ids=["gone", "failing", "disabled"],
)
def test_a_thread_whose_replies_cannot_be_had_does_not_hold_up_the_others(refusal, note):
    answer = campaign(thread(other(), total=9), thread(comment("UgAni", OWN, "Halo")))
    answer.instead["comments"] = refusal
    (page,) = comments_of(answer)
    assert [post.text for post in page.posts] == ["Halo"]
    assert page.note == note


@pytest.mark.parametrize(
    ("resource", "refusal", "error", "said"),
    [
        ("commentThreads", failure(403, "commentsDisabled"), Private, "comments are switched off"),
        ("commentThreads", failure(403, "channelSuspended"), Gone, "suspended"),
        ("commentThreads", failure(403, "quotaExceeded"), BudgetSpent, "quota"),
        ("commentThreads", failure(400, "processingFailure"), FetchFailed, "cannot be answered"),
        ("channels", listing("channel", []), Gone, "kampanye2026: no such channel"),
    ],
    ids=["disabled", "suspended", "quota", "failing", "unknown"],
)
def test_why_there_are_no_comments_is_told_apart(resource, refusal, error, said):
    answer = campaign(thread(other()))
    answer.instead[resource] = refusal
    with pytest.raises(error, match=said):
        comments_of(answer)


def thread_at(hour: int, author: str = BUDI) -> dict:
    at = f"2026-03-01T{hour:02d}:00:00Z"
    return thread(comment(f"Ug{hour:02d}", author, f"Jam {hour}", publishedAt=at, updatedAt=at))


def test_threads_are_walked_newest_first_and_resumed_where_it_was_cut():
    answer = campaign(*(thread_at(hour, OWN if hour % 2 else BUDI) for hour in range(9, 0, -1)))
    with collector_at(answer, page_size=2, overlap=2) as (collector, site):
        begun = next(collector.comments("kampanye2026", LISTED, Cursor(), ALL))
        rest = list(collector.comments("kampanye2026", LISTED, begun.cursor, ALL))
        assert [post.text for page in (begun, *rest) for post in page.posts] == [f"Jam {n}" for n in (9, 7, 5, 3, 1)]
        assert rest[-1].cursor == Cursor(high_water="20260301T090000Z")
        answer.threads.insert(0, thread_at(11, OWN))
        asked = len(site.pages)
        later = list(collector.comments("kampanye2026", LISTED, rest[-1].cursor, ALL))
        assert (later[0].posts[0].text, len(site.pages) - asked) == ("Jam 11", 3)


def test_the_walk_over_threads_ends_at_the_window_though_no_listed_account_is_there():
    answer = campaign(*(thread_at(hour) for hour in range(9, 0, -1)))
    window = Window(since=datetime(2026, 3, 1, 8, tzinfo=UTC), until=datetime(2026, 3, 1, 9, tzinfo=UTC))
    pages = comments_of(answer, window=window, page_size=2)
    assert len(pages) == 2
    assert pages[-1].cursor == Cursor(high_water="20260301T080000Z")


def test_a_comment_is_looked_up_by_its_id_and_stays_the_same_version():
    kept = comment("UgAni", OWN, "Menang!")
    reply = comment("Ug-utas-0001.8Ani", OWN, "Setuju", parentId="Ug-utas-0001")
    answer = campaign(thread(kept), thread(other(), reply))
    answer.replies = {"": [kept, reply, other("Ug-milik-orang-lain")]}
    account = replace(ANI, native_id=OWN)
    with collector_at(answer) as (collector, site):
        (page,) = collector.comments("kampanye2026", LISTED, Cursor(), ALL)
        (found,) = collector.look_up(account, ["UgAni", "Ug-utas-0001.8Ani", "UgHilang", "Ug-milik-orang-lain"])
        assert site.pages[-1].path == HOME + "comments"
    assert [post.version_id for post in found.posts] == [post.version_id for post in page.posts]
    assert found.missing == ("UgHilang",)
    assert "bukan untuk arsip" not in str([one.body for one in found.evidence])
