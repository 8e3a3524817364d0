"""Duties of storage and deletion: posts asked for again in time, and erased where the platform's terms demand it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scanner.collect.collectors import COLLECTORS, collector_class
from scanner.collect.terms import Terms
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Tally
from scanner.errors import CollectError
from scanner.scan.missing import look_up
from scanner.scan.platforms import Platforms
from scanner.store import erase, posts, usage
from scanner.store.connection import Store
from scanner.store.erase import Erased

BY = "refresh"


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

    def run(self, *, only: frozenset[Platform] = frozenset(), dry_run: bool = False) -> Iterator[Refreshed]:
        """Yield what was done per platform that has such duties; anything erased leaves the file itself at the end."""
        erased = Erased()
        for platform in COLLECTORS:
            terms = collector_class(platform).terms
            if (terms.refresh_days is not None or terms.keep_days is not None) and (not only or platform in only):
                done = self._platform(platform, terms, dry_run=dry_run)
                erased += done.erased
                yield done
        if erased != Erased():
            erase.write_anew(self.store)

    def _platform(self, platform: Platform, terms: Terms, *, dry_run: bool) -> Refreshed:
        done = Refreshed(platform)
        due = self._unseen(platform, terms.refresh_days or terms.keep_days or 0)
        done.due = sum(map(len, due.values()))
        if dry_run:
            done.overdue = sum(map(len, self._overdue(platform, terms).values()))
            return done
        missing = list(self._look_up(platform, due, done))
        done.missing = len(missing)
        if terms.must_erase:
            self._erase(done, missing, f"{platform}: deleted there, so deleted here")
        overdue = [post for found in self._overdue(platform, terms).values() for post in found.values()]
        done.overdue = len(overdue)
        self._erase(done, overdue, f"{platform}: not refreshed within {terms.keep_days} days")
        self._erase_old_captures(done, terms)
        with self.store.lease("refresh: what was asked") as lease:
            usage.save_usage(lease, self.now.date(), self.platforms.spent())
        return done

    def _unseen(self, platform: Platform, days: int) -> dict[str, dict[str, str]]:
        with self.store.lease("refresh: what is due") as lease:
            return posts.due_for_refresh(lease, platform, self.now - timedelta(days=days))

    def _overdue(self, platform: Platform, terms: Terms) -> dict[str, dict[str, str]]:
        return {} if terms.keep_days is None else self._unseen(platform, terms.keep_days)

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
                collector = self.platforms.collector(platform)
                found = look_up(self.store, collector, account, wanted, run_id=self.run_id, now=self.now)
            except CollectError as error:
                done.notes.append(f"{account_id}: {error}")
                continue
            done.tally += found.tally
            yield from found.gone

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
