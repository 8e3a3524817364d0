"""What people are told of: a run that brought something, an alarm that began, one that is over. Counts, never words.

There is no field that could hold a name, a handle, an agency, an address or words of a post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a note is about."""

    RUN = "run"
    ALARM = "alarm"  # it began
    OVER = "over"  # an alarm is over
    TEST = "test"


class Alarm(StrEnum):
    """What needs a hand, in the order in which it is told."""

    CHAIN_BROKEN = "chain_broken"  # the audit chain does not agree with itself or its anchor
    RUN_FAILED = "run_failed"
    SCHEDULE_SILENT = "schedule_silent"
    DISK_LOW = "disk_low"
    DEADLINE_NEAR = "deadline_near"  # posts wait for reviewers near their legal deadline
    FORMAT_DRIFT = "format_drift"
    CANARY = "canary"  # a platform no longer shows our own account
    ACCOUNTS_RED = "accounts_red"
    BACKUP_OLD = "backup_old"
    PURGE_LAG = "purge_lag"


class Count(StrEnum):
    """What is counted of a run, in the order in which it is told."""

    COMPLETE = "complete"  # accounts
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_TRIED = "not_tried"
    NEW = "new"  # posts
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to be told."""

    id: str
    """Of the same thing always the same, so that it is told once: letters, digits, `-` and `_`."""
    kind: Kind
    at: datetime
    """UTC."""
    alarm: Alarm | None = None
    number: int = 0
    """How many an alarm is about: accounts, events, days."""
    counts: Mapping[Count, int] = field(default_factory=dict)
    """Of a run."""
    since: datetime | None = None
    """When an alarm began that somebody is told of later; None: at `at`. UTC."""

    def __post_init__(self) -> None:
        if not self.id or not all(char.isascii() and (char.isalnum() or char in "-_") for char in self.id):
            raise ValueError(f"id {self.id!r}: not letters, digits, - and _")
