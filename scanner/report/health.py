"""How each listed account is doing: when everything of it was last seen, what is in the way, what needs a hand.

It says how well we see, never anything of the person. Words for the problems are in the desk's texts (health.yaml).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome
from scanner.store.connection import Lease
from scanner.store.latest import Latest, load_latest
from scanner.store.operations import Trouble

IsStale = Callable[[str, datetime | None, datetime], bool]
"""Tells by account, last success and now whether it was too long ago: `Rhythm.is_stale`."""


class Problem(StrEnum):
    """What kept the latest look from seeing everything."""

    NEVER = "never"
    PRIVATE = "private"
    GONE = "gone"
    RENAMED = "renamed"
    ROBOTS = "robots"
    TERMS = "terms"
    BLOCKED = "blocked"
    OFF = "off"
    LISTING = "listing"
    KEY = "key"
    BUDGET = "budget"
    THROTTLED = "throttled"
    DRIFT = "drift"
    SILENT = "silent"
    CANARY = "canary"
    UNREADABLE = "unreadable"
    TIME = "time"
    FAULT = "fault"
    OTHER = "other"


_FINER = (
    (Problem.TERMS, re.compile(r"terms_approval")),
    (Problem.OFF, re.compile(r"\.enabled is false")),
    (Problem.CANARY, re.compile(r"(^|; )the canary ")),
    (Problem.SILENT, re.compile(r"shown no post in \d+ runs in a row")),
    (Problem.ROBOTS, re.compile(r"robots\.txt of \S+ forbids")),
    (Problem.RENAMED, re.compile(r"renamed or taken over|renamed, or not this person's")),
    (Problem.LISTING, re.compile(r"^(listed \S+ to |left service on |confidence C)")),
)
"""What the words tell beyond the class, as `plan`, `robots`, `platforms` and `account` say it; the first one counts."""


class Signal(StrEnum):
    """What concerns a whole platform, so that somebody has to look at it."""

    FORMAT_DRIFT = "format_drift"
    CANARY = "canary"
    KEY = "key"
    THROTTLED = "throttled"


_SIGNALS = {
    Problem.DRIFT: Signal.FORMAT_DRIFT,
    Problem.SILENT: Signal.FORMAT_DRIFT,
    Problem.CANARY: Signal.CANARY,
    Problem.KEY: Signal.KEY,
    Problem.THROTTLED: Signal.THROTTLED,
}


@dataclass(frozen=True, slots=True)
class Health:
    """How one account is doing."""

    account_id: str
    platform: Platform
    outcome: Outcome
    problem: Problem | None
    """None: the latest look saw everything."""
    reason: str
    """As the run said it."""
    looked_at: datetime | None
    succeeded_at: datetime | None
    age: timedelta | None
    """Since everything was last seen; None: never."""
    stale: bool
    """Longer ago than two intervals."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """What needs a hand at one platform; it names no account, so it may leave the house."""

    signal: Signal
    platform: Platform
    accounts: int


def account_health(lease: Lease, now: datetime, is_stale: IsStale, only: Collection[str] | None = None) -> list[Health]:
    """Return how the listed accounts are doing, or some of them, in order of account. Reads only."""
    return [_health(one, now, is_stale) for one in load_latest(lease, now, only)]


def alarms(lease: Lease, now: datetime) -> list[Alarm]:
    """Return what needs a hand at which platform, by the latest look at each listed account. Reads only."""
    return alarms_of((one.platform, problem_of(one)) for one in load_latest(lease, now))


def alarms_of(found: Iterable[tuple[Platform, Problem | None]]) -> list[Alarm]:
    """Return what needs a hand at which platform, of the problems of accounts there."""
    counts = Counter((_SIGNALS[problem], platform) for platform, problem in found if problem in _SIGNALS)
    return [Alarm(*key, accounts) for key, accounts in sorted(counts.items())]


def problem_of(latest: Latest) -> Problem | None:
    """Return what kept the latest look from seeing everything."""
    if latest.looked_at is None:
        return Problem.NEVER
    if latest.trouble is None:
        return None
    finer = (problem for problem, words in _FINER if words.search(latest.reason))
    return next(finer, _by_class(latest.trouble))


def _by_class(trouble: Trouble) -> Problem:
    return next((problem for problem in Problem if problem.value == trouble.value), Problem.OTHER)


def _health(latest: Latest, now: datetime, is_stale: IsStale) -> Health:
    succeeded = latest.succeeded_at
    return Health(
        account_id=latest.account_id,
        platform=latest.platform,
        outcome=latest.outcome,
        problem=problem_of(latest),
        reason=latest.reason,
        looked_at=latest.looked_at,
        succeeded_at=succeeded,
        age=None if succeeded is None else max(now - succeeded, timedelta()),
        stale=is_stale(latest.account_id, succeeded, now),
    )
