"""What a run leaves on record of itself: who began it and for when, what it brought, and no end where it was killed."""

from __future__ import annotations

import getpass
import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.collect.interface import Window
from scanner.domain.runs import Run
from scanner.errors import StoreDamaged
from scanner.scan.flagging import flag_unscored
from scanner.scan.record import recorded
from scanner.scan.run import Scan, Summary
from scanner.store import accounts, runs
from tests.scan.conftest import Town
from tests.scan.test_kill import start
from tests.scan.test_suspended import suspend

NOW, DAY = datetime.now(UTC), timedelta(days=1)


@pytest.fixture
def town(kept_town: Town) -> Town:
    """Beside a running desk."""
    return kept_town


def scan(town: Town, window: Window | None = None, **how: str) -> Summary:
    with town.workspace.scan() as prepared:
        return prepared.run(prepared.plan(datetime.now(UTC), window=window), **how)


def on_record(town: Town) -> Run:
    with town.workspace.store.lease("test") as lease:
        return runs.last_runs(lease)[0]


def test_a_scan_tells_who_began_it_how_and_what_it_brought(town: Town):
    summary = scan(town, trigger="schedule")
    run = on_record(town)
    assert run == summary.run
    assert (run.trigger, run.started_by) == ("schedule", getpass.getuser())
    with town.workspace.scan() as prepared:
        assert (run.since, run.until) == (prepared.plan(run.started_at).window.since, None)
    assert (run.complete, run.partial, run.failed, run.not_tried) == (6, 0, 0, 0)
    assert (run.new, run.changed, run.missing) == (len(town.expected()), 0, 0)
    assert (run.requests or 0) >= sum(one.requests for one in summary.coverage) > 0
    assert run.throttled == 0
    assert (run.bytes or 0) > 1000


def test_a_narrower_window_is_on_record_as_it_was_asked(town: Town):
    window = Window(since=NOW - 3 * DAY, until=NOW - DAY)
    scan(town, window)
    assert (on_record(town).since, on_record(town).until) == (window.since, window.until)


def test_accounts_count_by_how_they_ended(town: Town):
    with town.workspace.store.lease("test") as lease:
        lease.execute("UPDATE accounts SET listed_until = current_date - 1 WHERE platform = 'rss'")
        lease.execute("UPDATE accounts SET native_id = 'lain' WHERE handle = (SELECT min(handle) FROM accounts)")
    scan(town)
    run = on_record(town)
    assert (run.complete, run.partial, run.failed, run.not_tried) == (4, 0, 1, 1)


def test_nobody_can_reckon_from_the_counts_how_many_are_suspended(town: Town):
    with town.workspace.store.lease("test") as lease:
        one = accounts.load_accounts(lease)[0]
    suspend(town, one)
    summary = scan(town)
    run = on_record(town)
    assert (run.complete, run.not_tried) == (len(summary.coverage), 0)
    assert len(summary.coverage) < 6


def test_posts_found_gone_count_in_the_run_that_is_sure_of_it(town: Town):
    scan(town)
    with town.workspace.store.lease("test") as lease:
        [(gone,)] = lease.rows("SELECT min(id) FROM posts WHERE platform = 'mastodon' AND role = 'posted'")
        lease.execute("UPDATE posts SET first_missing_at = $at WHERE id = $id", {"id": gone, "at": NOW - DAY})
        lease.execute("UPDATE cursors SET swept_at = $at", {"at": NOW - 8 * DAY})
    town.platform.posts = [post for post in town.platform.posts if not gone.endswith(f"/{post.id}")]
    scan(town)
    assert on_record(town).missing == 1
    scan(town)
    assert on_record(town).missing == 0


def test_a_run_that_fails_ends_with_what_it_had_brought(town: Town, monkeypatch: pytest.MonkeyPatch):
    def damaged(*_: object, **__: object) -> None:
        raise StoreDamaged("rusak")

    monkeypatch.setattr("scanner.scan.run.flag_unscored", damaged)
    with pytest.raises(StoreDamaged):
        scan(town)
    run = on_record(town)
    assert (run.exit_code, run.note) == (1, "rusak")
    assert (run.complete, run.new) == (6, len(town.expected()))
    assert run.requests


def test_what_was_asked_before_belongs_to_no_run(town: Town):
    with town.workspace.scan() as prepared:
        first = _requests(prepared)
        second = _requests(prepared)
    assert first > second > 0, "robots.txt was known, and there was nothing new"


def test_a_run_that_asks_nothing_says_so_and_leaves_accounts_open(town: Town):
    opened = town.workspace
    with recorded(opened.store, "import", opened.detector) as run:
        flag_unscored(opened.store, opened.detector)
    assert run.trigger == "hand"
    with opened.store.lease("test") as lease:
        brought = runs.count_brought(lease, run)
    assert (brought.complete, brought.new, brought.missing) == (None, None, 0)


def test_a_refresh_tells_how_it_went_too(town: Town):
    with town.workspace.refresh(NOW) as refresh:
        list(refresh.run())
        refresh.done[0].notes.append("mastodon: no key")
        refresh.done[0].missing = 2
    run = on_record(town)
    assert (run.kind, run.exit_code, run.complete, run.missing, run.requests) == ("refresh", 3, None, 2, 0)
    assert run.started_by == getpass.getuser()


@pytest.mark.slow
def test_the_run_after_a_killed_one_does_not_close_it(town: Town):
    process = start(town)
    while not _begun(town) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    scan(town)
    with town.workspace.store.lease("test") as lease:
        last, killed = runs.last_runs(lease)
    assert last.exit_code == 0
    assert (killed.ended_at, killed.exit_code, killed.complete, killed.requests) == (None, None, None, None)
    assert killed.started_by == getpass.getuser()


def _requests(prepared: Scan) -> int:
    return prepared.run(prepared.plan(NOW)).run.requests or 0


def _begun(town: Town) -> bool:
    with town.workspace.store.lease("test") as lease:
        return bool(runs.last_runs(lease))
