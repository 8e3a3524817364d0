"""One account on its way through a run: walked in a thread, saved by the writer, told from silence and from gaps."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect import patience
from scanner.collect.interface import Collector, Page
from scanner.domain.accounts import Account
from scanner.domain.runs import PUT_OFF, Coverage, Cursor, Outcome, Tally
from scanner.errors import Blocked, FetchFailed, FormatDrift, OutOfTime
from scanner.scan.endings import cut_by
from scanner.scan.missing import look_for_unseen
from scanner.scan.plan import Planned
from scanner.scan.platforms import Platforms
from scanner.scan.saving import Ended, Handed, HandedPage
from scanner.scan.scope import in_scope
from scanner.scan.seen import Seen, ending
from scanner.scan.stopping import why
from scanner.scan.writer import Writer
from scanner.store import pages, runs, unseen
from scanner.store.connection import Lease, Store

SILENT_RUNS = 3
"""Runs in a row that show nothing of an account with posts on record: that is drift, not nothing new."""


class AccountWalk:
    """One account on its way: fetched in a thread of the pool, saved by the writer."""

    def __init__(
        self,
        store: Store,
        platforms: Platforms,
        run_id: str,
        zone: ZoneInfo,
        writer: Writer[Handed],
        item: Planned,
        suspended: set[str],
        seconds: float | None = None,
    ) -> None:
        self._store = store
        self.platforms = platforms
        self.run_id = run_id
        self._zone = zone
        self._writer = writer
        self.item = item
        self.suspended = suspended
        """Accounts of people suspended while the run goes on: shared by all walks, filled by the writer."""
        self.seconds = seconds
        """After these the walk is ended; None: never."""
        self.seen = Seen(started_at=datetime.now(UTC))

    def gather(self, stop: threading.Event) -> Future[Coverage]:
        """Walk the account; the future is done when pages and coverage are saved."""
        self.seen.started_at = datetime.now(UTC)
        with patience.bounded(self.seconds):
            return self._writer.submit(Ended(self, self._walk(stop)))

    def _walk(self, stop: threading.Event) -> Exception | tuple[Outcome, str] | None:
        """Hand in all pages; return what cut the walk short."""
        account, platforms = self.item.account, self.platforms
        if stop.is_set():
            return self._stopped(stop)
        if account.id in self.suspended:
            return Outcome.NOT_TRIED, pages.SUSPENDED
        try:
            collector = platforms.collector(account.platform)
            self.seen.note(platforms.canary(collector, account))
            for page in self._pages(collector):
                self._hand_in(page)
                if stop.is_set():
                    return self._stopped(stop)
                patience.require()
                if account.id in self.suspended:
                    return Outcome.PARTIAL, pages.SUSPENDED
            self._look_for_unseen(collector)
        except (OutOfTime, FetchFailed) as error:
            return self._stopped(stop) if stop.is_set() else cut_by(error, account.id, account.platform, platforms)
        except Exception as error:  # a fault of ours in one collector must not cost the other accounts
            return cut_by(error, account.id, account.platform, platforms)
        return None

    def _stopped(self, stop: threading.Event) -> tuple[Outcome, str]:
        """Say how the account ends in a run that was stopped; one of which nothing was seen is put off."""
        if self.seen.pages == 0:
            return Outcome.NOT_TRIED, f"{why(stop)} {PUT_OFF}"
        return Outcome.PARTIAL, f"{why(stop)}; the next one goes on from here"

    def _pages(self, collector: Collector) -> Iterator[Page]:
        """Yield the pages from where the walk stands; behind one that was cut off, those that have come meanwhile."""
        account, cursor, window = self.item.account, self.item.cursor, self.item.window
        yield from collector.collect(account, cursor, window)
        if cursor.next_page is not None and self.seen.cursor.next_page is None:
            yield from collector.collect(account, self.seen.cursor, window)

    def _hand_in(self, page: Page) -> None:
        """Hand a page to the writer. Raises what kept an earlier page from being saved."""
        if self.seen.failure is not None:
            raise self.seen.failure
        self._writer.submit(HandedPage(self, page, self.seen.add(page)))

    def rows_of(self, page: Page, bound: Mapping[str, str]) -> pages.PageRows | None:
        """Return a page as it shall be stored; None once one was not saved, as under another owner's id."""
        account, window = self.item.account, self.item.window
        expected = account.native_id or bound.get(account.id)
        if page.native_id is not None and expected not in (None, page.native_id):
            self.seen.failure = _taken_over(account, seen=page.native_id, expected=str(expected))
        if self.seen.failure is not None or account.id in self.suspended:
            return None
        kept = [post for post in page.posts if in_scope(post, account, window, self._zone)]
        return pages.PageRows(account, kept, page.evidence, self._place_behind(page), page.rejected)

    def _place_behind(self, page: Page) -> Cursor | None:
        """Return where to go on behind a page. A full walk with gaps goes on, but shall call nothing missing."""
        if self.item.aside:
            return None
        gaps = self.seen.notes or self.seen.rejected
        if gaps and page.cursor.sweep_began is not None:
            return replace(page.cursor, sweep_began=None, swept_at=page.cursor.sweep_began)
        return page.cursor

    def _look_for_unseen(self, collector: Collector) -> None:
        """After a full walk that read everything: look for posts on record that it did not show."""
        seen, item = self.seen, self.item
        if self._swept and seen.cursor.swept_at is not None and not seen.notes and not seen.rejected:
            self._writer.submit(None).result()  # the pages of this walk are saved before it is asked
            if seen.failure is not None:
                raise seen.failure
            seen.looked_up = look_for_unseen(
                self._store, collector, item, seen.cursor, zone=self._zone, run_id=self.run_id, now=datetime.now(UTC)
            )

    @property
    def _swept(self) -> bool:
        """Whether a full walk has come to its end."""
        return self.seen.cursor.sweep_began is not None and self.seen.cursor.next_page is None and not self.item.aside

    def coverage(self, lease: Lease, cut: Exception | tuple[Outcome, str] | None, now: datetime) -> Coverage:
        """Return what was seen of the account, all pages being saved."""
        seen = self.seen
        outcome, reason = ending(seen, cut)
        if self.item.account.id in self.suspended:  # it may have become known behind the last page
            outcome, reason = (Outcome.PARTIAL if seen.pages else Outcome.NOT_TRIED), pages.SUSPENDED
        if outcome is Outcome.COMPLETE and (silence := self._silence(lease, now)):
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

    def place(self, lease: Lease, cut: Exception | tuple[Outcome, str] | None, now: datetime) -> Cursor | None:
        """Return where to go on, when that is not where the last page said: behind a full walk, or out of a dead end.

        A walk that was cut off and fails again where it goes on, twice in a row, begins anew: or it would never see
        what is new.
        """
        seen, cursor = self.seen, self.item.cursor
        if cut is None and seen.failure is None and self._swept:
            return replace(seen.cursor, sweep_began=None, swept_at=now)
        stuck = isinstance(cut, FetchFailed | FormatDrift) and seen.pages == 0 and cursor.next_page is not None
        if stuck and not self.item.aside and runs.failed_at_once(lease, self.item.account.id):
            return replace(cursor, next_page=None, top=None, sweep_began=None)
        return None

    def _silence(self, lease: Lease, now: datetime) -> str:
        """Say so when an account with posts on record has shown none in several runs in a row."""
        seen, item = self.seen, self.item
        if seen.tally != Tally() or not seen.requests or seen.unchanged:
            return ""
        known = unseen.unseen_since(lease, item.account.id, now, since=item.window.since, until=None)
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
