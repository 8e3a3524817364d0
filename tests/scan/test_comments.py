"""Comments of listed accounts under registered campaign accounts come in; nobody else's reach memory's other side."""

from __future__ import annotations

import threading
import time
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
from scanner.domain.runs import Cursor, Outcome, Rejected, Tally
from scanner.errors import BudgetSpent, FetchFailed, KeyNeeded, OutOfTime, Private, StoreDamaged, StoreError
from scanner.scan.comments import Comments, names_of
from scanner.scan.platforms import Platforms
from scanner.store import accounts, cursors, pages
from scanner.store.connection import Store
from scanner.store.looks import last_looks
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
    assert (coverage.outcome, coverage.reason) == (Outcome.PRIVATE, "comments are switched off")
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, coverage.account_id) == Cursor()


TWO = [*CAMPAIGN, (Platform.MASTODON, "lawan@desa.example")]


def failing(error: Exception, *pages: Page):
    """Comments that end in an error."""

    def comments(self, campaign, *_: object) -> Iterator[Page]:
        self.asked.append(campaign)
        yield from pages
        raise error

    return comments


def test_a_fault_of_ours_costs_one_campaign_account_and_tells_nobodys_words(bench: Comments, monkeypatch, caplog):
    page = Page((comment(1),), (make_evidence(),), Cursor(next_page="2"))
    monkeypatch.setattr(Commenting, "comments", failing(KeyError("kata orang lain"), page))
    found = list(bench.gather(TWO, [LISTED], Window()))
    assert [(one.outcome, one.requests) for one in found] == [(Outcome.PARTIAL, 1)] * 2
    assert found[0].reason == "unexpected KeyError; see the log and report it"
    assert "test_comments.py" in caplog.text, "the place of the fault is told"
    assert "kata orang lain" not in caplog.text
    assert len(kept(bench)) == 1, "pages before it are saved"
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, found[0].account_id) == Cursor(next_page="2")


@pytest.mark.parametrize("kind", [KeyNeeded, BudgetSpent])
def test_a_refused_key_or_a_spent_budget_closes_the_platform(bench: Comments, monkeypatch, kind):
    # Made here: an error that outlives the test keeps every lease it passed through, and DuckDB complains at the end.
    monkeypatch.setattr(Commenting, "comments", failing(kind("refused")))
    found = list(bench.gather(TWO, [LISTED], Window()))
    assert [(one.outcome, one.reason) for one in found] == [(Outcome.NOT_TRIED, "refused")] * 2
    assert Commenting.asked == ["kampanye@desa.example"]


def test_what_was_read_before_the_budget_was_spent_is_part_of_it(bench: Comments, monkeypatch):
    monkeypatch.setattr(Commenting, "comments", failing(BudgetSpent("spent"), Page((), (), Cursor(next_page="2"))))
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.outcome is Outcome.PARTIAL


def test_a_record_that_cannot_be_used_ends_the_run_and_a_page_that_cannot_be_saved_does_not(
    bench: Comments, monkeypatch
):
    monkeypatch.setattr(Commenting, "comments", failing(StoreError("disk full")))
    assert [one.reason for one in bench.gather(TWO, [LISTED], Window())] == ["could not be saved: disk full"] * 2
    monkeypatch.setattr(Commenting, "comments", failing(StoreDamaged("torn")))
    with pytest.raises(StoreDamaged):
        list(bench.gather(CAMPAIGN, [LISTED], Window()))


def test_a_stop_is_heeded_behind_a_page_and_before_a_campaign_account(bench: Comments, monkeypatch):
    stop = threading.Event()

    def comments(self, *_: object) -> Iterator[Page]:
        stop.set()
        yield Page((comment(1),), (make_evidence(),), Cursor(next_page="2"))
        yield Page((comment(2),), (make_evidence(),), Cursor(high_water="2"))

    monkeypatch.setattr(Commenting, "comments", comments)
    first, second = bench.gather(TWO, [LISTED], Window(), stop)
    assert (first.outcome, first.tally.new) == (Outcome.PARTIAL, 1)
    assert (second.outcome, second.reason) == (Outcome.NOT_TRIED, "the run was stopped before this account")
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, first.account_id) == Cursor(next_page="2")


@pytest.mark.parametrize("error", [OutOfTime("the run was stopped; ..."), FetchFailed("h: not answered in full")])
def test_what_a_stop_cut_before_its_first_page_is_put_off_and_keeps_its_turn(bench: Comments, monkeypatch, error):
    stop = threading.Event()

    def comments(self, *_: object) -> Iterator[Page]:
        stop.set()
        yield from ()
        raise error

    monkeypatch.setattr(Commenting, "comments", comments)
    [coverage] = bench.gather(CAMPAIGN, [LISTED], Window(), stop)
    assert (coverage.outcome, coverage.reason) == (Outcome.NOT_TRIED, "the run was stopped before this account")
    with bench.store.lease("test") as lease:
        assert last_looks(lease, coverage.ended_at) == {}


def test_a_long_walk_ends_when_its_time_is_up_and_leaves_the_others_theirs(bench: Comments, monkeypatch):
    def comments(_self, campaign: str, *_: object) -> Iterator[Page]:
        if campaign == TWO[0][1]:
            time.sleep(0.06)
            yield Page((comment(1),), (make_evidence(),), Cursor(next_page="2"))
            yield Page((comment(2),), (make_evidence(),), Cursor(high_water="2"))

    monkeypatch.setattr(Commenting, "comments", comments)
    first, second = replace(bench, seconds=0.05).gather(TWO, [LISTED], Window())
    assert (first.outcome, first.tally.new) == (Outcome.PARTIAL, 1)
    assert first.reason == "took longer than 0.05 s; the next look goes on from here"
    assert second.outcome is Outcome.COMPLETE
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, first.account_id) == Cursor(next_page="2")


def test_comments_that_could_not_be_read_make_it_partial(bench: Comments):
    bad = Rejected(source="https://desa.example", line=None, reason="ValidationError", raw_sha256="0" * 64)
    Commenting.pages = [Page((), (), Cursor(), rejected=(bad,))]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert (coverage.outcome, coverage.reason) == (
        Outcome.PARTIAL,
        "1 items could not be read and are in quarantine",
    )


def test_while_the_own_page_was_never_read_an_edited_comment_is_another_version(bench: Comments):
    Commenting.pages = [Page((comment(1),), (make_evidence(),), Cursor())]
    list(bench.gather(CAMPAIGN, [LISTED], Window()))
    Commenting.pages = [Page((comment(1, text="Diubah"),), (make_evidence(),), Cursor())]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.tally.changed == 1
    with bench.store.lease("test") as lease:
        cursors.save_cursor(lease, LISTED.id, Cursor(high_water="1"))
    Commenting.pages = [Page((comment(1, text="Kata palsu"),), (make_evidence(b"palsu"),), Cursor())]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.tally == Tally(), "now the own page tells what is written there"
    with bench.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM captures") == [(1,)]


def test_another_servers_copy_is_known_by_its_address(bench: Comments):
    home = "https://desa.example/notice/abc"
    Commenting.pages = [Page((comment(1, url=home),), (make_evidence(),), Cursor())]
    list(bench.gather(CAMPAIGN, [LISTED], Window()))
    Commenting.pages = [Page((comment(2, url=home, text="Salinan"),), (make_evidence(),), Cursor())]
    (coverage,) = bench.gather(CAMPAIGN, [LISTED], Window())
    assert coverage.tally == Tally()
    with bench.store.lease("test") as lease:
        lease.execute("UPDATE posts SET role = 'reposted'")
    assert next(bench.gather(CAMPAIGN, [LISTED], Window())).tally.new == 1, (
        "the address of a repost is the shared one's"
    )


def test_where_an_id_is_known_a_handle_alone_is_nobody():
    known = replace(LISTED, native_id="77")
    assert names_of([known], {}) == {"77": known}
    assert names_of([LISTED], {LISTED.id: "55"}) == {"55": LISTED}
    assert names_of([LISTED], {}) == {"sari@desa.example": LISTED}


def test_a_look_at_a_narrower_window_leaves_the_place_of_the_walk(bench: Comments):
    Commenting.pages = [Page((comment(1),), (), Cursor(high_water="9"))]
    list(bench.gather(CAMPAIGN, [LISTED], Window()))
    Commenting.pages = [Page((comment(2),), (), Cursor(high_water="99"))]
    list(replace(bench, aside=True).gather(CAMPAIGN, [LISTED], Window(since=NOON - timedelta(days=1))))
    assert [text for _, text in kept(bench)] == ["Komentar 1", "Komentar 2"]
    assert [cursor.high_water for _, _, cursor in Commenting.asked] == [None, None]
    list(bench.gather(CAMPAIGN, [LISTED], Window()))
    assert Commenting.asked[-1][2].high_water == "9"
