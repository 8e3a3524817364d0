"""What is particular to X: two spellings, edits, reposts, paid posts, the many ways of not being seen, look-ups."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from scanner.collect.interface import Options, Window
from scanner.collect.meter import Meter
from scanner.collect.platforms.x import XCollector
from scanner.collect.platforms.x_names import POST_NAMES, TWEET_NAMES
from scanner.collect.platforms.x_posts import id_at, time_of
from scanner.domain.accounts import Platform
from scanner.domain.posts import Media, Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, BudgetSpent, FetchFailed, FormatDrift, Gone, KeyNeeded, Private, RateLimited
from tests.collect.fakes import account_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.x import NOW, PROBLEMS, FakeX, problem
from tests.collect.servers import Reply, Request, Site, plain_client

REAL = Path(__file__).parents[3] / "../shared/real/x"
AT = datetime(2026, 3, 1, 10, tzinfo=UTC)
ANI = {"id": "7", "name": "Ani", "username": "Ani_Contoh", "protected": False}
ACCOUNT = account_of(Platform.X, "ani_contoh")


def native(minutes: int = 0) -> str:
    return str(id_at(AT + timedelta(minutes=minutes)) + 1)


def shown(native_id: str | None = None, **fields) -> dict:
    native_id = native_id or native()
    return {
        "id": native_id,
        "text": "Halo",
        "author_id": "7",
        "created_at": "2026-03-01T10:00:00.000Z",
        "edit_history_tweet_ids": [native_id],
    } | fields


class Server:
    """Answers with one profile and these timeline pages, the last of them for ever."""

    def __init__(self, *pages: Reply | dict, profile: Reply | dict | None = None) -> None:
        self.pages, self.profile = list(pages), profile or {"data": ANI}

    def __call__(self, request: Request) -> Reply:
        said = self.profile
        if "/by/username/" not in request.path:
            said = self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]
        return said if isinstance(said, Reply) else as_json(said)


def timeline(*posts: dict, token: str | None = None, **more) -> dict:
    meta = {"result_count": len(posts)} | ({"next_token": token} if token else {})
    return ({"data": list(posts)} if posts else {}) | {"meta": meta} | more


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host, clock=FakeX.clock) as client:
        given = {"base_url": site.url, "keys": {"token": "rahasia-token"}} | options
        yield XCollector(client, Options(**given)), site


def pages_of(answer, cursor: Cursor | None = None, window: Window | None = None, account=ACCOUNT, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.collect(account, cursor or Cursor(), window or Window()))


def post_of(includes: dict | None = None, **fields):
    (page,) = pages_of(Server(timeline(shown(**fields), includes=includes or {})))
    assert page.rejected == ()
    (post,) = page.posts
    return post


def test_a_post_keeps_its_id_digit_for_digit_and_its_time():
    big = "1999999999999999999"
    post = post_of(native_id=big, lang="in")
    assert post.id == f"x:{big}"
    assert post.account_id == "x:ani_contoh"
    assert post.url == f"https://x.com/ani_contoh/status/{big}"
    assert (post.posted_at, post.edited_at, post.language) == (AT, None, "id")
    assert (post.role, post.text, post.context, post.truncated) == (Role.POSTED, "Halo", "", False)
    assert [post_of(lang=code).language for code in ("en", "und", "qme", "zxx")] == ["en", None, None, None]


def test_times_and_ids_tell_the_same():
    assert time_of("1577730467436138524") == datetime(2022, 10, 5, 18, 40, 30, tzinfo=UTC)
    assert time_of(str(id_at(AT))) == AT
    assert id_at(datetime(2009, 1, 1, tzinfo=UTC)) < 0


@pytest.mark.parametrize("spelling", ["tweet", "post"])
def test_both_spellings_are_read_and_the_second_is_sent_once_the_first_is_refused(spelling):
    fake = FakeX(4)
    fake.spelling = spelling
    with collector_at(fake.answer) as (collector, site):
        posts = [post for page in collector.collect(fake.account, Cursor(), Window()) for post in page.posts]
        assert {post.native_id: post.text for post in posts} == fake.expected()
        asked = [("tweet.fields" in one.query, "post.fields" in one.query) for one in site.pages[1:]]
        again = [(False, True)] * 2
        assert asked == ([(True, False)] * 2 if spelling == "tweet" else [(True, False), *again])
        fake.add("kemudian")
        list(collector.collect(fake.account, Cursor(), Window()))
        assert ("tweet.fields" in site.pages[-1].query) == (spelling == "tweet")


@pytest.mark.parametrize(("posts", "note"), [("tweets", "note_tweet"), ("posts", "note_post")])
def test_long_posts_reposts_and_references_are_read_in_both_spellings(posts, note):
    kind = {"tweets": "referenced_tweets", "posts": "referenced_posts"}[posts]
    original = {"id": "55", "text": "Kata Budi &amp; …", "author_id": "8", note: {"text": "Kata Budi & @citra"}}
    refers = {kind: [{"type": "retweeted", "id": "55"}], "text": "RT @budi: Kata Budi &amp; …"}
    post = post_of(includes={posts: [original]}, **refers)
    assert (post.role, post.text, post.truncated) == (Role.REPOSTED, "Kata Budi & @…", False)
    assert post.context == "[membagikan unggahan @… (repost)]"
    lost = post_of(**refers)
    assert (lost.text, lost.truncated) == ("Kata Budi & …", True)


@pytest.mark.parametrize("history", ["edit_history_tweet_ids", "edit_history_post_ids"])
def test_an_edited_post_keeps_its_first_id_and_both_times(history):
    old, new = native(), native(20)
    item = shown(new, created_at="2026-03-01T10:20:00.000Z", text="Diubah")
    del item["edit_history_tweet_ids"]
    (page,) = pages_of(Server(timeline(item | {history: [old, new]})))
    (post,) = page.posts
    assert (post.native_id, post.text) == (old, "Diubah")
    assert (post.posted_at, post.edited_at) == (AT, AT + timedelta(minutes=20))
    assert post.url.endswith(old)


def test_a_reply_to_others_is_a_reply_and_one_to_oneself_is_a_thread():
    refers = {"referenced_tweets": [{"type": "replied_to", "id": "55"}]}
    other = post_of(in_reply_to_user_id="8", **refers)
    assert (other.role, other.context) == (Role.REPLIED, "[membalas unggahan @…; unggahan itu tidak diambil]")
    asked = {"id": "55", "text": "Siapa, @citra?", "author_id": "8"}
    assert post_of(includes={"tweets": [asked]}, **refers).context == "[membalas unggahan @…]\n\nSiapa, @…?"
    own = post_of(includes={"posts": [asked | {"author_id": "7"}]}, **refers)
    assert (own.role, own.context) == (Role.POSTED, "")


def test_quoted_words_are_context_and_withheld_ones_are_not_shown():
    refers = {
        "referenced_tweets": [{"type": "quoted", "id": "55"}],
        "text": "Baca ini https://t.co/aaaaaaaaaa",
        "entities": {"urls": [{"url": "https://t.co/aaaaaaaaaa", "expanded_url": "https://x.com/budi/status/55"}]},
    }
    quoted = {"id": "55", "text": "Kata Budi", "author_id": "8"}
    post = post_of(includes={"tweets": [quoted]}, **refers)
    assert (post.role, post.text, post.media) == (Role.QUOTED, "Baca ini", ())
    assert post.context == "[mengutip unggahan @…]\n\nKata Budi"
    hidden = post_of(includes={"tweets": [quoted | {"withheld": {"country_codes": ["ID"]}}]}, **refers)
    assert hidden.context == "[mengutip unggahan @…]"


def test_everything_the_reader_sees_belongs_to_the_words():
    urls = [
        {"url": "https://t.co/1111111111", "expanded_url": "https://berita.example/a?b=1&c=2", "title": "Judul berita"},
        {"url": "https://t.co/2222222222", "expanded_url": "https://x.com/ani_contoh/status/9/photo/1"},
        {"url": "https://t.co/3333333333"},
    ]
    post = post_of(
        text="A &lt; B &amp;&amp; @budi @Ani_Contoh https://t.co/1111111111 https://t.co/3333333333 https://t.co/2222222222",
        entities={"urls": urls},
        attachments={"media_keys": ["3_1", "7_2", "3_9"], "poll_ids": ["4"]},
        includes={
            "media": [
                {"media_key": "3_1", "type": "photo", "url": "https://p.example/1.jpg", "alt_text": "Spanduk biru"},
                {"media_key": "7_2", "type": "video", "preview_image_url": "https://p.example/2.jpg"},
                {"type": "photo"},
            ],
            "polls": [{"id": "4", "options": [{"position": 1, "label": "Ya"}, {"position": 2, "label": "Tidak"}]}],
        },
    )
    assert post.text == "\n\n".join(
        (
            "A < B && @… @Ani_Contoh https://berita.example/a?b=1&c=2 https://t.co/3333333333",
            "[jajak pendapat: Ya / Tidak]",
            "[gambar: Spanduk biru]",
            "[tautan: Judul berita]",
        )
    )
    assert post.media == (
        Media(kind="image", url="https://p.example/1.jpg", description="Spanduk biru"),
        Media(kind="video", url="https://p.example/2.jpg"),
        Media(kind="link", url="https://berita.example/a?b=1&c=2", description="Judul berita"),
    )


def test_the_addresses_of_a_long_post_are_those_of_its_long_text():
    entities = {"urls": [{"url": "https://t.co/1111111111", "expanded_url": "https://a.example/"}]}
    post = post_of(
        text="Panjang…", note_tweet={"text": "Panjang sekali &amp; https://t.co/1111111111", "entities": entities}
    )
    assert post.text == "Panjang sekali &amp; https://a.example/"


def test_what_is_withheld_in_indonesia_is_left_out_and_said():
    posts = [shown(native(2)), shown(native(1), withheld={"copyright": False, "country_codes": ["DE", "ID"]})]
    abroad = shown(native(0), withheld={"copyright": True, "country_codes": ["DE"]})
    (page,) = pages_of(Server(timeline(*posts, abroad)))
    assert [post.native_id for post in page.posts] == [native(2), native(0)]
    assert page.note == "1 posts are withheld in Indonesia"
    assert page.cursor == Cursor(high_water=native(2))


@pytest.mark.parametrize(
    "item",
    [
        shown(author_id=None),
        shown(created_at="kemarin"),
        shown("12a"),
        shown(edit_history_tweet_ids=["9" * 30, native()]),
        shown(text=None),
        "teks",
    ],
    ids=["no author", "no time", "no number", "long id", "no text", "no object"],
)
def test_a_malformed_item_is_rejected_and_costs_nobody_else(item):
    (page,) = pages_of(Server(timeline(item, shown(native(1)))))
    assert [post.native_id for post in page.posts] == [native(1)]
    assert len(page.rejected) == 1


def test_damaged_characters_cost_no_post_and_are_marked():
    body = json.dumps(timeline(shown(native(1), text="Baik"), shown(native(), text="Rusak XX"))).encode()
    for damage, left in ((b"\\ud800", "\ufffd"), (b"\xff", "\ufffd"), (b"\\u0000", "")):
        (page,) = pages_of(Server(Reply(body.replace(b"XX", damage), media_type="application/json")))
        texts = [(post.text, post.repaired) for post in page.posts]
        assert texts == [("Baik", False), (f"Rusak {left}".strip(), bool(left))]


# Who cannot be seen, and why


NOBODY = ("Not Found Error", "resource-not-found", "Could not find user with username: [suspended_x].")
SUSPENDED = ("Forbidden", "resource-not-found", "User has been suspended: [ani_contoh].")
PROTECTED = ("Authorization Error", "not-authorized-for-resource", "Sorry, you are not authorized to see the user.")


@pytest.mark.parametrize("where", ["profile", "timeline"])
@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (NOBODY, Gone, "not there"),
        (SUSPENDED, Gone, "suspended"),
        (PROTECTED, Private, "protected"),
        (("Disallowed", "disallowed-resource", "…"), Blocked, "does not show"),
        (("Oops", "internal-error", "…"), FetchFailed, "could not answer"),
        (("Baru", "not-known-yet", "…"), FormatDrift, "not-known-yet"),
    ],
    ids=["unknown", "suspended", "protected", "disallowed", "trouble", "new"],
)
def test_errors_without_data_come_with_status_200_and_are_told_apart(where, said, error, words):
    refusal = problem(*said)
    server = Server(timeline(), profile=refusal) if where == "profile" else Server(refusal)
    with pytest.raises(error, match=words):
        pages_of(server)


@pytest.mark.parametrize(
    ("profile", "error", "words"),
    [
        (ANI | {"protected": True}, Private, "protected"),
        (ANI | {"withheld": {"country_codes": ["ID"]}}, Blocked, "withheld in Indonesia"),
        (ANI | {"username": "budi"}, FormatDrift, "somebody else"),
        (None, FormatDrift, "neither data nor a known error"),
    ],
    ids=["protected", "withheld", "another", "nothing"],
)
def test_the_profile_decides_whether_posts_are_asked_for(profile, error, words):
    with collector_at(Server(timeline(), profile={"data": profile})) as (collector, site):
        with pytest.raises(error, match=words):
            list(collector.collect(ACCOUNT, Cursor(), Window()))
        assert len(site.pages) == 1


def test_errors_beside_the_data_do_not_cost_the_account():
    aside = {"title": "Authorization Error", "type": PROBLEMS + "not-authorized-for-resource", "section": "includes"}
    (page,) = pages_of(Server(timeline(shown(), errors=[aside])))
    assert len(page.posts) == 1
    assert page.native_id == "7"


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (problem("Unauthorized", "about:blank", "Unauthorized", 401), KeyNeeded, r"platforms\.x\.keys"),
        (problem("Client Forbidden", "client-forbidden", "…", 403), KeyNeeded, r"platforms\.x\.keys"),
        (problem("Unsupported", "unsupported-authentication", "…", 403), KeyNeeded, r"platforms\.x\.keys"),
        (problem("Forbidden", "about:blank", "…", 403), Blocked, "refuses"),
        (problem("CreditsDepleted", "credits", "…", 402), BudgetSpent, "credits"),
        (problem("UsageCapExceeded", "usage-capped", "…", 429), BudgetSpent, "cap"),
        (problem("Too Many Requests", "about:blank", "…", 429), RateLimited, "wait 60 s"),
        (problem("Invalid Request", "invalid-request", "…", 400), FormatDrift, "nothing named"),
        (Reply("<html>oops", status=503), FetchFailed, "503"),
        (Reply("<html>oops", status=401), KeyNeeded, r"platforms\.x\.keys"),
    ],
    ids=["401", "403 app", "403 kind of key", "403", "402", "429 cap", "429", "400", "503", "401 page"],
)
def test_error_answers_mean_what_x_means(reply, error, words):
    with pytest.raises(error, match=words) as caught:
        pages_of(Server(timeline(), profile=reply))
    assert "rahasia" not in str(caught.value)


def test_a_rate_limit_says_when_it_ends_and_the_client_waits_for_it():
    reply = problem("Too Many Requests", "about:blank", "…", 429)
    reply = replace(reply, headers={"x-rate-limit-reset": str(int(NOW.timestamp()) + 840)})
    with pytest.raises(RateLimited) as caught:
        pages_of(Server(reply))
    assert caught.value.retry_after == 840.0


def test_a_request_that_x_refuses_names_what_it_blames():
    said = {"errors": [{"message": "…", "parameters": {"max_results": ["3"]}}]}
    with pytest.raises(FormatDrift, match="blames max_results"):
        pages_of(Server(problem("Invalid Request", "invalid-request", "…", 400, **said)))
    with pytest.raises(FormatDrift, match="blames expansions"):
        pages_of(Server(problem("Invalid Request", "invalid-request", "…", 400, parameter="expansions")))


@pytest.mark.parametrize("handle", ["", "@ani", "ani contoh", "a" * 16, "ani/../budi", "ani?x", "аni"])
def test_it_refuses_what_is_no_handle(handle):
    with pytest.raises(Blocked, match="valid: 1 to 15"):
        pages_of(Server(timeline()), account=account_of(Platform.X, handle))


# What is asked for, and paid


def asked_of(cursor: Cursor, window: Window | None = None, **options) -> dict[str, str]:
    with collector_at(Server(timeline()), **options) as (collector, site):
        list(collector.collect(ACCOUNT, cursor, window or Window()))
        return {key: value for key, value in site.pages[-1].query.items() if key not in TWEET_NAMES}


def test_posts_are_asked_for_from_an_hour_below_the_newest_known_and_inside_the_window():
    newest = id_at(AT) + 5
    assert asked_of(Cursor()) == {"max_results": "100"}
    assert asked_of(Cursor(high_water=str(newest)), page_size=1) == {
        "max_results": "5",
        "since_id": str(id_at(AT - timedelta(hours=1)) + 5),
    }
    later = Window(since=AT + timedelta(days=1), until=AT + timedelta(days=2))
    assert asked_of(Cursor(high_water=str(newest)), later) == {
        "max_results": "100",
        "since_id": str(id_at(AT + timedelta(days=1)) - 1),
        "until_id": str(id_at(AT + timedelta(days=2, hours=1))),
    }
    assert asked_of(Cursor(), Window(until=datetime.now(UTC) + timedelta(days=9))) == {"max_results": "100"}
    assert "since_id" not in asked_of(Cursor(), Window(since=datetime(2009, 1, 1, tzinfo=UTC)))


def test_an_edit_of_a_known_post_is_found_whichever_of_its_ids_x_lists_it_by():
    """Written and read, then edited twenty minutes later: both ids lie above what is asked for."""
    above = int(asked_of(Cursor(high_water=native()))["since_id"])
    assert above < int(native(-30)) < int(native()) < int(native(20))


def test_within_a_run_it_goes_on_by_token_and_in_the_next_run_by_id():
    fake = FakeX(7)
    ids = sorted((int(one) for one in fake.expected()), reverse=True)
    with collector_at(fake.answer) as (collector, site):
        walk = collector.collect(fake.account, Cursor(), Window())
        cursors = [next(walk).cursor, next(walk).cursor]
        walk.close()
        assert [one.next_page for one in cursors] == [str(ids[2]), str(ids[5])]
        assert site.pages[-1].query["pagination_token"].startswith("7140")
        (rest,) = collector.collect(fake.account, cursors[-1], Window())
        assert "pagination_token" not in site.pages[-1].query
        assert site.pages[-1].query["until_id"] == str(ids[5])
        assert [post.native_id for post in rest.posts] == [str(ids[6])]
        assert rest.cursor == Cursor(high_water=str(ids[0]))


def test_an_empty_page_with_a_token_is_not_the_end():
    pages = pages_of(Server(timeline(token="a"), timeline(token="b"), timeline(shown(), token="c"), timeline()))
    assert [len(page.posts) for page in pages] == [0, 0, 1, 0]
    assert pages[-1].cursor == Cursor(high_water=native())


def test_a_server_that_ignores_its_tokens_is_noticed():
    pages = pages_of(Server(timeline(shown(native(1)), shown(), token="a")))
    assert len(pages) == 2
    assert "ignores paging" in pages[-1].note


@pytest.mark.parametrize(("known", "count", "said"), [(None, 9_000, False), ("5000", 9_000, True), ("5000", 40, False)])
def test_it_says_when_x_shows_no_more_though_there_may_be_more(known, count, said):
    profile = {"data": ANI | {"public_metrics": {"post_count": count}}}
    (page,) = pages_of(Server(timeline(shown("4000")), profile=profile), Cursor(next_page=known, top=known))
    assert ("newest 3,200" in page.note) == said


def test_every_post_that_is_read_counts_and_nothing_is_asked_when_none_is_left():
    meter = Meter(5, unit="posts read")
    includes = {"tweets": [{"id": "55", "text": "x", "author_id": "8"}]}
    server = Server(timeline(shown(native(3)), shown(native(2)), token="a", includes=includes), timeline(shown()))
    assert len(pages_of(server, meter=meter)) == 2
    assert meter.used == 4
    meter.spend(1)
    with collector_at(server, meter=meter) as (collector, site):
        with pytest.raises(BudgetSpent):
            list(collector.collect(ACCOUNT, Cursor(), Window()))
        assert site.pages == []


# Looking posts up


def found_of(answer, *ids: str, account=ACCOUNT):
    with collector_at(answer) as (collector, site):
        return list(collector.look_up(account, ids)), site.pages


def test_posts_are_looked_up_by_a_hundred_and_the_missing_named():
    fake = FakeX(120)
    ids = [fake.native_id(item) for item in fake.items]
    gone = ids.pop(3)
    fake.items = [item for item in fake.items if fake.native_id(item) != gone]
    found, asked = found_of(fake.answer, *ids, gone, "bukan-angka")
    assert [len(one.query["ids"].split(",")) for one in asked] == [100, 20]
    assert {post.native_id: post.text for one in found for post in one.posts} == fake.expected()
    assert [native_id for one in found for native_id in one.missing] == [gone]
    assert all(one.evidence for one in found)


def test_an_edited_post_is_looked_up_in_its_newest_version():
    fake = FakeX(3)
    fake.edit(2, "Diubah")
    found, asked = found_of(fake.answer, *(fake.native_id(item) for item in fake.items))
    assert {post.native_id: post.text for one in found for post in one.posts} == fake.expected()
    assert asked[-1].query["ids"] == fake.history(fake.items[1])[-1]
    assert not any(one.missing for one in found)


def test_what_is_protected_or_somebody_elses_is_unknown_and_not_missing():
    hidden = {"type": PROBLEMS + "not-authorized-for-resource", "resource_id": native(), "title": "Authorization Error"}
    gone = {"type": "https://api.twitter.com/2/problems/resource-not-found", "value": native(2)}
    said = {"data": [shown(native(1))], "errors": [hidden, gone]}
    others = said | {"includes": {"users": [ANI | {"username": "budi"}]}}
    for answer in (said, others):
        ((found,), _) = found_of(Server(answer), native(), native(1), native(2))
        assert (found.posts, found.missing) == ((), (native(2),))
    renamed = replace(ACCOUNT, native_id="7")
    ((found,), _) = found_of(Server(others), native(1), account=renamed)
    assert [post.native_id for post in found.posts] == [native(1)]


def test_an_answer_to_a_look_up_that_says_nothing_is_drift():
    with pytest.raises(FormatDrift, match="look-up"):
        found_of(Server({}), native())


# The recordings and documents of the real platform


def recorded(name: str) -> Reply:
    if not REAL.is_dir():
        pytest.skip("../shared/real/x is not here")
    (exchange,) = yaml.safe_load((REAL / f"{name}.yaml").read_text("utf-8"))["interactions"]
    answer = exchange["response"]
    headers = {key: values[0] for key, values in answer["headers"].items() if key.startswith(("x-rate", "content-enc"))}
    return Reply(answer["body"]["string"], answer["status"]["code"], "application/json; charset=utf-8", headers)


def test_a_real_answer_without_the_fields_we_asked_for_is_drift_and_nobodys_post():
    account = account_of(Platform.X, "twitter")
    server = Server(recorded("test_client_get_users_tweets"), profile=recorded("test_client_get_user"))
    with pytest.raises(FormatDrift, match="none of 2 items could be read; first: ValueError: post without author_id"):
        pages_of(server, account=account)


def test_real_posts_looked_up_by_id_are_not_called_missing():
    ids = ("1293593516040269825", "1293595870563381249")
    ((found,), _) = found_of(Server(recorded("test_client_get_tweets")), *ids)
    assert (found.posts, found.missing) == ((), ())
    assert found.evidence[0].capture.status == 200


@pytest.mark.parametrize(("version", "names"), [("2.166", TWEET_NAMES), ("2.167", POST_NAMES)])
def test_every_name_we_send_stands_in_xs_own_document(version, names):
    document = REAL / f"x-openapi-{version}.json"
    if not document.is_file():
        pytest.skip("../shared/real/x is not here")
    described = json.loads(document.read_text("utf-8"))
    for path in ("/2/users/{id}/tweets", "/2/tweets"):
        known = {}
        for parameter in described["paths"][path]["get"]["parameters"]:
            one = described["components"]["parameters"].get(parameter.get("$ref", "").rpartition("/")[2], parameter)
            known[one["name"]] = one["schema"].get("items", {}).get("enum", [])
        assert names.keys() <= known.keys()
        assert {name for name, value in names.items() if not set(value.split(",")) <= set(known[name])} == set()
