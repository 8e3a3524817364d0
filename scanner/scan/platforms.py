"""The platforms of one run: whether each may be asked at all, its budget for the day, its canary, its closing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from threading import Lock

from scanner.collect.client import Client
from scanner.collect.collectors import collector_class, collector_for, require_terms
from scanner.collect.interface import Collector, Options, Window
from scanner.collect.meter import Meter
from scanner.domain.accounts import Account, Platform
from scanner.domain.runs import Cursor
from scanner.errors import BudgetSpent, CollectError, KeyNeeded
from scanner.scan.plan import Asked, Planned
from scanner.store import usage, waits
from scanner.store.connection import Lease


@dataclass(slots=True)
class Platforms:
    """What all accounts of a platform share in one run. Thread-safe."""

    client: Client
    options: Callable[[Platform], Options]
    disabled: frozenset[Platform] = frozenset()
    """Switched off in the settings."""
    used: Mapping[str, int] = field(default_factory=dict)
    """What each platform was asked for today by earlier runs."""
    share: float = 1.0
    """Of each day's budget, how much may be used by the end of this run."""
    _meters: dict[Platform, Meter] = field(default_factory=dict)
    _canaries: dict[Platform, str] = field(default_factory=dict)
    _closed: dict[Platform, CollectError] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _saved: dict[Platform, int] = field(default_factory=dict)
    _canary_locks: dict[Platform, Lock] = field(default_factory=lambda: defaultdict(Lock))

    def refusal(self, platform: Platform) -> str:
        """Say why no account of a platform may be asked in this run: switched off, terms, keys; empty when it may."""
        if platform in self.disabled:
            return f"platforms.{platform}.enabled is false"
        try:
            require_terms(platform, self.options(platform))
        except CollectError as error:
            return str(error)
        return ""

    def collector(self, platform: Platform) -> Collector:
        """Return a collector that shares the platform's meter. Raises what closed the platform for this run."""
        if (error := self._closed.get(platform)) is not None:
            raise type(error)(str(error))
        options = self.options(platform)
        interval = options.interval if options.interval is not None else collector_class(platform).terms.interval
        shared = replace(options, meter=self.meter(platform), interval=interval)
        return collector_for(platform, self.client, shared)

    def host(self, account: Account) -> str:
        """Return scheme and host an account is asked at; empty where its handle names none."""
        try:
            return self.collector(account.platform).base(account)
        except CollectError:
            return ""

    def gives_comments(self, platform: Platform) -> bool:
        """Tell whether a platform shows comments under a campaign account's posts."""
        return collector_class(platform).comments is not Collector.comments

    def asked(self, planned: Iterable[Planned]) -> Iterator[Asked]:
        """Yield what a run would ask of each host, at least."""
        accounts = Counter((item.host, item.account.platform) for item in planned)
        for (host, platform), count in sorted(accounts.items()):
            terms, meter = collector_class(platform).terms, self.meter(platform)
            least = str(count * terms.least) + (f", bills {terms.unit}" if terms.unit != "requests" else "")
            left = "no cap" if meter.budget is None else f"{max(meter.budget - meter.used, 0)} {terms.unit}"
            yield Asked(host, platform, count, least, left)

    def close(self, platform: Platform, error: KeyNeeded | BudgetSpent) -> None:
        """Ask a platform nothing more in this run: its key was refused, or the day's budget is spent."""
        self._closed[platform] = error

    def meter(self, platform: Platform) -> Meter:
        """Return what counts the units of a platform: the smaller of our budget and what it grants a day."""
        with self._lock:
            if platform not in self._meters:
                terms, own = collector_class(platform).terms, self.options(platform).daily_budget
                budget = min((limit for limit in (own, terms.daily) if limit is not None), default=None)
                self._meters[platform] = Meter(budget, self.used.get(platform, 0), unit=terms.unit, share=self.share)
                self._saved[platform] = self._meters[platform].used
            return self._meters[platform]

    def save(self, lease: Lease, now: datetime) -> None:
        """Store what has been asked since the last time, and which hosts asked to be left alone.

        What was asked counts as stored once the lease is committed.
        """
        waits.save_waits(lease, self.client.pace.waits(), now)
        new = {platform: meter.used - self._saved.get(platform, 0) for platform, meter in self._meters.items()}
        rows = {str(platform): (self._meters[platform].unit, count) for platform, count in new.items() if count}
        usage.add_usage(lease, now.date(), rows)
        lease.after_commit[f"usage {id(self)}"] = partial(self._count_saved, new)

    def _count_saved(self, new: Mapping[Platform, int]) -> None:
        for platform, count in new.items():
            self._saved[platform] = self._saved.get(platform, 0) + count

    def canary(self, collector: Collector, like: Account) -> str:
        """Read the operating body's own account once a run; say what is wrong when it shows no posts.

        It is the body's own channel, named in the settings: its posts are counted and dropped.
        """
        handle = collector.options.canary
        if handle is None:
            return ""
        with self._canary_locks[collector.platform]:
            if collector.platform not in self._canaries:
                own = replace(like, handle=handle, native_id=None)
                self._canaries[collector.platform] = _silence(collector, own)
            return self._canaries[collector.platform]


def _silence(collector: Collector, own: Account) -> str:
    try:
        page = next(iter(collector.collect(own, Cursor(), Window())), None)
    except CollectError as error:
        return f"the canary {own.handle} could not be read ({error}): the platform may have changed"
    if page is None or not page.posts:
        return f"the canary {own.handle} showed no posts: the platform may have changed its format"
    return ""
