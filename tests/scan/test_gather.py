"""Gathering without gaps: full walks, what is missing, silence, canaries, budgets and keys, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.collect.interface import Options, Window
from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Cursor, Outcome, Tally
from scanner.errors import StoreError
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned, in_fair_order, sweep
from scanner.scan.platforms import Platforms
from scanner.store import accounts, cursors, pages, runs, usage, waits
from scanner.store.connection import Store
from tests.collect.fakes import PAGE, START, Fake, fake_of
from tests.collect.servers import Reply, Site, plain_client
from tests.conftest import Keep

NOW = datetime.now(UTC)
WEEK = timedelta(days=7)


class Bench:
    """One account on one look-alike, and a record of its own."""

    def __init__(self, folder: Path, platform: Platform, keep: Keep, count: int = 10, **options: object) -> None:
        self.fake: Fake = fake_of(platform)(count)
        self.store = keep(Store(folder / "data" / "scanner.duckdb", wait=10.0))
        self.site = Site(lambda request: self.fake.answer(request))
        self.options = options
        self.used: dict[str, int] = {}
        self.number = 0
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [replace(self.fake.account, listed_until=date(2030, 1, 1))])

    def scan(self, *, full: bool = False, times: int = 1) -> list[Coverage]:
        """Gather all its accounts once, with a full walk when asked."""
        self.number += 1
        with plain_client(self.site.host) as client, self.store.lease("test") as lease:
            platforms = Platforms(client, self.given, used=self.used)
            cursor = cursors.load_cursor(lease, self.fake.account.id)
        if full:
            cursor = sweep(replace(cursor, swept_at=cursor.swept_at and NOW - WEEK), datetime.now(UTC), 7)
        with plain_client(self.site.host) as client:
            platforms = Platforms(client, self.given, used=self.used)
            with self.store.lease("test") as lease:
                client.pace.keep_to(waits.load_waits(lease, datetime.now(UTC)))
            gatherer = Gatherer(self.store, platforms, f"run-{self.number:02}", ZoneInfo("UTC"), workers=1)
            items = [Planned(self.fake.account, cursor, Window(since=START))] * times
            found = list(gatherer.gather(items))
            self.used = {str(self.fake.platform): platforms.meter(self.fake.platform).used}
        return found

    def given(self, _: Platform) -> Options:
        known = {"terms_approval": "SK-7/2026", "keys": self.fake.keys, "page_size": PAGE, "interval": 0.0}
        return Options(**{**known, "base_url": self.site.url, **self.options})

    def posts(self, where: str = "true") -> set[str]:
        with self.store.lease("test") as lease:
            return {native for (native,) in lease.rows(f"SELECT native_id FROM posts WHERE {where}")}

    def drop(self, number: int) -> str:
        """Delete a post on the platform; return its native id."""
        item = self.fake.items.pop(number - 1)
        return self.fake.native_id(item)


@pytest.fixture
def bench(tmp_path: Path, keep: Keep) -> Iterator[Bench]:
    made = Bench(tmp_path, Platform.TELEGRAM, keep, overlap=2)
    with made.site:
        yield made


def test_a_full_walk_finds_an_edit_far_behind_the_overlap(bench: Bench):
    bench.scan(full=True)
    bench.fake.edit(1, "Kabar nomor 1 yang diubah")
    assert bench.scan()[0].tally.changed == 0
    assert bench.scan(full=True)[0].tally.changed == 1


def test_a_full_walk_is_due_after_a_week_and_never_cuts_into_one_under_way():
    begun = Cursor(next_page="5", top="9", sweep_began=NOW - WEEK)
    assert sweep(begun, NOW, 7) == begun
    fresh = Cursor(high_water="9", swept_at=NOW - timedelta(days=6), validators=(("etag", "x"),))
    assert sweep(fresh, NOW, 7) == fresh
    assert sweep(replace(fresh, swept_at=NOW - WEEK), NOW, 7).high_water is None
    assert sweep(Cursor(high_water="9"), NOW, 7).sweep_began == NOW
    assert sweep(Cursor(high_water="9"), NOW, 0) == Cursor(high_water="9")


def test_a_full_walk_that_ended_is_on_record(bench: Bench):
    bench.scan(full=True)
    with bench.store.lease("test") as lease:
        cursor = cursors.load_cursor(lease, bench.fake.account.id)
    assert cursor.swept_at is not None
    assert cursor.sweep_began is None
    assert cursor.high_water == "10"


def test_a_post_is_missing_only_after_two_looks_and_comes_back_when_seen(bench: Bench):
    bench.scan(full=True)
    gone = bench.drop(4)
    bench.scan()
    assert bench.posts("first_missing_at IS NOT NULL") == set(), "an ordinary walk does not look that far"
    bench.scan(full=True)
    assert bench.posts("first_missing_at IS NOT NULL AND missing_at IS NULL") == {gone}
    bench.scan(full=True)
    assert bench.posts("missing_at IS NOT NULL") == {gone}
    assert len(bench.posts()) == 10, "what was captured is kept"
    bench.fake.items.insert(3, replace(bench.fake.items[0], number=4, text="Kabar nomor 4 dari kantor"))
    bench.scan(full=True)
    assert bench.posts("first_missing_at IS NOT NULL OR missing_at IS NOT NULL") == set()


def test_nothing_is_missing_where_an_item_could_not_be_read(bench: Bench):
    bench.scan(full=True)
    bench.drop(4)
    bench.fake.add("tidak terbaca", kind="bad")
    bench.scan(full=True)
    assert bench.posts("first_missing_at IS NOT NULL") == set()


def test_a_feed_that_slid_on_misses_nothing(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.RSS, keep)
    with bench.site:
        bench.scan(full=True)
        bench.drop(1)
        bench.scan(full=True)
    assert bench.posts("first_missing_at IS NOT NULL") == set()


def test_silence_where_posts_are_on_record_is_drift_after_three_runs(bench: Bench):
    bench.scan(full=True)
    bench.fake.items.clear()
    said = [bench.scan()[0] for _ in range(3)]
    assert [item.outcome for item in said] == [Outcome.COMPLETE, Outcome.COMPLETE, Outcome.PARTIAL]
    assert "shown no post in 3 runs in a row, though 10 are on record" in said[2].reason


def test_an_account_that_never_had_posts_may_be_silent(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, count=0)
    with bench.site:
        assert {bench.scan()[0].outcome for _ in range(5)} == {Outcome.COMPLETE}


def test_an_unchanged_feed_is_not_silent(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.RSS, keep)
    with bench.site:
        bench.scan()
        assert {bench.scan()[0].outcome for _ in range(4)} == {Outcome.COMPLETE}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("empty", "the canary kanal_kantor showed no posts"),
        ("drift", "the canary kanal_kantor could not be read"),
    ],
)
def test_a_silent_canary_makes_every_account_of_the_platform_partial(
    tmp_path: Path, answer: str, says: str, keep: Keep
):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, canary="kanal_kantor")
    real, empty = bench.fake.answer, fake_of(Platform.TELEGRAM)(0)
    broken = {"empty": empty.page, "drift": lambda _: empty.drift()}[answer]
    bench.fake.answer = lambda request: broken(request) if "kanal_kantor" in request.path else real(request)
    with bench.site:
        (coverage,) = bench.scan()
    assert coverage.outcome is Outcome.PARTIAL
    assert says in coverage.reason
    assert len(bench.posts()) == 10


def test_a_canary_that_sings_leaves_no_trace(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, canary="kanal_kantor")
    real = bench.fake.answer

    def answer(request):
        reply = real(request)
        return replace(reply, body=str(reply.body).replace("kanal_contoh", request.path.removeprefix("/s/")))

    bench.fake.answer = answer
    with bench.site:
        (coverage,) = bench.scan()
    assert coverage.outcome is Outcome.COMPLETE
    assert all(native.startswith("kanal_contoh/") for native in bench.posts())
    with bench.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM captures WHERE url LIKE '%kanal_kantor%'") == [(0,)]


def test_a_spent_budget_ends_the_day_and_says_so(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, daily_budget=2)
    with bench.site:
        (first,) = bench.scan()
        assert first.outcome is Outcome.PARTIAL
        assert "today's budget of 2 requests is used up" in first.reason
        assert len(bench.posts()) == 2 * PAGE
        (second,) = bench.scan()
        assert second.outcome is Outcome.NOT_TRIED
        assert len(bench.site.pages) == 2
        with bench.store.lease("test") as lease:
            assert usage.load_usage(lease, datetime.now(UTC).date()) == {"telegram": 2}
        bench.used = {}
        bench.scan()
        assert len(bench.posts()) == 10, "the next day goes on where this one stopped"


def test_a_run_that_asked_nothing_is_not_a_silent_one(bench: Bench):
    bench.scan(full=True)
    with bench.store.lease("test") as lease:
        assert runs.silent_runs(lease, bench.fake.account.id) == 0
    bench.options["daily_budget"] = 0
    bench.scan()
    with bench.store.lease("test") as lease:
        assert runs.silent_runs(lease, bench.fake.account.id) == 0


def test_a_stop_between_accounts_leaves_the_rest_untried(bench: Bench):
    stop = threading.Event()
    stop.set()
    with plain_client(bench.site.host) as client:
        gatherer = Gatherer(bench.store, Platforms(client, bench.given), "run-x", ZoneInfo("UTC"))
        (coverage,) = gatherer.gather([Planned(bench.fake.account, Cursor(), Window())], stop)
    assert coverage.outcome is Outcome.NOT_TRIED


def test_a_server_error_for_one_account_is_partial_and_keeps_the_cursor(bench: Bench):
    bench.scan(full=True)
    good, bench.fake.answer = bench.fake.answer, lambda _: Reply("oops", status=500)
    (coverage,) = bench.scan()
    assert coverage.outcome is Outcome.PARTIAL
    bench.fake.answer = good
    bench.fake.add("Kabar sesudah gangguan")
    assert bench.scan()[0].tally.new == 1


def test_those_asked_longest_ago_come_first_and_hosts_take_turns(bench: Bench):
    def item(handle: str, host: str) -> Planned:
        return Planned(replace(bench.fake.account, handle=handle), Cursor(), Window(), host)

    planned = [item("a1", "a"), item("a2", "a"), item("a3", "a"), item("b1", "b"), item("b2", "b")]
    tried = {"telegram:a1": NOW, "telegram:a2": NOW - WEEK, "telegram:b1": NOW - WEEK, "telegram:b2": NOW}
    order = [one.account.handle for one in in_fair_order(planned, tried)]
    assert order == ["a3", "b1", "a2", "b2", "a1"]


def test_a_refused_key_closes_the_platform_for_the_rest_of_the_run(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.YOUTUBE, keep)
    bench.fake.mode = "expired"
    with bench.site:
        first, second, third = bench.scan(times=3)
    assert {first.outcome, second.outcome, third.outcome} == {Outcome.NOT_TRIED}
    assert "platforms.youtube.keys" in third.reason
    assert len(bench.site.pages) == 1, "the key is tried once, not once per account"


def held_up(bench: Bench, times: int) -> Callable[..., list[Tally]]:
    """Return a saving of pages that fails so many times, as when another program holds the record."""
    real, left = pages.save_pages, [times]

    def save(*given: object, **named: object) -> list[Tally]:
        if left[0]:
            left[0] -= 1
            raise StoreError("disk full")
        return real(*given, **named)

    return save


def test_a_page_that_could_not_be_saved_is_not_passed_over(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pages, "save_pages", held_up(bench, 1))
    (coverage,) = bench.scan()
    assert (coverage.outcome, coverage.reason) == (Outcome.PARTIAL, "could not be saved: disk full")
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, bench.fake.account.id).high_water is None
    assert bench.scan()[0].outcome is Outcome.COMPLETE
    assert len(bench.posts()) == 10


def test_one_post_that_cannot_be_stored_costs_no_other_account(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep)
    other = replace(bench.fake.account, handle="kanal_lain_lagi")
    with bench.store.lease("test") as lease:
        accounts.save_accounts(lease, [replace(other, listed_until=date(2030, 1, 1))])
    real = pages.save_pages

    def save(lease, given, **named):
        if any(page.account.id == other.id for page in given):
            raise StoreError("a lone surrogate")
        return real(lease, given, **named)

    pages.save_pages = save
    try:
        with bench.site, plain_client(bench.site.host) as client:
            gatherer = Gatherer(bench.store, Platforms(client, bench.given), "run-x", ZoneInfo("UTC"))
            bench.fake.answer = lambda request, real=bench.fake.answer: replace(
                (reply := real(request)), body=str(reply.body).replace("kanal_contoh", request.path[3:])
            )
            items = [Planned(one, Cursor(), Window()) for one in (bench.fake.account, other)]
            found = {one.account_id: one for one in gatherer.gather(items)}
    finally:
        pages.save_pages = real
    assert found[bench.fake.account.id].outcome is Outcome.COMPLETE
    assert found[other.id].reason == "could not be saved: a lone surrogate"
    assert len(bench.posts()) == 10


def test_a_walk_that_goes_on_from_where_it_was_cut_off_sees_what_came_meanwhile(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, daily_budget=2, overlap=0)
    with bench.site:
        bench.scan()
        bench.fake.add("Coblos nomor 9")
        bench.options["daily_budget"] = None
        (coverage,) = bench.scan()
    assert coverage.outcome is Outcome.COMPLETE
    assert len(bench.posts()) == 11


def test_a_walk_begins_anew_when_the_place_it_goes_on_from_fails_again_and_again(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep, daily_budget=2)
    real = bench.fake.answer
    with bench.site:
        bench.scan()
        bench.options["daily_budget"] = None
        bench.fake.answer = lambda request: Reply("oops", status=500) if "before" in request.query else real(request)
        bench.scan()
        bench.fake.add("Coblos nomor 9")
        bench.scan()
        assert bench.posts() == {f"kanal_contoh/{n}" for n in range(5, 11)}
        bench.scan()
        assert "kanal_contoh/11" in bench.posts(), "what is new is seen though the old place stays broken"


def test_a_look_at_a_narrower_window_leaves_the_place_where_gathering_stands(bench: Bench):
    with plain_client(bench.site.host) as client:
        gatherer = Gatherer(bench.store, Platforms(client, bench.given), "run-x", ZoneInfo("UTC"))
        late = Window(since=START + timedelta(hours=8))
        list(gatherer.gather([Planned(bench.fake.account, Cursor(), late, aside=True)]))
    assert len(bench.posts()) == 3
    with bench.store.lease("test") as lease:
        assert cursors.load_cursor(lease, bench.fake.account.id) == Cursor()
    bench.scan()
    assert len(bench.posts()) == 10


def test_a_handle_taken_over_marks_nothing_of_the_person_before_as_missing(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.MASTODON, keep)
    with bench.site:
        bench.scan(full=True)
        with bench.store.lease("test") as lease:
            lease.execute("UPDATE bindings SET native_id = 'the one before'")
        bench.fake.items.clear()
        (coverage,) = bench.scan(full=True)
    assert coverage.outcome is Outcome.BLOCKED
    assert bench.posts("first_missing_at IS NOT NULL") == set()


def test_nothing_is_missing_after_a_full_walk_of_several_runs_with_a_gap_in_one(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.TELEGRAM, keep)
    with bench.site:
        bench.scan(full=True)
        bench.fake.items[8] = replace(bench.fake.items[8], kind="bad")
        bench.options["daily_budget"] = 2
        bench.used = {}
        bench.scan(full=True)
        bench.options["daily_budget"] = None
        bench.scan()
    assert bench.posts("first_missing_at IS NOT NULL") == set()


def test_comments_and_posts_from_outside_the_service_are_not_missed(bench: Bench):
    bench.scan(full=True)
    with bench.store.lease("test") as lease:
        lease.execute("UPDATE posts SET role = 'commented' WHERE native_id = 'kanal_contoh/4'")
    bench.drop(4)
    bench.scan(full=True)
    assert bench.posts("first_missing_at IS NOT NULL") == set()


def test_an_account_that_is_gone_counts_as_asked(bench: Bench):
    bench.fake.mode = "gone"
    bench.scan()
    with bench.store.lease("test") as lease:
        assert list(runs.last_tried(lease)) == [bench.fake.account.id]


def test_what_is_asked_adds_up_over_the_runs_of_a_day(bench: Bench):
    bench.scan()
    bench.scan()
    with bench.store.lease("test") as lease:
        assert usage.load_usage(lease, datetime.now(UTC).date()) == {"telegram": len(bench.site.pages)}


def test_words_of_one_feed_never_stand_under_the_name_of_another(tmp_path: Path, keep: Keep):
    bench = Bench(tmp_path, Platform.RSS, keep)
    other = replace(
        bench.fake.account, handle="https://blog.contoh.example/lain/feed.xml", listed_until=date(2030, 1, 1)
    )
    with bench.store.lease("test") as lease:
        accounts.save_accounts(lease, [other])
    with bench.site:
        bench.scan()
        bench.fake.edit(1, "Kata orang lain dengan guid yang sama")
        with plain_client(bench.site.host) as client:
            gatherer = Gatherer(bench.store, Platforms(client, bench.given), "run-x", ZoneInfo("UTC"))
            (coverage,) = gatherer.gather([Planned(other, Cursor(), Window())])
    assert coverage.outcome is Outcome.PARTIAL
    assert "10 posts bear ids that are on record for another account" in coverage.reason
    with bench.store.lease("test") as lease:
        assert lease.rows("SELECT DISTINCT account_id FROM posts") == [(bench.fake.account.id,)]
        assert lease.rows("SELECT count(*) FROM versions WHERE text LIKE 'Kata orang lain%'") == [(0,)]


def test_a_wait_that_was_asked_for_is_on_record_and_the_next_run_asks_nothing(bench: Bench):
    bench.site.answer = lambda _: Reply("slow down", status=429, headers={"Retry-After": "1800"})
    assert bench.scan()[0].outcome is Outcome.PARTIAL
    asked = len(bench.site.requests)
    with bench.store.lease("test") as lease:
        assert list(waits.load_waits(lease, datetime.now(UTC))) == [bench.site.host]
    assert "asked us to wait" in bench.scan()[0].reason
    assert len(bench.site.requests) == asked
