"""Who is looked at in this run, how far back, and who is not and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanner.collect.interface import Window
from scanner.domain.accounts import Account, Mandate
from scanner.domain.runs import Cursor
from scanner.errors import MandateError
from scanner.roster import Refusal, refuse_account, refuse_mandate
from scanner.rules.elections import Election


@dataclass(frozen=True, slots=True)
class Planned:
    """One account to gather, from where and within which posting times."""

    account: Account
    cursor: Cursor
    window: Window


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do: the accounts to gather and those it may not look at."""

    planned: tuple[Planned, ...]
    refused: tuple[tuple[Account, Refusal], ...]


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
    return Plan(planned=tuple(planned), refused=tuple(refused))


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
