"""Gathering: accounts side by side in threads, each page saved in one unit of work before the next is asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect.interface import Collector, Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Post
from scanner.domain.runs import Coverage, Cursor, Outcome, Tally
from scanner.errors import Blocked, BudgetSpent, CollectError, FormatDrift, Gone, KeyNeeded, Private, ScannerError
from scanner.scan.missing import look_for_unseen
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.store import bindings, cursors, pages, posts, runs, usage
from scanner.store.connection import Lease, Store

log = logging.getLogger(__name__)

SILENT_RUNS = 3
"""Runs in a row that show nothing of an account with posts on record: that is drift, not nothing new."""


@dataclass(slots=True)
class _Seen:
    """What has been seen of one account so far."""

    started_at: datetime
    tally: Tally = field(default_factory=Tally)
    requests: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    unchanged: bool = False

    def add(self, page: Page) -> None:
        """Count a page that has been saved."""
        self.requests += len(page.evidence)
        self.rejected += len(page.rejected)
        self.cursor = page.cursor
        self.unchanged = self.unchanged or page.unchanged
        self.note(page.note)

    def note(self, said: str) -> None:
        """Keep what could not be seen, each once."""
        if said and said not in self.notes:
            self.notes.append(said)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers planned accounts into the store under one run."""

    store: Store
    platforms: Platforms
    run_id: str
    zone: ZoneInfo
    """Local days of the region decide whether a post was written in service (guardrail G5)."""
    workers: int = 5

    def gather(self, planned: Sequence[Planned], stop: threading.Event | None = None) -> Iterator[Coverage]:
        """Gather accounts side by side and yield the coverage of each as it ends; it is saved by then.

        One account's failure never stops the others. Once `stop` is set, accounts end after their current page
        and accounts not begun are not tried.
        """
        stop = stop or threading.Event()
        with ThreadPoolExecutor(max_workers=self.workers, thread_name_prefix="gather") as pool:
            waiting = [pool.submit(self._account, item, stop) for item in planned]
            try:
                for done in as_completed(waiting):
                    yield done.result()
            except BaseException:
                stop.set()
                raise

    def _account(self, item: Planned, stop: threading.Event) -> Coverage:
        seen = _Seen(started_at=datetime.now(UTC))
        outcome, reason = self._walk(item, seen, stop)
        coverage = Coverage(
            run_id=self.run_id,
            account_id=item.account.id,
            outcome=outcome,
            reason=reason,
            tally=seen.tally,
            requests=seen.requests,
            started_at=seen.started_at,
            ended_at=datetime.now(UTC),
        )
        with self.store.lease("scan: save coverage") as lease:
            runs.save_coverage(lease, [coverage])
            self._save_usage(lease, item.account.platform)
        return coverage

    def _save_usage(self, lease: Lease, platform: Platform) -> None:
        meter = self.platforms.meter(platform)
        usage.save_usage(lease, platform, datetime.now(UTC).date(), unit=meter.unit, used=meter.used)

    def _walk(self, item: Planned, seen: _Seen, stop: threading.Event) -> tuple[Outcome, str]:
        if stop.is_set():
            return Outcome.NOT_TRIED, "the run was stopped before this account"
        try:
            collector = self.platforms.collector(item.account.platform)
            seen.note(self.platforms.canary(collector, item.account))
            for page in collector.collect(item.account, item.cursor, item.window):
                self._save(item, page, seen)
                if stop.is_set():
                    return Outcome.PARTIAL, "the run was stopped; the next one goes on from here"
            self._finish(item, collector, seen)
        except CollectError as error:
            if isinstance(error, KeyNeeded):
                self.platforms.close(item.account.platform, str(error))
            return _outcome_of(error, seen), str(error)
        except ScannerError:
            raise
        except Exception as error:  # a fault of ours in one collector must not cost the other accounts
            log.exception("gathering %s failed", item.account.id)
            return Outcome.PARTIAL, f"unexpected {type(error).__name__}: {error}; see the log and report it"
        return _ending(seen)

    def _save(self, item: Planned, page: Page, seen: _Seen) -> None:
        now = datetime.now(UTC)
        with self.store.lease("scan: save a page") as lease:
            if page.native_id is not None:
                bound = bindings.bind(lease, item.account.id, page.native_id, seen_at=now)
                _require_same_owner(item.account, seen=page.native_id, expected=item.account.native_id or bound)
            seen.tally += pages.save_page(
                lease,
                run_id=self.run_id,
                account=item.account,
                posts=[post for post in page.posts if in_scope(post, item.account, item.window, self.zone)],
                captures=page.evidence,
                cursor=page.cursor,
                rejected=page.rejected,
                seen_at=now,
            )
        seen.add(page)

    def _finish(self, item: Planned, collector: Collector, seen: _Seen) -> None:
        """After a whole walk: look for what it did not show, and tell silence from nothing new."""
        now = datetime.now(UTC)
        cursor = seen.cursor
        if cursor.sweep_began is not None and cursor.next_page is None:
            if not seen.notes and not seen.rejected:
                done = look_for_unseen(
                    self.store, collector, item.account, cursor, item.window, run_id=self.run_id, now=now
                )
                seen.tally += done.tally
                seen.requests += done.requests
            with self.store.lease("scan: full walk done") as lease:
                cursors.save_cursor(lease, item.account.id, replace(cursor, sweep_began=None, swept_at=now))
        if seen.tally == Tally() and seen.requests and not seen.unchanged:
            with self.store.lease("scan: silence") as lease:
                known = posts.unseen_since(lease, item.account.id, now, since=item.window.since, until=None)
                if known and runs.silent_runs(lease, item.account.id) >= SILENT_RUNS - 1:
                    raise FormatDrift(
                        f"{item.account.handle}: shown no post in {SILENT_RUNS} runs in a row, though "
                        f"{len(known)} are on record: the format may have changed, or the account was emptied"
                    )


def in_scope(post: Post, account: Account, window: Window, zone: ZoneInfo) -> bool:
    """Tell whether a post may be kept: written in service and inside the window (guardrails G5, G6).

    A post of unknown time is kept, but it is never flagged.
    """
    if post.posted_at is None:
        return True
    return window.holds(post.posted_at) and account.in_service_on(post.posted_at.astimezone(zone).date())


def _require_same_owner(account: Account, *, seen: str, expected: str) -> None:
    if seen != expected:
        raise Blocked(
            f"{account.handle} now points to account {seen}, it was {expected}: renamed or taken over; "
            "make sure it is still the same person before it is gathered again"
        )


def _outcome_of(error: CollectError, seen: _Seen) -> Outcome:
    match error:
        case KeyNeeded() | BudgetSpent() if not seen.requests:
            return Outcome.NOT_TRIED
        case Gone():
            return Outcome.GONE
        case Private():
            return Outcome.PRIVATE
        case Blocked():
            return Outcome.BLOCKED
        case _:
            return Outcome.PARTIAL


def _ending(seen: _Seen) -> tuple[Outcome, str]:
    unread = [f"{seen.rejected} items could not be read and are in quarantine"] if seen.rejected else []
    reasons = [*seen.notes, *unread]
    return (Outcome.PARTIAL, "; ".join(reasons)) if reasons else (Outcome.COMPLETE, "")
