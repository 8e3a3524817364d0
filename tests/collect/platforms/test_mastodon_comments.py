"""Comments under a campaign's statuses: those of listed accounts, and nothing of anybody else anywhere."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from scanner.collect.answers import EXTRACT
from scanner.collect.interface import Options, Window
from scanner.collect.platforms.mastodon import MastodonCollector
from scanner.domain.accounts import Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Cursor
from scanner.errors import Blocked, FormatDrift, Gone, Private
from tests.collect.fakes import account_of
from tests.collect.servers import NOT_FOUND, Reply, Request, Site, plain_client

CAMPAIGN = {"id": "1", "username": "paslon", "acct": "paslon", "url": "https://kampanye.example/@paslon"}
ANI = {"id": "7", "username": "ani", "acct": "ani", "url": "https://kampanye.example/@ani"}
SITI = {"id": "8", "username": "siti", "acct": "Siti@kantor.example", "url": "https://kantor.example/@siti"}
BUDI = {"id": "9", "username": "budi", "acct": "budi", "url": "https://kampanye.example/@budi"}
LISTED = {
    account.handle.casefold(): account
    for account in (
        account_of(Platform.MASTODON, "Ani@kampanye.example"),
        account_of(Platform.MASTODON, "siti@kantor.example"),
    )
}


def status(native_id: str, account: dict = CAMPAIGN, text: str = "Pilih kami RAHASIA", **fields) -> dict:
    return {
        "id": native_id,
        "created_at": f"2026-03-01T10:{int(native_id) % 60:02}:00.000Z",
        "visibility": "public",
        "content": f"<p>{text}</p>",
        "account": account,
        "url": f"{account['url']}/{native_id}",
        "in_reply_to_id": "100",
        "in_reply_to_account_id": "1",
        "replies_count": 1,
    } | fields


class Server:
    """A server with one campaign account; `threads` are the answers under each of its statuses."""

    def __init__(self, threads: dict[str, list[dict]], **profile) -> None:
        self.threads = threads
        self.profile = CAMPAIGN | profile
        self.statuses = [status(native_id) for native_id in threads]

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/lookup"):
            return as_json(self.profile)
        if request.path.endswith("/context"):
            thread = self.threads.get(request.path.split("/")[4])
            return NOT_FOUND if thread is None else as_json({"ancestors": [], "descendants": thread})
        below = int(request.query.get("max_id", 10**9))
        items = [one for one in self.statuses if int(one["id"]) < below]
        shown = items[: int(request.query["limit"])]
        more = (
            f'<https://x.example/?max_id={shown[-1]["id"]}>; rel="next"' if len(items) > len(shown) else '<x>; rel="x"'
        )
        return as_json(shown, {"Link": more})


def as_json(value, headers=None) -> Reply:
    return Reply(json.dumps(value), media_type="application/json", headers=headers or {})


@contextmanager
def collector_at(answer, **options):
    with Site(answer) as site, plain_client(site.host) as client:
        yield MastodonCollector(client, Options(base_url=site.url, **options)), site


def pages_of(answer, listed=LISTED, cursor: Cursor | None = None, window: Window | None = None, **options):
    with collector_at(answer, **options) as (collector, _):
        return list(collector.comments("paslon@kampanye.example", listed, cursor or Cursor(), window or Window()))


def test_listed_accounts_are_known_by_their_full_name_at_home_and_from_elsewhere():
    (page,) = pages_of(Server({"100": [status("101", ANI, "Dukung!"), status("102", SITI, "Saya juga")]}))
    assert [(post.account_id, post.text) for post in page.posts] == [
        ("mastodon:ani@kampanye.example", "Dukung!"),
        ("mastodon:siti@kantor.example", "Saya juga"),
    ]
    ani = page.posts[0]
    assert (ani.role, ani.native_id) == (Role.COMMENTED, "kampanye.example/101")
    assert ani.context == "[membalas unggahan @…; unggahan itu tidak diambil]"
    assert ani.posted_at == datetime(2026, 3, 1, 10, 41, tzinfo=UTC)
    assert ani.url == "https://kampanye.example/@ani/101"


@pytest.mark.parametrize(
    ("fields", "native_id"),
    [
        ({"url": "https://kantor.example/@siti/555"}, "kantor.example/555"),
        ({"uri": "https://Kantor.example/users/Siti/statuses/555"}, "kantor.example/555"),
        ({"uri": "https://kantor.example/ap/users/8/statuses/555"}, "kantor.example/555"),
        ({"url": "https://kantor.example/@siti/statuses/01JZX0"}, "kantor.example/01JZX0"),
        ({"uri": "https://kantor.example/objects/5-5-5", "url": None}, "kampanye.example/102"),
        ({"url": "https://lain.example/@siti/555"}, "kampanye.example/102"),
        ({"uri": "https://kantor.example/users/budi/statuses/555", "url": None}, "kampanye.example/102"),
    ],
)
def test_a_comment_from_elsewhere_bears_the_id_it_has_at_home_where_its_address_tells_it(fields, native_id):
    (page,) = pages_of(Server({"100": [status("102", SITI, **fields)]}))
    assert page.posts[0].native_id == native_id


def test_nothing_of_anybody_else_is_kept_anywhere():
    thread = [
        status("101", BUDI, "kata orang lain RAHASIA"),
        status("102", ANI, "Dukung!"),
        status("103", SITI | {"acct": "siti@lain.example"}, "nama sama, orang lain RAHASIA"),
        status("104", BUDI, "rusak RAHASIA", created_at=None, visibility=None),
        status("105", ANI, "hanya pengikut RAHASIA", visibility="private"),
    ]
    (page,) = pages_of(Server({"100": thread, "99": [status("106", BUDI, "RAHASIA")]}))
    assert [post.text for post in page.posts] == ["Dukung!"]
    (evidence,) = page.evidence
    assert evidence.capture.media_type == EXTRACT
    assert json.loads(evidence.body) == [thread[1]]
    assert page.posts[0].capture_sha256 == evidence.capture.sha256
    assert len(page.rejected) == 1
    shown = repr(page).casefold()
    assert "rahasia" not in shown
    assert "budi" not in shown
    assert "lain" not in shown


def test_where_nobody_listed_wrote_there_is_nothing_to_keep():
    (page,) = pages_of(Server({"100": [status("101", BUDI)], "99": []}))
    assert (page.posts, page.evidence, page.rejected, page.note) == ((), (), (), "")
    assert page.cursor == Cursor(high_water="100")


@pytest.mark.parametrize(("key", "count"), [("7", 1), ("6", 0)])
def test_at_home_the_known_id_decides_over_the_name(key, count):
    listed = {key: account_of(Platform.MASTODON, "ani@kampanye.example")}
    (page,) = pages_of(Server({"100": [status("101", ANI, "Dukung!")]}), listed)
    assert len(page.posts) == count


def test_an_id_of_the_home_server_says_nothing_on_another_one():
    listed = {"4711": account_of(Platform.MASTODON, "siti@kantor.example")}
    (page,) = pages_of(Server({"100": [status("101", SITI, "Dukung!")]}), listed)
    assert len(page.posts) == 1


def test_threads_are_read_page_by_page_and_again_within_the_overlap():
    threads = {str(100 - number): [status(str(200 + number), ANI, f"Komentar {number}")] for number in range(5)}
    server = Server(threads)
    pages = pages_of(server, page_size=2)
    assert [len(page.posts) for page in pages] == [2, 2, 1]
    assert pages[0].cursor == Cursor(next_page="99", top="100")
    assert pages[-1].cursor == Cursor(high_water="100")
    threads["100"].append(status("300", ANI, "Terlambat"))
    again = pages_of(server, cursor=pages[-1].cursor, page_size=2, overlap=2)
    assert [post.text for page in again for post in page.posts] == ["Komentar 0", "Terlambat", "Komentar 1"]


def test_only_statuses_and_comments_inside_the_window_are_read():
    window = Window(since=datetime(2026, 3, 1, 10, 20, tzinfo=UTC), until=datetime(2026, 3, 1, 10, 40, tzinfo=UTC))
    threads = {"160": [], "150": [status("151", ANI, "luar"), status("155", ANI, "dalam")], "130": [], "80": []}
    server = Server(threads)
    server.statuses[0]["created_at"] = "2026-03-01T10:50:00Z"
    threads["150"][1]["created_at"] = "2026-03-01T10:31:00Z"
    threads["150"][0]["created_at"] = "2026-03-01T10:45:00Z"
    with collector_at(server, page_size=1) as (collector, site):
        pages = list(collector.comments("paslon@kampanye.example", LISTED, Cursor(), window))
        asked = [request.path.split("/")[4] for request in site.pages if request.path.endswith("/context")]
    assert asked == ["150"]
    assert [post.text for page in pages for post in page.posts] == ["dalam"]
    assert pages[-1].cursor.high_water == "150"


def test_boosts_and_hidden_statuses_of_the_campaign_have_no_threads_of_its_own():
    server = Server({"100": [status("101", ANI)], "99": [status("98", ANI)]})
    server.statuses[0]["reblog"] = status("5", BUDI)
    server.statuses[1]["visibility"] = "private"
    (page,) = pages_of(server)
    assert page.posts == ()


def test_a_thread_as_long_as_is_shown_is_noted():
    (page,) = pages_of(Server({"100": [status("101", BUDI)] * 60}))
    assert "first 60 answers" in page.note


def test_a_status_that_went_while_it_was_read_has_no_thread():
    server = Server({"100": [], "99": [status("101", ANI, "Dukung!")]})
    del server.threads["100"]
    (page,) = pages_of(server)
    assert [post.text for post in page.posts] == ["Dukung!"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Server({}, noindex=True), Private),
        (Server({}, suspended=True), Gone),
        (Server({}, username="lain"), FormatDrift),
        (lambda request: as_json({"x": 1} if request.path.endswith("/context") else [status("100")]), FormatDrift),
        (lambda _: NOT_FOUND, Gone),
    ],
    ids=["opted out", "suspended", "somebody else", "another shape", "not there"],
)
def test_a_campaign_that_cannot_be_read_is_an_error(answer, error):
    with pytest.raises(error):
        pages_of(answer)


def test_a_campaign_that_is_no_handle_is_refused():
    with collector_at(lambda _: NOT_FOUND) as (collector, _), pytest.raises(Blocked, match="user@host"):
        list(collector.comments("paslon", LISTED, Cursor(), Window()))
