"""One account on its way through a run: walked in a thread, saved by the writer, told from silence and from gaps."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect.interface import Collector, Page
from scanner.domain.accounts import Account
from scanner.domain.runs import Coverage, Cursor, Outcome, Tally
from scanner.errors import Blocked, BudgetSpent, CollectError, KeyNeeded, ScannerError
from scanner.scan.missing import look_for_unseen
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.saving import Ended, Handed, HandedPage
from scanner.scan.scope import in_scope
from scanner.scan.seen import Seen, ending, outcome_of
from scanner.scan.writer import Writer
from scanner.store import pages, posts, runs
from scanner.store.connection import Lease, Store

log = logging.getLogger(__name__)

SILENT_RUNS = 3
"""Runs in a row that show nothing of an account with posts on record: that is drift, not nothing new."""


class AccountWalk:
    """One account on its way: fetched in a thread of the pool, saved by the writer."""

    def __init__(
        self, store: Store, platforms: Platforms, run_id: str, zone: ZoneInfo, writer: Writer[Handed], item: Planned
    ) -> None:
        self._store = store
        self.platforms = platforms
        self.run_id = run_id
        self._zone = zone
        self._writer = writer
        self.item = item
        self.seen = Seen(started_at=datetime.now(UTC))

    def gather(self, stop: threading.Event) -> Future[Coverage]:
        """Walk the account; the future is done when pages and coverage are saved."""
        self.seen.started_at = datetime.now(UTC)
        return self._writer.submit(Ended(self, *self._walk(stop)))

    def _walk(self, stop: threading.Event) -> tuple[Outcome, str]:
        if stop.is_set():
            return Outcome.NOT_TRIED, "the run was stopped before this account"
        account, seen, platforms = self.item.account, self.seen, self.platforms
        try:
            collector = platforms.collector(account.platform)
            seen.note(platforms.canary(collector, account))
            for page in collector.collect(account, self.item.cursor, self.item.window):
                self._hand_in(page)
                if stop.is_set():
                    return Outcome.PARTIAL, "the run was stopped; the next one goes on from here"
            self._look_for_unseen(collector)
        except CollectError as error:
            if isinstance(error, KeyNeeded | BudgetSpent):
                platforms.close(account.platform, error)
            return outcome_of(error, seen), str(error)
        except ScannerError:
            raise
        except Exception as error:  # a fault of ours in one collector must not cost the other accounts
            log.exception("gathering %s failed", account.id)
            return Outcome.PARTIAL, f"unexpected {type(error).__name__}: {error}; see the log and report it"
        return ending(seen)

    def _hand_in(self, page: Page) -> None:
        """Hand a page to the writer. Raises what kept an earlier page from being saved."""
        if self.seen.refusal is not None:
            raise self.seen.refusal
        self._writer.submit(HandedPage(self, page, self.seen.add(page)))

    def rows_of(self, page: Page, bound: Mapping[str, str]) -> pages.PageRows | None:
        """Return a page as it shall be stored; None once the account is refused, as under another owner's id."""
        account, window = self.item.account, self.item.window
        expected = account.native_id or bound.get(account.id)
        if page.native_id is not None and expected not in (None, page.native_id):
            self.seen.refusal = _taken_over(account, seen=page.native_id, expected=str(expected))
        if self.seen.refusal is not None:
            return None
        kept = [post for post in page.posts if in_scope(post, account, window, self._zone)]
        return pages.PageRows(account, kept, page.evidence, page.cursor, page.rejected)

    def _look_for_unseen(self, collector: Collector) -> None:
        """After a full walk that read everything: look for posts on record that it did not show."""
        seen, item = self.seen, self.item
        whole = seen.cursor.sweep_began is not None and seen.cursor.next_page is None
        if whole and seen.cursor.swept_at is not None and not seen.notes and not seen.rejected:
            self._writer.submit(None).result()  # the pages of this walk are saved before it is asked
            seen.looked_up = look_for_unseen(
                self._store,
                collector,
                item.account,
                seen.cursor,
                item.window,
                run_id=self.run_id,
                now=datetime.now(UTC),
            )

    def coverage(self, lease: Lease, outcome: Outcome, reason: str, now: datetime) -> Coverage:
        """Return what was seen of the account, all pages being saved."""
        seen = self.seen
        if seen.refusal is not None:
            outcome, reason = outcome_of(seen.refusal, seen), str(seen.refusal)
        elif outcome is Outcome.COMPLETE and (silence := self._silence(lease, now)):
            outcome, reason = Outcome.PARTIAL, silence
        return Coverage(
            run_id=self.run_id,
            account_id=self.item.account.id,
            outcome=outcome,
            reason=reason,
            tally=seen.tally,
            requests=seen.requests + seen.looked_up.requests,
            started_at=seen.started_at,
            ended_at=now,
        )

    def swept(self, now: datetime) -> Cursor | None:
        """Return the cursor behind a full walk that ended; None when there was none."""
        seen = self.seen
        if seen.refusal is not None or seen.cursor.sweep_began is None or seen.cursor.next_page is not None:
            return None
        return replace(seen.cursor, sweep_began=None, swept_at=now)

    def _silence(self, lease: Lease, now: datetime) -> str:
        """Say so when an account with posts on record has shown none in several runs in a row."""
        seen, item = self.seen, self.item
        if seen.tally != Tally() or not seen.requests or seen.unchanged:
            return ""
        known = posts.unseen_since(lease, item.account.id, now, since=item.window.since, until=None)
        if not known or runs.silent_runs(lease, item.account.id) < SILENT_RUNS - 1:
            return ""
        return (
            f"{item.account.handle}: shown no post in {SILENT_RUNS} runs in a row, though {len(known)} are on "
            "record: the format may have changed, or the account was emptied"
        )


def _taken_over(account: Account, *, seen: str, expected: str) -> Blocked:
    return Blocked(
        f"{account.handle} now points to account {seen}, it was {expected}: renamed or taken over; "
        "make sure it is still the same person before it is gathered again"
    )
