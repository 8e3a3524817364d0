"""Who is looked at in this run, how far back, and who is not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanner.collect.interface import Window
from scanner.domain.accounts import Account, Mandate, Platform
from scanner.domain.runs import Cursor
from scanner.errors import MandateError
from scanner.roster import Refusal, refuse_account, refuse_mandate
from scanner.rules.elections import Election

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Planned:
    """One account to gather, from where and within which posting times."""

    account: Account
    cursor: Cursor
    window: Window
    host: str = ""
    """Scheme and host that will be asked."""
    aside: bool = False
    """A look at a narrower window: it neither goes on from where gathering stands nor moves that place."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run would ask of one host, at least: new posts and full walks take more."""

    host: str
    platform: Platform
    accounts: int
    least: str
    """Requests, with what the platform bills where that is something else."""
    left: str
    """What is left of the day's budget."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do: the accounts to gather and those it may not look at."""

    planned: tuple[Planned, ...]
    refused: tuple[tuple[Account, Refusal], ...]
    asked: tuple[Asked, ...] = ()
    suspended: tuple[Account, ...] = ()
    """Not looked at, and named nowhere but in the coverage on record."""
    window: Window = field(default_factory=Window)
    """Posting times that are looked at."""
    commenters: tuple[Account, ...] = ()
    """Whose comments under campaign accounts are kept: all who may be looked at, planned now or not. A walk through
    comments goes on from where it stood, so whom it leaves out is left out for good."""


def plan_scan(
    accounts: Iterable[Account],
    *,
    mandate: Mandate,
    election: Election,
    cursors: Mapping[str, Cursor],
    now: datetime,
    lookback_days: int,
    window: Window | None = None,
) -> Plan:
    """Decide who may be looked at now; raises MandateError when nobody may.

    The window begins at the start of the stages, never earlier than `lookback_days` ago (guardrail G6);
    `window` may only narrow it.
    """
    today = now.astimezone(ZoneInfo(election.region.tz)).date()
    require_mandate(mandate, today)
    allowed = _narrow(legal_window(election, now, lookback_days), window)
    planned: list[Planned] = []
    refused: list[tuple[Account, Refusal]] = []
    for account in accounts:
        if (refusal := refuse_account(account, today)) is not None:
            refused.append((account, refusal))
        else:
            planned.append(Planned(account=account, cursor=cursors.get(account.id, Cursor()), window=allowed))
    return Plan(planned=tuple(planned), refused=tuple(refused), window=allowed)


def sweep(cursor: Cursor, now: datetime, days: int) -> Cursor:
    """Return the cursor for a full walk when the last one is `days` old; 0 days: never.

    It finds back-dated, restored, edited and missing posts that the overlap does not. One under way goes on.
    """
    under_way = cursor.next_page is not None
    due = cursor.swept_at is None or abs(now - cursor.swept_at) >= timedelta(days=days)  # a clock may have been wrong
    if under_way or not due or days == 0:
        return cursor
    return replace(cursor, high_water=None, validators=(), sweep_began=now)


def in_fair_order(
    planned: Iterable[Planned], last_tried: Mapping[str, datetime], first: Collection[Platform] = ()
) -> list[Planned]:
    """Put first who was asked longest ago, and the hosts in turn, so that nobody waits behind one slow host.

    Hosts of the platforms in `first` get three turns for one of the others: sooner, but not at their cost.
    """
    oldest = sorted(planned, key=lambda item: (last_tried.get(item.account.id, _NEVER), item.account.id))
    turns: Counter[str] = Counter()
    ranked = []
    for item in oldest:
        ranked.append((turns[item.host] // (3 if item.account.platform in first else 1), item))
        turns[item.host] += 1
    return [item for _, item in sorted(ranked, key=lambda pair: pair[0])]


def require_mandate(mandate: Mandate, today: date) -> None:
    """Raise MandateError when nobody may be looked at on this day."""
    if (refusal := refuse_mandate(mandate, today)) is not None:
        raise MandateError(f"{refusal}; nothing is fetched")


def legal_window(election: Election, now: datetime, lookback_days: int) -> Window:
    """Return the posting times that may be looked at: from the start of the stages, at most so many days back."""
    zone = ZoneInfo(election.region.tz)
    since = now - timedelta(days=lookback_days)
    start = election.calendar.start
    if start is not None:
        since = max(since, datetime.combine(start, time(), zone).astimezone(UTC))
    return Window(since=since)


def _narrow(legal: Window, asked: Window | None) -> Window:
    if asked is None:
        return legal
    sinces = [moment for moment in (legal.since, asked.since) if moment is not None]
    untils = [moment for moment in (legal.until, asked.until) if moment is not None]
    return Window(since=max(sinces, default=None), until=min(untils, default=None))
