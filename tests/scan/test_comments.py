"""Comments of listed accounts under registered campaign accounts come in; nobody else's reach memory's other side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest

from scanner.collect import collectors
from scanner.collect.interface import Collector, Options, Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Post, Role
from scanner.domain.runs import Cursor, Outcome
from scanner.errors import Private, StoreError
from scanner.scan.comments import Comments, names_of
from scanner.scan.platforms import Platforms
from scanner.store import accounts, cursors, pages
from scanner.store.connection import Store
from tests.collect.servers import plain_client
from tests.store.samples import NOON, make_account, make_evidence

LISTED = make_account("sari@desa.example", listed_until=date(2030, 1, 1))
OTHER = make_account("lain@desa.example")


def comment(number: int, author: Account = LISTED, **changes: object) -> Post:
    values = {"posted_at": NOON, "text": f"Komentar {number}", "role": Role.COMMENTED, "account_id": author.id}
    made = Post(platform=Platform.MASTODON, native_id=f"desa.example/{number}", **values)
    return replace(made, **changes)


class Commenting(Collector):
    """Gives what a test lays before it, as a platform with comments would."""

    platform = Platform.MASTODON
    version = "1"
    sees = misses = "x"
    pages: ClassVar[list[Page]] = []
    asked: ClassVar[list[tuple[str, Mapping[str, Account], Cursor]]] = []

    def collect(self, account, cursor, window):
        return iter(())

    def comments(self, campaign, listed, cursor, window) -> Iterator[Page]:
        self.asked.append((campaign, listed, cursor))
        yield from self.pages


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Comments]:
    monkeypatch.setitem(collectors.COLLECTORS, Platform.MASTODON, f"{__name__}:Commenting")
    monkeypatch.setattr(Commenting, "pages", [])
    monkeypatch.setattr(Commenting, "asked", [])
    store = Store(tmp_path / "data" / "scanner.duckdb", wait=10.0)
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [LISTED])
    with plain_client() as client:
        yield Comments(store, Platforms(client, lambda _: Options()), "run-1", ZoneInfo("UTC"))


CAMPAIGN = [(Platform.MASTODON, "kampanye@desa.example")]


def kept(bench: Comments) -> list[tuple[str, str]]:
    with bench.store.lease("test") as lease:
        return lease.rows("SELECT p.account_id, v.text FROM posts p JOIN versions v ON v.id = p.version_id ORDER BY 2")


def test_comments_are_kept_with_their_evidence_and_the_walk_goes_on_from_its_cursor(bench: Comments):
    Commenting.pages = [Page((comment(1), comment(2)), (make_evidence(),), Cursor(high_water="2"))]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.outcome is Outcome.COMPLETE
    assert coverage.tally.new == 2
    assert [text for _, text in kept(bench)] == ["Komentar 1", "Komentar 2"]
    list(bench.gather(CAMPAIGN, [LISTED], Window()))
    assert [cursor.high_water for _, _, cursor in Commenting.asked] == [None, "2"]


def test_a_comment_of_somebody_else_that_slipped_through_is_dropped(bench: Comments):
    Commenting.pages = [Page((comment(1, OTHER),), (make_evidence(b"words of others"),), Cursor())]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.tally.new == 0
    assert kept(bench) == []
    with bench.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM captures") == [(0,)], "nor is its evidence"


def test_the_store_itself_refuses_a_comment_of_somebody_who_is_not_listed(bench: Comments):
    with bench.store.lease("test") as lease, pytest.raises(StoreError, match="who is not listed"):
        pages.save_comments(
            lease,
            run_id="run-1",
            source="comments:x",
            posts=[comment(1, OTHER)],
            captures=(),
            cursor=Cursor(),
            rejected=(),
            seen_at=NOON,
        )


def test_comments_from_outside_window_and_service_are_not_kept(bench: Comments):
    early = comment(1, posted_at=NOON - timedelta(days=9))
    retired = replace(LISTED, service_until=date(2020, 1, 1))
    Commenting.pages = [Page((early, comment(2)), (), Cursor())]
    list(bench.gather(CAMPAIGN, [LISTED], Window(since=NOON - timedelta(days=1))))
    assert [text for _, text in kept(bench)] == ["Komentar 2"]
    Commenting.pages = [Page((comment(3),), (), Cursor())]
    list(bench.gather(CAMPAIGN, [retired], Window()))
    assert [text for _, text in kept(bench)] == ["Komentar 2"]


def test_nothing_is_asked_where_nobody_is_listed_or_no_comments_are_given(bench: Comments):
    assert list(bench.gather([(Platform.YOUTUBE, "@kampanye")], [LISTED], Window())) == []
    assert list(bench.gather(CAMPAIGN, [], Window())) == []
    assert list(bench.gather([(Platform.RSS, "https://x.example")], [LISTED], Window())) == []
    assert Commenting.asked == []


def test_a_campaign_account_that_cannot_be_read_says_why(bench: Comments, monkeypatch):
    def refuse(*_: object) -> Iterator[Page]:
        raise Private("comments are switched off")
        yield

    monkeypatch.setattr(Commenting, "comments", refuse)
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert (coverage.outcome, coverage.reason) == (Outcome.NOT_TRIED, "comments are switched off")
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, coverage.account_id) == Cursor()


def test_where_an_id_is_known_a_handle_alone_is_nobody():
    known = replace(LISTED, native_id="77")
    assert names_of([known], {}) == {"77": known}
    assert names_of([LISTED], {LISTED.id: "55"}) == {"55": LISTED}
    assert names_of([LISTED], {}) == {"sari@desa.example": LISTED}
