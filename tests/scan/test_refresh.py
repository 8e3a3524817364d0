"""Duties of storage are kept: asked again in time, erased where that is demanded, held only with a reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.collect.collectors import collector_class
from scanner.collect.interface import Collector, Found, Options, Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor, Run
from scanner.report.integrity import check_integrity
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.refresh import Refresh, Refreshed
from scanner.store import accounts, erase, flags, posts, runs, unseen
from scanner.store.connection import Store
from scanner.store.erase import Erased
from tests.collect.fakes import PAGE, Fake, fake_of
from tests.collect.fakes.youtube import listing
from tests.collect.servers import Reply, Request, Site, plain_client
from tests.conftest import Keep
from tests.store.samples import make_flag, make_post

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Office:
    """One YouTube channel on record, seen now."""

    def __init__(self, folder: Path, keep: Keep | None = None, count: int = 4) -> None:
        self.fake: Fake = fake_of(Platform.YOUTUBE)(count)
        store = Store(folder / "data" / "scanner.duckdb", wait=10.0)
        self.store = keep(store) if keep else store
        self.site = Site(lambda request: self.fake.answer(request))
        self.options: dict[str, object] = {"keys": self.fake.keys}

    def given(self, _: Platform) -> Options:
        return Options(**{"base_url": self.site.url, "page_size": PAGE, "interval": 0.0, **self.options})

    def gather(self) -> None:
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [self.account])
        with plain_client(self.site.host) as client:
            gatherer = Gatherer(self.store, Platforms(client, self.given), "run-1", ZoneInfo("UTC"))
            list(gatherer.gather([Planned(self.account, Cursor(), Window())]))

    @property
    def account(self):
        return replace(self.fake.account, listed_until=date(2030, 1, 1))

    def refresh(self, days: float, *, listed: bool = True, dry_run: bool = False) -> Refreshed:
        """Refresh as many days later."""
        known = {self.account.id: self.account} if listed else {}
        with plain_client(self.site.host) as client:
            platforms = Platforms(client, self.given)
            step = Refresh(self.store, platforms, known, "run-2", NOW + days * DAY)
            [done] = step.run(only=frozenset({Platform.YOUTUBE}), dry_run=dry_run)
        return done

    def answer_nothing(self) -> None:
        """Answer every question for videos by id with an empty list from now on."""
        real = self.fake.answer

        def answer(request: Request) -> Reply:
            return listing("video", []) if request.path.endswith("/videos") else real(request)

        self.fake.answer = answer  # type: ignore[method-assign]

    def words_left(self, words: str) -> list[Path]:
        """Return the files under the data folder that hold words."""
        files = [path for path in self.store.path.parent.rglob("*") if path.is_file()]
        return [path for path in files if words.encode() in path.read_bytes()]

    def posts(self) -> int:
        with self.store.lease("test") as lease:
            return posts.count_posts(lease)

    def flag(self, number: int) -> None:
        with self.store.lease("test") as lease:
            native = self.fake.native_id(self.fake.items[number - 1])
            [(version, post)] = lease.rows("SELECT version_id, id FROM posts WHERE native_id = ?", [native])
            flags.save_flags(lease, [make_flag(1, version_id=version, post_id=post, account_id=self.account.id)])


@pytest.fixture
def office(tmp_path: Path, keep: Keep) -> Iterator[Office]:
    """One whose desk runs, which keeps the record open."""
    made = Office(tmp_path, keep)
    with made.site:
        made.gather()
        assert made.posts() == 4
        yield made


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Office]:
    """One whose record is closed after each step, for what is asked of the bytes on the disk."""
    made = Office(tmp_path)
    with made.site:
        made.gather()
        yield made


def test_what_was_seen_lately_is_not_asked_for(office: Office):
    asked = len(office.site.pages)
    done = office.refresh(days=20)
    assert (done.due, done.erased) == (0, Erased())
    assert len(office.site.pages) == asked


def test_what_is_due_is_asked_for_by_id_and_counts_as_seen(office: Office):
    office.fake.edit(2, "Kabar nomor 2 yang diubah")
    done = office.refresh(days=26)
    assert (done.due, done.missing) == (4, 0)
    assert (done.tally.changed, done.tally.unchanged) == (1, 3)
    assert office.refresh(days=27).due == 0


def test_what_was_deleted_there_is_erased_here_to_the_bytes(closed: Office):
    closed.fake.items.pop(2)
    done = closed.refresh(days=26)
    assert (done.missing, done.waiting, done.erased.posts) == (1, 1, 0)
    assert closed.posts() == 4
    done = closed.refresh(days=27)
    assert (done.missing, done.waiting, done.erased.posts) == (1, 0, 1)
    assert closed.posts() == 3
    everything = b"".join(path.read_bytes() for path in closed.store.path.parent.rglob("*") if path.is_file())
    assert b"Kabar nomor 3" not in everything


def test_a_flagged_post_is_erased_too_unless_a_legal_hold_is_named(office: Office):
    office.flag(3)
    office.options["legal_hold"] = "Izin tertulis 5/2026"
    office.fake.items.pop(2)
    office.refresh(days=26)
    done = office.refresh(days=27)
    assert (done.missing, done.held, done.erased.posts) == (1, 1, 0)
    assert office.posts() == 4
    office.options["legal_hold"] = None
    assert office.refresh(days=60).erased.posts >= 1


def test_what_could_not_be_refreshed_in_time_expires(office: Office):
    done = office.refresh(days=29, listed=False)
    assert (done.due, done.erased.posts) == (4, 0)
    assert "may not be looked at (any more); 4 posts not refreshed" in done.notes[0]
    done = office.refresh(days=31, listed=False)
    assert (done.overdue, done.erased.posts) == (4, 4)
    assert office.posts() == 0


def test_without_a_key_nothing_is_asked_and_the_reason_is_told(office: Office):
    office.options["keys"] = {}
    asked = len(office.site.pages)
    done = office.refresh(days=26)
    assert "platforms.youtube.keys" in done.notes[0]
    assert len(office.site.pages) == asked
    assert office.posts() == 4


def test_a_platform_that_does_not_answer_costs_nothing_before_the_deadline(office: Office):
    office.fake.mode = "limited"
    done = office.refresh(days=26)
    assert done.notes
    assert (done.missing, office.posts()) == (0, 4)


def test_raw_answers_leave_after_their_days_though_the_posts_are_fresh(office: Office):
    office.refresh(days=26)
    done = office.refresh(days=31)
    assert done.erased.posts == 0
    assert done.erased.captures > 0
    assert office.posts() == 4


def test_a_dry_run_tells_and_changes_nothing(office: Office):
    asked = len(office.site.pages)
    done = office.refresh(days=31, dry_run=True)
    assert (done.due, done.overdue) == (4, 4)
    assert (len(office.site.pages), office.posts()) == (asked, 4)


def test_an_answer_that_shows_none_of_several_is_not_believed(office: Office):
    office.answer_nothing()
    done = [office.refresh(days=days) for days in (26, 27, 28)]
    assert [(one.due, one.missing, one.erased.posts) for one in done] == [(4, 0, 0)] * 3
    assert "an answer showed none of 4 posts: not believed" in done[0].notes[0]
    assert office.posts() == 4
    done = [office.refresh(days=31)]
    assert (done[0].overdue, done[0].erased.posts) == (4, 4), "in the end they could not be refreshed in time"


def test_looks_on_one_day_count_as_one(office: Office):
    office.fake.items.pop(2)
    for days in (26, 26.04, 26.08, 26.5):
        done = office.refresh(days=days)
        assert (done.missing, done.waiting, done.overdue, done.erased.posts) == (1, 1, 0, 0)
    assert office.refresh(days=26.9).erased.posts == 1


def test_a_post_that_comes_back_between_two_looks_stays(office: Office):
    gone = office.fake.items.pop(2)
    office.refresh(days=26)
    office.fake.items.insert(2, gone)
    assert office.refresh(days=27).missing == 0
    office.fake.items.pop(2)
    assert office.refresh(days=53).erased.posts == 0
    assert office.posts() == 4


def test_what_a_scan_found_missing_is_asked_for_at_once_and_its_look_counts(office: Office):
    with office.store.lease("scan") as lease:
        [(post,)] = lease.rows(
            "SELECT id FROM posts WHERE native_id = ?", [office.fake.native_id(office.fake.items[2])]
        )
        unseen.mark_missing(lease, [post], seen_at=NOW + DAY)
        unseen.mark_missing(lease, [post], seen_at=NOW + DAY + timedelta(minutes=1))
    office.fake.items.pop(2)
    done = office.refresh(days=1.01)
    assert (done.due, done.waiting, done.erased.posts) == (1, 1, 0)
    assert office.refresh(days=2).erased.posts == 1


@pytest.mark.parametrize(
    ("platform", "hours"),
    [(Platform.X, 1), (Platform.YOUTUBE, 20), (Platform.FACEBOOK, 20), (Platform.TIKTOK, 20)],
)
def test_two_looks_lie_a_day_apart_but_an_hour_where_the_terms_press(
    tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch, platform: Platform, hours: int
):
    """Of each platform that demands erasing; X and Facebook name what is gone, so all may be gone at once."""
    fake = fake_of(platform)(4)

    class Answering(Collector):
        terms = collector_class(platform).terms
        sees = misses = ""

        def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
            return iter(())

        def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
            gone = native_ids if platform in (Platform.X, Platform.FACEBOOK) else native_ids[:1]
            shown = [post for post in made if post.native_id in native_ids and post.native_id not in gone]
            yield Found(posts=tuple(shown), missing=tuple(gone), evidence=())

    Answering.platform = platform
    account = replace(fake.account, listed_until=date(2030, 1, 1))
    made = [make_post(n, platform=platform, native_id=f"90000{n}", account_id=account.id) for n in (1, 2)]
    store = keep(Store(tmp_path / "data" / "scanner.duckdb"))
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [account])
        posts.save_posts(lease, made, run_id="run-1", seen_at=NOW)
    options = Options(keys=fake.keys, terms_approval="SK contoh", interval=0.0)
    with plain_client("desa.example") as client:
        platforms = Platforms(client, lambda _: options)
        monkeypatch.setattr(Platforms, "collector", lambda *_: Answering(client, options))

        def at(moment: datetime) -> Refreshed:
            step = Refresh(store, platforms, {account.id: account}, "run-2", moment)
            [done] = step.run(only=frozenset({platform}))
            return done

        first = NOW + DAY * (Answering.terms.refresh_days or 0) + DAY
        gone = at(first).missing
        assert gone == (2 if platform in (Platform.X, Platform.FACEBOOK) else 1)
        early = at(first + timedelta(hours=hours) - timedelta(minutes=1))
        assert (early.waiting, early.erased.posts) == (gone, 0)
        assert at(first + timedelta(hours=hours)).erased.posts == gone


def test_posts_go_on_being_refreshed_after_their_raw_answers_have_left(office: Office):
    office.refresh(days=26)
    assert office.refresh(days=31).erased.captures > 0
    assert [office.refresh(days=days).due for days in (52, 78)] == [4, 4]
    assert office.refresh(days=110, listed=False).erased.posts == 4


def test_imported_posts_are_none_of_the_interface_and_are_left_alone(office: Office):
    with office.store.lease("test") as lease:
        lease.execute("UPDATE captures SET method = 'import'")
    assert (office.refresh(days=31).due, office.posts()) == (0, 4)


def test_nor_are_they_when_their_raw_items_are_gone(office: Office):
    run = Run(id="run-1", kind="import", started_at=NOW, ended_at=None, exit_code=None, versions="")
    with office.store.lease("test") as lease:
        runs.start_run(lease, run)
    assert (office.refresh(days=31).due, office.posts()) == (0, 4)


def test_what_was_erased_leaves_the_disk_though_a_later_step_fails(closed: Office, monkeypatch: pytest.MonkeyPatch):
    closed.fake.items.pop(2)
    closed.refresh(days=26)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Refresh, "_erase_old_captures", fail)
    with pytest.raises(ZeroDivisionError):
        closed.refresh(days=27)
    assert closed.posts() == 3
    assert closed.words_left("Kabar nomor 3") == []
    assert check_integrity(closed.store).problems == ()


def test_what_a_killed_run_left_is_finished_at_the_start_of_the_next(closed: Office, monkeypatch: pytest.MonkeyPatch):
    closed.fake.items.pop(2)
    closed.refresh(days=26)
    with monkeypatch.context() as killed:
        killed.setattr(erase, "finish_erasing", lambda _: None)
        closed.refresh(days=27)
    assert closed.words_left("Kabar nomor 3") == [closed.store.path]
    assert closed.refresh(days=27.1, dry_run=True).erased == Erased()
    assert closed.words_left("Kabar nomor 3") == [closed.store.path], "a dry run changes nothing"
    assert closed.refresh(days=27.1).erased == Erased()
    assert closed.words_left("Kabar nomor 3") == []
