"""What the record says about itself on one screen: last runs, coverage, queue, and what may be read from silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from scanner.domain.runs import Coverage, Outcome, Run
from scanner.store import accounts, flags, judgements, posts, quarantine, runs
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class Gap:
    """An account of which not everything was seen. Not observed is not clean."""

    account_id: str
    outcome: Outcome
    reason: str
    last_complete: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a workspace."""

    runs: tuple[Run, ...]
    listed: int
    coverage: dict[Outcome, int]
    """Accounts by their latest coverage; accounts never tried count as not tried."""
    gaps: tuple[Gap, ...]
    posts: int
    flagged: int
    judged_once: int
    """Flags with a standing judgement, but fewer than wanted."""
    judged: int
    """Flags with as many judgements as wanted."""
    quarantined: int


def read_status(store: Store, *, overlap: int, last: int = 5) -> Status:
    """Read the state of the record in one lease."""
    with store.lease("status") as lease:
        listed = [account.id for account in accounts.load_accounts(lease)]
        latest, complete = runs.last_coverage(lease), runs.last_complete(lease)
        judged_once, judged = judgements.count_judged(lease, overlap=overlap)
        return Status(
            runs=tuple(runs.last_runs(lease, limit=last)),
            listed=len(listed),
            coverage=dict(Counter(_outcome(latest.get(account)) for account in listed)),
            gaps=tuple(
                _gap(account, latest.get(account), complete.get(account))
                for account in listed
                if _open(latest.get(account))
            ),
            posts=posts.count_posts(lease),
            flagged=flags.count_flags(lease),
            judged_once=judged_once,
            judged=judged,
            quarantined=quarantine.count_rejected(lease),
        )


def _open(coverage: Coverage | None) -> bool:
    return coverage is None or coverage.outcome is not Outcome.COMPLETE


def _outcome(coverage: Coverage | None) -> Outcome:
    return Outcome.NOT_TRIED if coverage is None else coverage.outcome


def _gap(account_id: str, coverage: Coverage | None, last_complete: datetime | None) -> Gap:
    return Gap(
        account_id=account_id,
        outcome=_outcome(coverage),
        reason="never gathered" if coverage is None else coverage.reason,
        last_complete=last_complete,
    )
