"""Posts of past times, looked for anew: never outside what the law allows, and not twice where it was done already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.collect.interface import Window
from scanner.domain.accounts import Platform
from scanner.errors import UsageError
from scanner.scan.comments import source_of
from scanner.scan.plan import Plan, legal_window
from scanner.store import covered, posts

if TYPE_CHECKING:
    from scanner.scan.run import Scan


@dataclass(frozen=True, slots=True)
class Backfill:
    """What a backfill will do."""

    plan: Plan
    cut: tuple[str, ...]
    """What was asked for and may not be looked at, in words."""
    seen: tuple[str, ...]
    """Accounts left out: an earlier backfill saw all of these times of them."""
    known: int
    """Posts of these times and accounts that are on record already."""
    campaigns: frozenset[str]
    """Sources of comments that are left, as `Scan.run_alone` takes them."""


def plan_backfill(
    scan: Scan,
    asked: Window,
    now: datetime,
    *,
    only: frozenset[str] = frozenset(),
    platforms: frozenset[Platform] = frozenset(),
    again: bool = False,
) -> Backfill:
    """Decide what a backfill of these posting times asks; nothing is fetched or written.

    Killed or out of requests, the next one of the same times takes the accounts that are left; those begun are read
    from their start again, which changes nothing, but behind the others: one that takes all requests must not keep them
    from their turn for ever. `again` takes them all. UsageError when nothing may be looked at.
    """
    election = scan.detector.election
    window, cut = narrowed(asked, legal_window(election, now, scan.lookback_days), now)
    plan = scan.plan(now, window=window, only=only, platforms=platforms)
    with scan.store.lease("backfill: what was done before", reading=True) as lease:
        seen = set() if again else covered.seen_by_backfill(lease, window.since, window.until)
        begun = covered.begun_by_backfill(lease, window.since, window.until)
        unseen = (item for item in plan.planned if item.account.id not in seen)
        left = tuple(sorted(unseen, key=lambda item: item.account.id in begun))
        known = posts.count_between(lease, [item.account.id for item in left], window.since, window.until)
    return Backfill(
        plan=replace(plan, planned=left, asked=tuple(scan.platforms.asked(left))),
        cut=cut,
        seen=tuple(item.account.id for item in plan.planned if item.account.id in seen),
        known=known,
        campaigns=frozenset(source_of(*one) for one in election.campaign_accounts) - seen,
    )


def narrowed(asked: Window, legal: Window, now: datetime) -> tuple[Window, tuple[str, ...]]:
    """Return what of the asked times may be looked at, and in words what may not: nothing is cut silently.

    UsageError when nothing is left.
    """
    since = max((at for at in (asked.since, legal.since) if at is not None), default=None)
    until = min(at for at in (asked.until, legal.until, now) if at is not None)
    if since is not None and since >= until:
        raise UsageError(
            f"--from {_day(asked.since)} --to {_day(asked.until)}: nothing of it may be looked at; valid: posting "
            f"times from {_day(legal.since)} (start of the stages, or lookback_days ago) to {_day(now)}"
        )
    return Window(since=since, until=until), tuple(_cuts(asked, since, until))


def _cuts(asked: Window, since: datetime | None, until: datetime) -> Iterator[str]:
    if asked.since is None or (since is not None and asked.since < since):
        yield f"cut off: posts before {_day(since)}, when the stages began or lookback_days ended: they stay unread"
    if asked.until is None or asked.until > until:
        yield f"cut off: posts after {_day(until)}, which is now: the same command takes all accounts anew later"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at is not None else "its beginning"
