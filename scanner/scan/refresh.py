"""Duties of storage and deletion: posts asked for again in time, and erased where the platform's terms demand it.

Erasing cannot be undone, so nothing is erased on one look: see `_apart` and `_Doubting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scanner.collect.collectors import COLLECTORS, collector_class
from scanner.collect.interface import Collector, Found, Page, Window
from scanner.collect.terms import Terms
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor, Tally
from scanner.errors import CollectError
from scanner.scan.missing import look_up
from scanner.scan.platforms import Platforms
from scanner.store import duties, erase, posts
from scanner.store.connection import Store
from scanner.store.erase import Erased

BY = "refresh"

_SILENT = frozenset({Platform.TIKTOK, Platform.YOUTUBE})
"""These show what is there and say nothing of the rest. X and Facebook name each post that is not there."""


@dataclass(slots=True)
class Refreshed:
    """What refreshing one platform did, or would do."""

    platform: Platform
    due: int = 0
    """Posts not seen for as long as the platform's terms allow."""
    overdue: int = 0
    """Of these, posts that could not be refreshed within the days they may be kept."""
    tally: Tally = field(default_factory=Tally)
    missing: int = 0
    """Posts the platform, asked by id, no longer has."""
    waiting: int = 0
    """Of these, posts that a further look has to confirm before they are erased."""
    erased: Erased = field(default_factory=Erased)
    held: int = 0
    """Flagged posts that stay by the legal hold named in the settings."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Refreshes one workspace under one run."""

    store: Store
    platforms: Platforms
    accounts: Mapping[str, Account]
    """Accounts that may be looked at today, by id; posts of others cannot be refreshed, only expire."""
    run_id: str
    now: datetime
    done: list[Refreshed] = field(default_factory=list)
    """What has been done so far."""

    @property
    def tally(self) -> Tally:
        """Posts of all platforms together."""
        return sum((one.tally for one in self.done), Tally())

    def run(self, *, only: frozenset[Platform] = frozenset(), dry_run: bool = False) -> Iterator[Refreshed]:
        """Yield what was done per platform that has such duties.

        What was erased leaves the disk at the end, however that comes about; what an earlier run left, at the start.
        """
        if not dry_run:
            erase.tidy(self.store, self.now, by=BY)
        try:
            for platform in COLLECTORS:
                terms = collector_class(platform).terms
                if (terms.refresh_days is not None or terms.keep_days is not None) and (not only or platform in only):
                    self.done.append(self._platform(platform, terms, dry_run=dry_run))
                    yield self.done[-1]
        finally:
            if not dry_run:
                erase.finish_erasing(self.store)

    def _platform(self, platform: Platform, terms: Terms, *, dry_run: bool) -> Refreshed:
        done = Refreshed(platform)
        due = self._due(platform, terms.refresh_days or terms.keep_days or 0)
        done.due = sum(map(len, due.values()))
        if dry_run:
            done.overdue = len(self._overdue(platform, terms))
            return done
        missing = list(self._look_up(platform, due, done))
        done.missing = len(missing)
        if terms.must_erase:
            confirmed = self._confirmed(missing, terms)
            done.waiting = len(missing) - len(confirmed)
            self._erase(done, confirmed, f"{platform}: deleted there, so deleted here")
        overdue = self._overdue(platform, terms)
        done.overdue = len(overdue)
        self._erase(done, overdue, f"{platform}: not refreshed within {terms.keep_days} days")
        self._erase_old_captures(done, terms)
        with self.store.lease("refresh: what was asked") as lease:
            self.platforms.save(lease, self.now)
        return done

    def _due(self, platform: Platform, days: int) -> dict[str, dict[str, str]]:
        with self.store.lease("refresh: what is due") as lease:
            return duties.due(lease, platform, self.now - timedelta(days=days))

    def _overdue(self, platform: Platform, terms: Terms) -> list[str]:
        if terms.keep_days is None:
            return []
        with self.store.lease("refresh: what is overdue") as lease:
            return duties.overdue(lease, platform, self.now - timedelta(days=terms.keep_days))

    def _confirmed(self, missing: Sequence[str], terms: Terms) -> list[str]:
        """Return the posts that this look missed and an earlier one too, long enough ago."""
        with self.store.lease("refresh: what is gone") as lease:
            return duties.missing_since(lease, missing, self.now - _apart(terms))

    def _look_up(self, platform: Platform, due: Mapping[str, dict[str, str]], done: Refreshed) -> Iterator[str]:
        """Ask for what is due and yield what is missing; what cannot be asked for is noted, once."""
        if due and (refusal := self.platforms.refusal(platform)):
            done.notes.append(refusal)
            return
        for account_id, wanted in due.items():
            account = self.accounts.get(account_id)
            if account is None:
                done.notes.append(f"{account_id}: may not be looked at (any more); {len(wanted)} posts not refreshed")
                continue
            try:
                collector = _Doubting(self.platforms.collector(platform))
                found = look_up(self.store, collector, account, wanted, run_id=self.run_id, now=self.now)
            except CollectError as error:
                done.notes.append(f"{account_id}: {error}")
                continue
            done.tally += found.tally
            yield from found.gone
            if collector.doubted:
                done.notes.append(f"{account_id}: an answer showed none of {collector.doubted} posts: not believed")

    def _erase(self, done: Refreshed, ids: list[str], reason: str) -> None:
        hold = self.platforms.options(done.platform).legal_hold
        with self.store.lease("refresh: erase") as lease:
            held = posts.flagged(lease, ids) if hold else set()
            done.held += len(held)
            kept = posts.flagged_on(lease, done.platform) if hold else set()
            gone = [post for post in ids if post not in held]
            done.erased += erase.erase_posts(lease, gone, reason=reason, by=BY, at=self.now, kept=kept)

    def _erase_old_captures(self, done: Refreshed, terms: Terms) -> None:
        if terms.keep_days is None:
            return
        hold = self.platforms.options(done.platform).legal_hold
        with self.store.lease("refresh: old raw answers") as lease:
            kept = posts.flagged_on(lease, done.platform) if hold else set()
            done.erased += erase.erase_old_captures(
                lease,
                done.platform,
                self.now - timedelta(days=terms.keep_days),
                kept=sorted(kept),
                reason=f"{done.platform}: raw answers leave after {terms.keep_days} days",
                by=BY,
                at=self.now,
            )


def _apart(terms: Terms) -> timedelta:
    """Return how far apart two looks must lie that miss a post before it is erased: a fault of the platform passes.

    The next daily run confirms it; where the terms press so much that posts are asked for daily, one an hour later.
    Meanwhile posts grow overdue as ever. The full walk of a scan that did not show a post is a look like any other.
    """
    return timedelta(hours=1) if terms.refresh_days == 1 else timedelta(hours=20)


class _Doubting(Collector):
    """Asks as another collector does, and takes an answer without anything of the several posts asked for as no look.

    One post may be gone; that all are is what a broken answer looks like. Then they are overdue in the end.
    """

    def __init__(self, asked: Collector) -> None:
        super().__init__(asked.client, asked.options)
        self._asked = asked
        self.doubted = 0

    def collect(self, account: Account, cursor: Cursor, window: Window) -> Iterator[Page]:
        return self._asked.collect(account, cursor, window)

    def look_up(self, account: Account, native_ids: Sequence[str]) -> Iterator[Found]:
        for found in self._asked.look_up(account, native_ids):
            if self._asked.platform in _SILENT and len(found.missing) > 1 and not found.posts:
                self.doubted += len(found.missing)
                yield replace(found, missing=())
            else:
                yield found
