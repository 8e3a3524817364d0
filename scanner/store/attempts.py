"""Tries to sign in that did not succeed, counted against an account, an address or a device for some minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from scanner.store import tables
from scanner.store.connection import Lease


def add_attempt(lease: Lease, attempt_id: str, subjects: Iterable[str], at: datetime) -> None:
    """Count a try against each of its subjects (SHA-256, so that no mistyped password or address is kept)."""
    rows = [{"id": attempt_id, "subject": subject, "tried_at": at} for subject in subjects]
    tables.insert_new(lease, "sign_in_attempts", rows, keys=["id", "subject"])


def take_back(lease: Lease, attempt_id: str) -> None:
    """Count a try no longer: it succeeded."""
    lease.execute("DELETE FROM sign_in_attempts WHERE id = $id", {"id": attempt_id})


def attempts_on(lease: Lease, subjects: Collection[str]) -> dict[str, list[datetime]]:
    """Return when each subject was tried, in order of time."""
    rows = lease.rows(
        "SELECT subject, tried_at FROM sign_in_attempts WHERE subject = ANY($of::VARCHAR[]) ORDER BY tried_at",
        {"of": list(subjects)},
    )
    return {subject: [at for one, at in rows if one == subject] for subject in subjects}


def forget_attempts(lease: Lease, *, before: datetime, after: datetime) -> None:
    """Remove tries up to a moment, and those later than another, which a clock set back has left in the future."""
    lease.execute(
        "DELETE FROM sign_in_attempts WHERE tried_at <= $before OR tried_at > $after",
        {"before": before, "after": after},
    )
