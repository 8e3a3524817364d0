"""One account on its way through a run: walked in a thread, saved by the writer, told from silence and from gaps."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from scanner.collect.interface import Collector, Page
from scanner.domain.accounts import Account
from scanner.domain.runs import Coverage, Cursor, Outcome, Tally
from scanner.errors import Blocked, BudgetSpent, CollectError, Gone, KeyNeeded, Private, ScannerError
from scanner.scan.missing import LookedUp, look_for_unseen
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.scope import in_scope
from scanner.scan.writer import Writer
from scanner.store import bindings, cursors, pages, posts, runs, usage
from scanner.store.connection import Lease, Store

log = logging.getLogger(__name__)

SILENT_RUNS = 3
"""Runs in a row that show nothing of an account with posts on record: that is drift, not nothing new."""


@dataclass(slots=True)
class _Seen:
    """What has been seen of one account so far."""

    started_at: datetime
    tallies: dict[int, Tally] = field(default_factory=dict)
    """By number of the page: saving a page again changes nothing here."""
    pages: int = 0
    requests: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    unchanged: bool = False
    refusal: CollectError | None = None
    """Why a page was not saved; what follows it is not saved either."""
    looked_up: LookedUp = field(default_factory=LookedUp)

    @property
    def tally(self) -> Tally:
        """All pages together, and what was looked up by id."""
        return sum(self.tallies.values(), self.looked_up.tally)

    def add(self, page: Page) -> int:
        """Count a page; return its number."""
        self.pages += 1
        self.requests += len(page.evidence)
        self.rejected += len(page.rejected)
        self.cursor = page.cursor
        self.unchanged = self.unchanged or page.unchanged
        self.note(page.note)
        return self.pages

    def note(self, said: str) -> None:
        """Keep what could not be seen, each once."""
        if said and said not in self.notes:
            self.notes.append(said)


class AccountWalk:
    """One account on its way: fetched in a thread of the pool, saved by the writer."""

    def __init__(
        self, store: Store, platforms: Platforms, run_id: str, zone: ZoneInfo, writer: Writer, item: Planned
    ) -> None:
        self._store = store
        self._platforms = platforms
        self._run_id = run_id
        self._zone = zone
        self._writer = writer
        self._item = item
        self._seen = _Seen(started_at=datetime.now(UTC))

    def gather(self, stop: threading.Event) -> Future[Coverage]:
        """Walk the account; the future is done when pages and coverage are saved."""
        self._seen.started_at = datetime.now(UTC)
        outcome, reason = self._walk(stop)
        return self._writer.submit(partial(self._end, outcome, reason))

    def _walk(self, stop: threading.Event) -> tuple[Outcome, str]:
        if stop.is_set():
            return Outcome.NOT_TRIED, "the run was stopped before this account"
        account, seen, platforms = self._item.account, self._seen, self._platforms
        try:
            collector = platforms.collector(account.platform)
            seen.note(platforms.canary(collector, account))
            for page in collector.collect(account, self._item.cursor, self._item.window):
                self._hand_in(page)
                if stop.is_set():
                    return Outcome.PARTIAL, "the run was stopped; the next one goes on from here"
            self._look_for_unseen(collector)
        except CollectError as error:
            if isinstance(error, KeyNeeded | BudgetSpent):
                platforms.close(account.platform, error)
            return _outcome_of(error, seen), str(error)
        except ScannerError:
            raise
        except Exception as error:  # a fault of ours in one collector must not cost the other accounts
            log.exception("gathering %s failed", account.id)
            return Outcome.PARTIAL, f"unexpected {type(error).__name__}: {error}; see the log and report it"
        return _ending(seen)

    def _hand_in(self, page: Page) -> None:
        """Hand a page to the writer. Raises what kept an earlier page from being saved."""
        if self._seen.refusal is not None:
            raise self._seen.refusal
        self._writer.submit(partial(self._save, page, self._seen.add(page)))

    def _save(self, page: Page, number: int, lease: Lease) -> None:
        account, window = self._item.account, self._item.window
        now = datetime.now(UTC)
        if self._seen.refusal is not None:
            return
        try:
            if page.native_id is not None:
                bound = bindings.bind(lease, account.id, page.native_id, seen_at=now)
                _require_same_owner(account, seen=page.native_id, expected=account.native_id or bound)
        except CollectError as error:
            self._seen.refusal = error
            raise
        self._seen.tallies[number] = pages.save_page(
            lease,
            run_id=self._run_id,
            account=account,
            posts=[post for post in page.posts if in_scope(post, account, window, self._zone)],
            captures=page.evidence,
            cursor=page.cursor,
            rejected=page.rejected,
            seen_at=now,
        )

    def _look_for_unseen(self, collector: Collector) -> None:
        """After a full walk that read everything: look for posts on record that it did not show."""
        seen, item = self._seen, self._item
        whole = seen.cursor.sweep_began is not None and seen.cursor.next_page is None
        if whole and seen.cursor.swept_at is not None and not seen.notes and not seen.rejected:
            self._writer.submit(lambda _: None).result()  # the pages of this walk are saved before it is asked
            seen.looked_up = look_for_unseen(
                self._store,
                collector,
                item.account,
                seen.cursor,
                item.window,
                run_id=self._run_id,
                now=datetime.now(UTC),
            )

    def _end(self, outcome: Outcome, reason: str, lease: Lease) -> Coverage:
        """Save where the account stands and what was seen of it."""
        seen, now = self._seen, datetime.now(UTC)
        if seen.refusal is not None:
            outcome, reason = _outcome_of(seen.refusal, seen), str(seen.refusal)
        elif outcome is Outcome.COMPLETE and (silence := self._silence(lease, now)):
            outcome, reason = Outcome.PARTIAL, silence
        if seen.refusal is None and seen.cursor.sweep_began is not None and seen.cursor.next_page is None:
            swept = replace(seen.cursor, sweep_began=None, swept_at=now)
            cursors.save_cursor(lease, self._item.account.id, swept)
        coverage = Coverage(
            run_id=self._run_id,
            account_id=self._item.account.id,
            outcome=outcome,
            reason=reason,
            tally=seen.tally,
            requests=seen.requests + seen.looked_up.requests,
            started_at=seen.started_at,
            ended_at=now,
        )
        runs.save_coverage(lease, [coverage])
        meter = self._platforms.meter(self._item.account.platform)
        usage.save_usage(lease, self._item.account.platform, now.date(), unit=meter.unit, used=meter.used)
        return coverage

    def _silence(self, lease: Lease, now: datetime) -> str:
        """Say so when an account with posts on record has shown none in several runs in a row."""
        seen, item = self._seen, self._item
        if seen.tally != Tally() or not seen.requests or seen.unchanged:
            return ""
        known = posts.unseen_since(lease, item.account.id, now, since=item.window.since, until=None)
        if not known or runs.silent_runs(lease, item.account.id) < SILENT_RUNS - 1:
            return ""
        return (
            f"{item.account.handle}: shown no post in {SILENT_RUNS} runs in a row, though {len(known)} are on "
            "record: the format may have changed, or the account was emptied"
        )


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
