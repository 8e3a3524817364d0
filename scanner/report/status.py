"""What the record says about itself on one screen: last runs, coverage, queue, and what may be read from silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.accounts import Platform
from scanner.domain.runs import Outcome, Run
from scanner.report.health import Alarm, Health, IsStale, Problem, account_health, alarms_of
from scanner.store import flags, judgements, posts, quarantine, runs
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Gap:
    """An account of which not everything was seen. Not observed is not clean."""

    account_id: str
    platform: Platform
    outcome: Outcome
    problem: Problem
    reason: str
    last_complete: datetime | None
    stale: bool
    """Not seen completely for more than two intervals."""


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a workspace."""

    runs: tuple[Run, ...]
    listed: int
    coverage: dict[Outcome, int]
    """Accounts by their latest coverage; accounts never tried count as not tried."""
    gaps: tuple[Gap, ...]
    stale: int
    """Accounts not seen completely for more than two intervals, those seen incompletely too."""
    alarms: tuple[Alarm, ...]
    posts: int
    flagged: int
    judged_once: int
    """Flags with a standing judgement, but fewer than wanted."""
    judged: int
    """Flags with as many judgements as wanted."""
    quarantined: int

    @property
    def problems(self) -> dict[Problem, int]:
        """What is in the way of how many accounts, the most frequent first."""
        return dict(Counter(gap.problem for gap in self.gaps).most_common())


def read_status(store: Store, *, overlap: int, now: datetime, is_stale: IsStale, last: int = 5) -> Status:
    """Read the state of the record in one lease."""
    with store.lease("status", reading=True) as lease:
        health = account_health(lease, now, is_stale)
        judged_once, judged = judgements.count_judged(lease, overlap=overlap)
        return Status(
            runs=tuple(runs.last_runs(lease, limit=last)),
            listed=len(health),
            coverage=dict(Counter(one.outcome for one in health)),
            gaps=tuple(_gap(one, one.problem) for one in health if one.problem is not None),
            stale=sum(one.stale for one in health),
            alarms=tuple(alarms_of((one.platform, one.problem) for one in health)),
            posts=posts.count_posts(lease),
            flagged=flags.count_flags(lease),
            judged_once=judged_once,
            judged=judged,
            quarantined=quarantine.count_rejected(lease),
        )


def _gap(one: Health, problem: Problem) -> Gap:
    return Gap(
        account_id=one.account_id,
        platform=one.platform,
        outcome=one.outcome,
        problem=problem,
        reason="never gathered" if problem is Problem.NEVER else one.reason,
        last_complete=one.succeeded_at,
        stale=one.stale,
    )
