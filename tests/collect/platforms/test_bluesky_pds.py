"""Bluesky against a real server: what is gathered is exactly what lies there, whatever happens on the way."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from scanner.collect.interface import Options, Window
from scanner.collect.platforms.bluesky import BlueskyCollector
from scanner.collect.platforms.bluesky_records import POST, REPOST
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Role
from scanner.domain.runs import Coverage, Cursor, Outcome
from scanner.errors import Gone, Private, RateLimited
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned, sweep
from scanner.scan.platforms import Platforms
from scanner.store import accounts, cursors
from scanner.store.connection import Store
from tests.collect.fakes import START, account_of
from tests.collect.servers import plain_client
from tests.servers.pds import NotInstalled, Pds, User, running_pds

pytestmark = pytest.mark.slow
WEEK = timedelta(days=7)


@contextmanager
def server(*, rate_limits: bool = False) -> Iterator[Pds]:
    try:
        with running_pds(rate_limits=rate_limits) as running:
            yield running
    except NotInstalled as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def pds() -> Iterator[Pds]:
    with server() as running:
        yield running


@pytest.fixture
def ani(pds: Pds) -> User:
    return pds.sign_up(f"ani-{uuid4().hex[:10]}")


def account(user: User, **known: str) -> Account:
    return replace(account_of(Platform.BLUESKY, user.handle), listed_until=date(2030, 1, 1), **known)


def now(ago: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def written(count: int) -> list[dict[str, Any]]:
    return [{"text": f"Kabar nomor {number} dari kantor", "createdAt": now()} for number in range(count)]


def lying(user: User, collection: str = POST) -> dict[str, str]:
    """What the server lists, oldest first: another walk than the collector's."""
    found: dict[str, str] = {}
    cursor: dict[str, str] = {}
    while True:
        query = {"repo": user.did, "collection": collection, "limit": 50, "reverse": "true"} | cursor
        page = user.pds.get("com.atproto.repo.listRecords", **query)
        found |= {item["uri"].removeprefix("at://"): item["value"].get("text", "") for item in page["records"]}
        if "cursor" not in page:
            return found
        cursor = {"cursor": page["cursor"]}


@contextmanager
def collector_at(pds: Pds, **options: Any) -> Iterator[BlueskyCollector]:
    with plain_client(*pds.hosts, deadline=30.0) as client:
        yield BlueskyCollector(client, Options(base_url=pds.url, directory=pds.directory, **options))


class Office:
    """One account's gathering, on record."""

    def __init__(self, folder: Path, user: User, **known: str) -> None:
        self.account = account(user, **known)
        self.pds = user.pds
        self.store = Store(folder / "data" / "scanner.duckdb", wait=10.0)
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [self.account])

    def scan(self, *, full: bool = False) -> Coverage:
        with self.store.lease("test") as lease:
            cursor = cursors.load_cursor(lease, self.account.id)
        if full:
            aged = replace(cursor, swept_at=cursor.swept_at and datetime.now(UTC) - WEEK)
            cursor = sweep(aged, datetime.now(UTC), 7)
        with plain_client(*self.pds.hosts, deadline=30.0) as client:
            platforms = Platforms(
                client, lambda _: Options(base_url=self.pds.url, directory=self.pds.directory, interval=0)
            )
            gatherer = Gatherer(self.store, platforms, f"run-{uuid4().hex[:8]}", ZoneInfo("UTC"), workers=1)
            (coverage,) = gatherer.gather([Planned(self.account, cursor, Window(since=START))])
        return coverage

    def posts(self, where: str = "true") -> dict[str, str]:
        with self.store.lease("test") as lease:
            rows = f"""SELECT p.native_id, v.text FROM posts AS p JOIN versions AS v ON v.id = p.version_id
                       WHERE {where}"""
            return dict(lease.rows(rows))


def test_500_posts_are_gathered_exactly_and_an_unchanged_repository_costs_three_requests(tmp_path: Path, ani: User):
    ani.write_many(POST, written(500))
    office = Office(tmp_path, ani)
    first = office.scan(full=True)
    assert (first.outcome, first.reason, first.tally.new) == (Outcome.COMPLETE, "", 500)
    assert office.posts() == lying(ani)
    again = office.scan()
    assert (again.outcome, again.requests, again.tally.new) == (Outcome.COMPLETE, 3, 0)


def test_edits_deletions_and_new_posts_are_followed(tmp_path: Path, ani: User):
    uris = ani.write_many(POST, written(150))
    office = Office(tmp_path, ani)
    office.scan(full=True)
    ani.put(POST, uris[-1].split("/")[-1], text="Kabar yang diubah", createdAt=now())
    ani.post("Kabar baru", now())
    seen = office.scan()
    assert (seen.tally.new, seen.tally.changed) == (1, 1)
    ani.delete(uris[3])
    ani.put(POST, uris[5].split("/")[-1], text="Kabar lama yang diubah", createdAt=now())
    office.scan()
    assert office.posts() != lying(ani), "an ordinary visit does not look that far"
    assert office.scan(full=True).tally.changed == 1
    gone = uris[3].removeprefix("at://")
    assert {*office.posts("missing_at IS NOT NULL")} == {gone}, "the walk did not show it, and the server says so"
    assert office.posts("missing_at IS NULL") == lying(ani)
    assert office.posts()[gone], "what was captured is kept"


def test_a_record_taken_down_is_missing_and_comes_back(tmp_path: Path, ani: User):
    uri, *_ = ani.write_many(POST, written(5))
    office = Office(tmp_path, ani)
    office.scan(full=True)
    found = ani.pds.get("com.atproto.repo.getRecord", repo=ani.did, collection=POST, rkey=uri.split("/")[-1])
    subject = {"$type": "com.atproto.repo.strongRef", "uri": uri, "cid": found["cid"]}
    ani.pds.take_down(subject)
    office.scan(full=True)
    assert {*office.posts("missing_at IS NOT NULL")} == {uri.removeprefix("at://")}
    ani.pds.take_down(subject, applied=False)
    office.scan(full=True)
    assert office.posts("missing_at IS NULL") == lying(ani)


def test_an_account_that_is_deactivated_or_taken_down_is_gone_and_keeps_what_was_captured(tmp_path: Path, ani: User):
    ani.write_many(POST, written(5))
    office, known = Office(tmp_path / "a", ani), Office(tmp_path / "b", ani, native_id=ani.did)
    office.scan(full=True)
    ani.pds.call("com.atproto.server.deactivateAccount", {}, ani.authorization)
    off = office.scan()
    assert off.outcome is Outcome.GONE
    assert "no such handle, or its account is deactivated or taken down" in off.reason
    assert (known.scan().outcome, known.scan().reason) == (Outcome.GONE, f"{ani.handle}: deactivated by its owner")
    ani.pds.call("com.atproto.server.activateAccount", None, ani.authorization)
    assert office.scan().outcome is Outcome.COMPLETE
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": ani.did}
    ani.pds.take_down(subject)
    assert office.scan().outcome is Outcome.GONE
    assert known.scan().reason == f"{ani.handle}: taken down by moderators"
    ani.pds.take_down(subject, applied=False)
    assert office.scan().outcome is Outcome.COMPLETE
    assert office.posts() == lying(ani)


def test_a_walk_cut_after_any_page_is_resumed_without_gap_or_double(ani: User):
    expected = {uri.removeprefix("at://") for uri in ani.write_many(POST, written(250))}
    with collector_at(ani.pds, page_size=50) as collector:
        whole = len(list(collector.collect(account(ani), Cursor(), Window())))
        assert whole == 7, "five pages, the empty one that ends them, and that of the reposts"
        for cut in range(1, whole):
            walk = collector.collect(account(ani), Cursor(), Window())
            begun = [next(walk) for _ in range(cut)]
            walk.close()
            ani.post(f"Datang di tengah jalan {cut}", now())
            rest = list(collector.collect(account(ani), begun[-1].cursor, Window()))
            seen = [post.native_id for page in (*begun, *rest) for post in page.posts]
            assert len(seen) == len(set(seen)) == 250 + cut - 1
            later = [post for page in collector.collect(account(ani), rest[-1].cursor, Window()) for post in page.posts]
            assert {*seen} | {post.native_id for post in later} == lying(ani).keys()
            assert expected <= {*seen}


def test_keys_and_dates_that_authors_chose_hide_nothing(ani: User):
    """A real server accepts any key of the right form and any date."""
    ani.put(POST, "jzzzzzzzzzzzz", text="Kunci masa depan", createdAt=now())
    ani.put(POST, "2222222222222", text="Kunci masa lalu", createdAt=now())
    ani.post("Tanggal masa lalu", "2019-04-17T00:00:00Z")
    with collector_at(ani.pds, overlap=1) as collector:
        first = list(collector.collect(account(ani), Cursor(), Window(since=START)))
        found = {post.text: post for page in first for post in page.posts}
        assert found.keys() == {"Kunci masa depan", "Kunci masa lalu", "Tanggal masa lalu"}
        assert "bertanggal 2019-04-17" in found["Tanggal masa lalu"].context
        ani.write_many(POST, written(30))
        again = list(collector.collect(account(ani), first[-1].cursor, Window(since=START)))
        assert len([post for page in again for post in page.posts if post.text.startswith("Kabar")]) == 30


def test_replies_quotes_and_reposts_without_a_public_view(pds: Pds, ani: User):
    """No AppView stands behind this server: the deeds are seen, the words of others are said to be missing."""
    budi = pds.sign_up(f"budi-{uuid4().hex[:10]}")
    theirs = budi.post("Kata Budi", now())
    found = pds.get("com.atproto.repo.getRecord", repo=budi.did, collection=POST, rkey=theirs.split("/")[-1])
    subject = {"uri": theirs, "cid": found["cid"]}
    ani.post("Setuju", now(), reply={"root": subject, "parent": subject})
    ani.post("Lihat ini", now(), embed={"$type": "app.bsky.embed.record", "record": subject})
    ani.put(REPOST, None, subject=subject, createdAt=now())
    with collector_at(pds) as collector:
        pages = list(collector.collect(account(ani), Cursor(), Window()))
        posts = [post for page in pages for post in page.posts]
        assert [(post.role, post.text) for post in posts] == [
            (Role.QUOTED, "Lihat ini"),
            (Role.REPLIED, "Setuju"),
            (Role.REPOSTED, ""),
        ]
        assert {post.native_id for post in posts} == {*lying(ani), *lying(ani, REPOST)}
        assert "could not be fetched" in pages[0].note
        assert "rev" not in dict(pages[-1].cursor.validators)
        looked = [
            post
            for found in collector.look_up(account(ani), [post.native_id for post in posts])
            for post in found.posts
        ]
        assert [post.version_id for post in looked] == [post.version_id for post in posts]


def test_who_asks_to_be_hidden_is_not_read_though_the_server_would_show_it(ani: User):
    ani.post("Terlihat tanpa masuk", now())
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
    with collector_at(ani.pds) as collector:
        assert [len(page.posts) for page in collector.collect(account(ani), Cursor(), Window())] == [1, 0, 0]
        ani.put("app.bsky.actor.profile", "self", displayName="Ani Contoh", labels=labels)
        with pytest.raises(Private, match="logged-out"):
            list(collector.collect(account(ani), Cursor(), Window()))


def test_a_handle_nobody_has_is_gone(pds: Pds, ani: User):
    with collector_at(pds) as collector, pytest.raises(Gone, match="no such handle"):
        list(collector.collect(replace(account(ani), handle="tidak-ada.test"), Cursor(), Window()))


def test_a_limited_server_says_itself_how_long_to_wait():
    with server(rate_limits=True) as limited:
        user = limited.sign_up("ani")
        told = _exhaust(limited)
        with collector_at(limited) as collector, pytest.raises(RateLimited) as caught:
            list(collector.collect(account(user), Cursor(), Window()))
    assert 0 < caught.value.retry_after <= told
    assert caught.value.retry_after >= told - 60


def _exhaust(limited: Pds) -> int:
    """Ask until the server refuses; return the seconds it names."""
    connection = http.client.HTTPConnection("localhost", limited.port, timeout=60)
    for _ in range(3_500):
        connection.request("GET", "/xrpc/com.atproto.server.describeServer")
        answer = connection.getresponse()
        answer.read()
        if answer.status == 429:
            connection.close()
            return int(answer.headers["Retry-After"])
    raise AssertionError("the server did not limit 3,500 requests")
