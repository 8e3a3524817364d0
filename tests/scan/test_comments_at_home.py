"""A reply that its author's own page shows and a campaign's thread too: one post, one version, whoever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.collect.interface import Options, Window
from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome, Tally
from scanner.scan.comments import Comments
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned, sweep
from scanner.scan.platforms import Platforms
from scanner.store import accounts, cursors
from scanner.store.connection import Store
from tests.collect.fakes import PAGE, START, fake_of
from tests.collect.fakes.base import as_json
from tests.collect.fakes.bluesky import DID, POST, tid
from tests.collect.servers import Reply, Request, Site, plain_client
from tests.conftest import Keep
from tests.scan.test_gather import NOW, WEEK

REPLY = 3
"""Which of the account's posts answers the campaign."""


class Mastodon:
    """The account's server and the campaign's, which is the same one or shows a copy of the reply."""

    def __init__(self, campaign: str, **copy: object) -> None:
        self.fake = fake_of(Platform.MASTODON)(5)
        self.campaign = (Platform.MASTODON, f"paslon@{campaign}")
        self.profile = {"id": "99", "username": "paslon", "acct": "paslon"}
        self.copy = copy
        self.shown = True

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("/lookup") and request.query["acct"] == "paslon":
            return as_json(self.profile)
        if request.path.endswith("/99/statuses"):
            pledge = self.fake.status(self.fake.items[0]) | {"id": "500", "account": self.profile}
            return as_json([pledge], {"Link": '<x>; rel="x"'})
        if request.path.endswith("/500/context"):
            return as_json({"ancestors": [], "descendants": [self.reply() | self.copy]})
        found = self.fake.answer(request)
        if request.path.endswith("/7/statuses") and self.shown:
            items = [self.reply() if item.number == REPLY else self.fake.status(item) for item in self.fake.items]
            return as_json(items[::-1], {"Link": '<x>; rel="x"'})
        return found

    def reply(self) -> dict:
        return self.fake.status(self.fake.items[REPLY - 1]) | {
            "in_reply_to_id": "500",
            "in_reply_to_account_id": "99",
            "uri": f"https://contoh.example/users/ani/statuses/{1000 + REPLY}",
            "url": f"https://contoh.example/@ani/{1000 + REPLY}",
        }


class Bluesky:
    """The network with the campaign in it."""

    campaign = (Platform.BLUESKY, "kampanye.example")
    did = "did:plc:kampanyekampanyekampan22"

    def __init__(self) -> None:
        self.fake = fake_of(Platform.BLUESKY)(5)
        plain = self.fake.record
        self.fake.record = lambda item: self.answering(plain(item), item.number)
        self.pledge = f"at://{self.did}/{POST}/{tid(START)}"

    def answering(self, record: dict, number: int) -> dict:
        if number == REPLY:
            record["value"]["reply"] = {"parent": {"uri": self.pledge}}
        return record

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("resolveHandle") and request.query["handle"] == "kampanye.example":
            return as_json({"did": self.did})
        pledge = {"uri": self.pledge, "author": {"did": self.did}, "record": {"text": "Janji"}, "replyCount": 1}
        if request.path.endswith("getAuthorFeed"):
            return as_json({"feed": [{"post": pledge}]})
        if request.path.endswith("getPostThread"):
            mine = self.fake.record(self.fake.items[REPLY - 1])
            author = {"did": DID, "handle": self.fake.handle}
            view = {"uri": mine["uri"], "cid": "x", "author": author, "record": mine["value"]}
            return as_json({"thread": {"post": pledge, "replies": [{"post": view, "replies": []}]}})
        return self.fake.answer(request)


class Bench:
    """One account and one campaign, walked by turns."""

    def __init__(self, folder: Path, world: Mastodon | Bluesky, keep: Keep) -> None:
        self.world = world
        self.site = Site(world.answer)
        self.store = keep(Store(folder / "data" / "scanner.duckdb", wait=10.0))
        self.account = replace(world.fake.account, listed_until=date(2030, 1, 1))
        self.number = 0
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [self.account])

    def own(self, *, full: bool = False) -> Tally:
        with self.store.lease("test") as lease:
            cursor = cursors.load_cursor(lease, self.account.id)
        if full:
            cursor = sweep(replace(cursor, swept_at=cursor.swept_at and NOW - WEEK), NOW, 7)
        with plain_client(self.site.host) as client:
            gatherer = Gatherer(self.store, self.platforms(client), self.run(), ZoneInfo("UTC"), workers=1)
            (coverage,) = gatherer.gather([Planned(self.account, cursor, Window(since=START))])
        assert coverage.outcome is Outcome.COMPLETE, coverage.reason
        return coverage.tally

    def comments(self) -> Tally:
        with plain_client(self.site.host) as client:
            comments = Comments(self.store, self.platforms(client), self.run(), ZoneInfo("UTC"))
            (coverage,) = comments.gather([self.world.campaign], [self.account], Window(since=START))
        assert coverage.outcome is Outcome.COMPLETE, coverage.reason
        return coverage.tally

    def platforms(self, client) -> Platforms:
        return Platforms(
            client, lambda _: Options(base_url=self.site.url, directory=self.site.url, page_size=PAGE, interval=0.0)
        )

    def run(self) -> str:
        self.number += 1
        return f"run-{self.number:02}"

    def versions(self) -> list[tuple[str, str, str]]:
        with self.store.lease("test") as lease:
            return lease.rows("""SELECT p.native_id, v.text, v.context FROM versions v JOIN posts p ON p.id = v.post_id
                                 ORDER BY v.posted_at, v.captured_at""")


COPY = {"id": "777", "account": {"id": "70", "username": "ani", "acct": "ani@contoh.example"}}
WORLDS = {
    "on the same server": lambda: Mastodon("contoh.example"),
    "on another server": lambda: Mastodon("kampanye.example", **COPY),
    "on Bluesky": Bluesky,
}
SAME = "Kabar nomor 3 dari kantor"
ANSWERING = "[membalas unggahan @…; unggahan itu tidak diambil]"


@pytest.fixture(params=WORLDS.values(), ids=WORLDS.keys())
def bench(request: pytest.FixtureRequest, tmp_path: Path, keep: Keep) -> Iterator[Bench]:
    made = Bench(tmp_path, request.param(), keep)
    with made.site:
        yield made


def replies(bench: Bench) -> list[tuple[str, str, str]]:
    return [row for row in bench.versions() if row[1] == SAME]


def test_own_walk_first_then_comments(bench: Bench):
    assert bench.own().new == 5
    assert bench.comments() == Tally(), "what the own page shows is left alone"
    for _ in range(2):
        again = bench.own()
        assert (again.new, again.changed) == (0, 0)
        assert bench.comments() == Tally()
    assert replies(bench) == [(bench.world.fake.native_id(bench.world.fake.items[REPLY - 1]), SAME, ANSWERING)]
    assert len(bench.versions()) == 5


def test_comments_first_then_own_walk(bench: Bench):
    assert bench.comments() == Tally(new=1)
    assert bench.comments() == Tally(unchanged=1)
    assert bench.own() == Tally(new=4, unchanged=1)
    for _ in range(2):
        assert bench.comments() == Tally()
        again = bench.own(full=True)
        assert (again.new, again.changed) == (0, 0)
    assert replies(bench) == [(bench.world.fake.native_id(bench.world.fake.items[REPLY - 1]), SAME, ANSWERING)]
    assert len(bench.versions()) == 5


def test_an_edit_is_one_more_version_whoever_looks(bench: Bench):
    bench.own()
    bench.comments()
    bench.world.fake.edit(REPLY, "Kabar yang diubah")
    assert bench.comments() == Tally()
    assert bench.own(full=True).changed == 1
    assert bench.comments() == Tally()
    assert bench.own(full=True).changed == 0
    assert len(bench.versions()) == 6


@pytest.mark.parametrize("first", ["own", "comments"])
def test_a_copy_that_another_server_words_differently_never_takes_turns_with_the_original(
    tmp_path: Path, first: str, keep: Keep
):
    copy = {**COPY, "content": "<p>Kata yang disisipkan server lain</p>"}
    bench = Bench(tmp_path, Mastodon("kampanye.example", **copy), keep)
    with bench.site:
        getattr(bench, first)()
        bench.own()
        for _ in range(2):
            assert bench.comments() == Tally()
            assert bench.own(full=True).changed == 0
    with bench.store.lease("test") as lease:
        newest = lease.rows(
            "SELECT v.text FROM posts p JOIN versions v ON v.id = p.version_id WHERE v.text LIKE 'Kata%'"
        )
    assert newest == [], "the own page has the last word"
