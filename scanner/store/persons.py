"""The people behind listed accounts and their rights: all that is theirs is found by the agency's own number.

Events about a person bear a keyed mark in place of the number: the chain cannot be rid of what stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from scanner.domain.users import folded
from scanner.errors import UsageError
from scanner.store import audit, marks
from scanner.store.connection import Lease
from scanner.store.marks import Mark


def accounts_of(lease: Lease, person: str) -> list[str]:
    """Return the ids of all accounts of a person, removed and suspended ones too.

    UsageError when no account on record is of this person.
    """
    sql = "SELECT id FROM accounts WHERE lower(trim(person_id)) = $person ORDER BY id"
    found = [account for (account,) in lease.rows(sql, {"person": folded(person)})]
    if not found:
        raise UsageError(f"{person}: no account on record is of this person; `scanner roster list` shows who is listed")
    return found


def subject_of(lease: Lease, person: str) -> str:
    """Return what a person is called on the audit chain."""
    return f"person:{marks.mark(marks.load_key(lease), Mark.PERSON, folded(person))[:16]}"


def suspend(lease: Lease, person: str, *, reason: str, by: str, at: datetime) -> int:
    """Hide a person from now on, wherever the view `listed` is asked; return how many accounts that newly concerns.

    Nothing is gathered and nothing shown of them until somebody resumes it; what is stored stays. The reason is kept
    in the audit chain. UsageError without a reason, and when nobody on record is this person.
    """
    _require_reason(reason)
    accounts = accounts_of(lease, person)
    changed = lease.rows(
        """UPDATE accounts SET suspended_at = $at, suspended_by = $by, suspended_reason = $reason
           WHERE id = ANY($ids::VARCHAR[]) AND suspended_at IS NULL RETURNING id""",
        {"ids": accounts, "at": at, "by": by, "reason": reason},
    )
    _tell(lease, "person.suspend", person, changed, reason=reason, by=by, at=at)
    return len(changed)


def resume(lease: Lease, person: str, *, reason: str, by: str, at: datetime) -> int:
    """Let a person be looked at and shown again; return how many accounts that concerns. Errors as of `suspend`."""
    _require_reason(reason)
    accounts = accounts_of(lease, person)
    changed = lease.rows(
        """UPDATE accounts SET suspended_at = NULL, suspended_by = NULL, suspended_reason = NULL
           WHERE id = ANY($ids::VARCHAR[]) AND suspended_at IS NOT NULL RETURNING id""",
        {"ids": accounts},
    )
    _tell(lease, "person.resume", person, changed, reason=reason, by=by, at=at)
    return len(changed)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise UsageError("--reason is empty: say who asked for it and by which norm")


def _tell(
    lease: Lease, action: str, person: str, changed: Sequence[object], *, reason: str, by: str, at: datetime
) -> None:
    """Leave one event, unless nothing changed."""
    if changed:
        detail = {"reason": reason, "accounts": len(changed)}
        audit.append(lease, actor=by, action=action, subject=subject_of(lease, person), detail=detail, at=at)
