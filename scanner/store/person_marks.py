"""Marks of accounts whose person was erased: the roster does not list them again unless two people say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner.domain.retention import Outcome
from scanner.domain.users import folded
from scanner.errors import UsageError
from scanner.store import audit, marks, tables, tombstones
from scanner.store.connection import Lease
from scanner.store.marks import Mark


def leave(lease: Lease, accounts: Sequence[str], *, event: int, at: datetime) -> None:
    """Leave marks of accounts among the tombstones. They are no posts, so they stand where nothing is counted."""
    key = marks.load_key(lease)
    rows = [
        {
            "mark": marks.mark(key, Mark.ACCOUNT, account),
            "outcome": Outcome.EARLIER,
            "platform": account.partition(":")[0],
            "purged_at": at,
            "event": event,
        }
        for account in accounts
    ]
    tables.insert_new(lease, "tombstones", rows, keys=["mark"])


def relist(lease: Lease, account_id: str, *, reason: str, by: str, approved_by: str, at: datetime) -> None:
    """Let an erased account be listed again, with a reason and two persons. UsageError where it was not erased."""
    if not reason.strip() or folded(by) == folded(approved_by) or not approved_by.strip():
        raise UsageError(f"{account_id}: listing it again needs a reason and the name of a second person")
    mark = marks.mark(marks.load_key(lease), Mark.ACCOUNT, account_id)
    if not lease.rows("DELETE FROM tombstones WHERE mark = $mark RETURNING mark", {"mark": mark}):
        raise UsageError(f"{account_id}: was not erased; `scanner roster import` lists it")
    detail = {"reason": reason, "approved_by": approved_by}
    audit.append(lease, actor=by, action="person.relist", subject=f"account:{mark[:16]}", detail=detail, at=at)


def erased(lease: Lease, account_ids: Sequence[str]) -> list[str]:
    """Return which of these accounts were erased with their person and may not be listed without saying so."""
    if not lease.rows("SELECT mark FROM tombstones LIMIT 1"):
        return []
    key = marks.load_key(lease)
    made = {marks.mark(key, Mark.ACCOUNT, one): one for one in account_ids}
    return sorted(made[mark] for mark in tombstones.known_marks(lease, made))
