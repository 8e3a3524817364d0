"""Gathering: accounts side by side in threads, each page saved in one unit of work before the next is asked for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from scanner.collect.client import Client
from scanner.collect.collectors import collector_for
from scanner.collect.interface import Options, Page, Window
from scanner.domain.accounts import Account, Platform
from scanner.domain.posts import Post
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.errors import Blocked, CollectError, Gone, Private, ScannerError
from scanner.scan.plan import Planned
from scanner.store import bindings, pages, runs
from scanner.store.connection import Store

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Seen:
    """What has been seen of one account so far."""

    started_at: datetime
    tally: Tally = field(default_factory=Tally)
    requests: int = 0
    rejected: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers planned accounts into the store under one run."""

    store: Store
    client: Client
    options: Callable[[Platform], Options]
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
        return coverage

    def _walk(self, item: Planned, seen: _Seen, stop: threading.Event) -> tuple[Outcome, str]:
        if stop.is_set():
            return Outcome.NOT_TRIED, "the run was stopped before this account"
        try:
            collector = collector_for(item.account.platform, self.client, self.options(item.account.platform))
            for page in collector.collect(item.account, item.cursor, item.window):
                self._save(item, page, seen)
                if stop.is_set():
                    return Outcome.PARTIAL, "the run was stopped; the next one goes on from here"
        except CollectError as error:
            return _outcome_of(error), str(error)
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
                posts=[post for post in page.posts if self._in_scope(post, item.account, item.window)],
                captures=page.evidence,
                cursor=page.cursor,
                rejected=page.rejected,
                seen_at=now,
            )
        seen.requests += len(page.evidence)
        seen.rejected += len(page.rejected)
        seen.notes += [page.note] if page.note and page.note not in seen.notes else []

    def _in_scope(self, post: Post, account: Account, window: Window) -> bool:
        return in_scope(post, account, window, self.zone)


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


def _outcome_of(error: CollectError) -> Outcome:
    match error:
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
