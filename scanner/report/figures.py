"""What the operation of a workspace is watched by, put together from the record and what lies beside it."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from scanner.errors import StoreError
from scanner.report.integrity import last_verified
from scanner.store.connection import Lease, Store
from scanner.store.operations import Operations, load_operations

Due = Callable[[str, datetime], datetime]
"""Tells by election and moment of first knowledge when an item is due; who becomes known later is never due sooner."""
Past = Callable[[Lease, datetime], bool]
"""Tells whether posts were past their days at a moment that are still there."""

_LAGS = (1, 2, 4, 7, 14, 30, 60, 120, 365)
"""Days, one after the other asked for while posts are past them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that is told; None: not known."""

    record: Operations | None
    """None where the database could not be read."""
    overdue: int | None = None
    """Items that wait for reviewers past their legal deadline."""
    purge_lag_days: int | None = None
    """So many days ago at least what is still there should have left; the hours to the next daily purge count 0."""
    free_bytes: int | None = None
    database_bytes: int | None = None
    verified: int | None = None
    """Number of the audit event up to which the chain was checked last."""
    verified_at: datetime | None = None
    stale: int | None = None
    """Accounts not looked at for two intervals."""
    next_due: datetime | None = None
    interval: timedelta | None = None
    """Between two looks at an account, as set for now."""
    outbox: int | None = None
    """Messages that could not be sent yet."""


def read_figures(store: Store, *, due: Due, past: Past, now: datetime) -> Figures:
    """Read the figures of a workspace; what the schedule knows is left for it to add.

    A database that cannot be read is a figure too: nothing is raised for it.
    """
    size = store.path.stat().st_size if store.path.exists() else 0
    checked = last_verified(store.path.parent)
    beside = Figures(
        record=None,
        free_bytes=shutil.disk_usage(store.path.parent).free,
        database_bytes=size,
        verified=checked.events if checked else None,
        verified_at=checked.at if checked else None,
    )
    try:
        with store.lease("metrics", reading=True) as lease:
            record, lag = load_operations(lease, now), _lag(lease, past, now)
    except StoreError:
        return beside
    return replace(beside, record=record, overdue=_overdue(record, due, now), purge_lag_days=lag)


def _overdue(record: Operations, due: Due, now: datetime) -> int:
    """Count what is past its deadline: of moments in order the first ones, so that few deadlines are reckoned."""
    found = record.waiting.items()
    return sum(bisect_right(moments, now, key=partial(due, election)) for election, moments in found)


def _lag(lease: Lease, past: Past, now: datetime) -> int:
    return max(takewhile(lambda days: past(lease, now - timedelta(days=days)), _LAGS), default=0)
