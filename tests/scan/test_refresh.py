"""Duties of storage are kept: asked again in time, erased where that is demanded, held only with a reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.collect.interface import Options, Window
from scanner.domain.accounts import Platform
from scanner.domain.runs import Cursor
from scanner.scan.gather import Gatherer
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.refresh import Refresh, Refreshed
from scanner.store import accounts, flags, posts
from scanner.store.connection import Store
from scanner.store.erase import Erased
from tests.collect.fakes import PAGE, Fake, fake_of
from tests.collect.servers import Site, plain_client
from tests.store.samples import make_flag

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Office:
    """One YouTube channel on record, seen now."""

    def __init__(self, folder: Path, count: int = 4) -> None:
        self.fake: Fake = fake_of(Platform.YOUTUBE)(count)
        self.store = Store(folder / "data" / "scanner.duckdb", wait=10.0)
        self.site = Site(lambda request: self.fake.answer(request))
        self.options: dict[str, object] = {"keys": self.fake.keys}

    def given(self, _: Platform) -> Options:
        return Options(**{"base_url": self.site.url, "page_size": PAGE, **self.options})

    def gather(self) -> None:
        with self.store.lease("test") as lease:
            accounts.save_accounts(lease, [self.account])
        with plain_client(self.site.host) as client:
            gatherer = Gatherer(self.store, Platforms(client, self.given), "run-1", ZoneInfo("UTC"))
            list(gatherer.gather([Planned(self.account, Cursor(), Window())]))

    @property
    def account(self):
        from dataclasses import replace

        return replace(self.fake.account, listed_until=date(2030, 1, 1))

    def refresh(self, days: int, *, listed: bool = True, dry_run: bool = False) -> Refreshed:
        """Refresh as many days later."""
        known = {self.account.id: self.account} if listed else {}
        with plain_client(self.site.host) as client:
            platforms = Platforms(client, self.given)
            step = Refresh(self.store, platforms, known, "run-2", NOW + days * DAY)
            [done] = step.run(only=frozenset({Platform.YOUTUBE}), dry_run=dry_run)
        return done

    def posts(self) -> int:
        with self.store.lease("test") as lease:
            return posts.count_posts(lease)

    def flag(self, number: int) -> None:
        with self.store.lease("test") as lease:
            native = self.fake.native_id(self.fake.items[number - 1])
            [(version, post)] = lease.rows("SELECT version_id, id FROM posts WHERE native_id = ?", [native])
            flags.save_flags(lease, [make_flag(1, version_id=version, post_id=post, account_id=self.account.id)])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    with made.site:
        made.gather()
        assert made.posts() == 4
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


def test_what_was_deleted_there_is_erased_here_to_the_bytes(office: Office):
    office.fake.items.pop(2)
    done = office.refresh(days=26)
    assert (done.missing, done.erased.posts) == (1, 1)
    assert office.posts() == 3
    everything = b"".join(path.read_bytes() for path in office.store.path.parent.rglob("*") if path.is_file())
    assert b"Kabar nomor 3" not in everything


def test_a_flagged_post_is_erased_too_unless_a_legal_hold_is_named(office: Office):
    office.flag(3)
    office.options["legal_hold"] = "Izin tertulis 5/2026"
    office.fake.items.pop(2)
    done = office.refresh(days=26)
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
