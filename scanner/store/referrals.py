"""Referrals: flags that two different humans hold to be followed up. The database itself refuses one human alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.domain.reviews import Verdict
from scanner.errors import StoreError
from scanner.store import audit, tables
from scanner.store.connection import Lease
from scanner.store.judgements import current_judgements

_CONFIRMED = """
    FROM flags AS f JOIN listed AS a ON a.id = f.account_id
    WHERE f.id = $id AND a.confidence = 'A'"""


@dataclass(frozen=True, slots=True)
class Referral:
    """One flag referred as an allegation."""

    flag_id: str
    referred_at: datetime
    judgements: tuple[str, ...]
    """Ids of the two on which it rests."""


def record_referral(lease: Lease, flag_id: str, *, by: str, at: datetime) -> bool:
    """Record that a flag may be referred as an allegation (dugaan); False when that is on record already.

    StoreError unless two reviewers' standing judgements are `suspected` (guardrail G14) and the account is listed
    and confirmed as the person's own (confidence A, guardrail G4).
    """
    suspected = [found for found in current_judgements(lease, [flag_id]) if found.verdict is Verdict.SUSPECTED]
    if len(suspected) < 2:
        raise StoreError(
            f"flag {flag_id} cannot be referred: {len(suspected)} reviewer(s) hold it suspected, two different "
            f"reviewers must"
        )
    if not lease.rows(_CONFIRMED, {"id": flag_id}):
        raise StoreError(f"flag {flag_id} cannot be referred: its account is not confirmed (A) or not on the list")
    first, second = suspected[:2]
    row = {
        "flag_id": flag_id,
        "first_judgement": first.id,
        "second_judgement": second.id,
        "first_reviewer": first.reviewer,
        "second_reviewer": second.reviewer,
        "referred_at": at,
    }
    if not tables.insert_new(lease, "referrals", [row], keys=["flag_id"]):
        return False
    detail = {"judgements": [first.id, second.id]}
    audit.append(lease, actor=by, action="flag.refer", subject=flag_id, detail=detail, at=at)
    return True


def load_referral(lease: Lease, flag_id: str) -> Referral | None:
    """Return the referral of a flag; None where there is none."""
    rows = lease.rows(
        "SELECT referred_at, first_judgement, second_judgement FROM referrals WHERE flag_id = $id", {"id": flag_id}
    )
    return Referral(flag_id, rows[0][0], judgements=tuple(rows[0][1:])) if rows else None


def referred_flags(lease: Lease) -> list[str]:
    """Return the ids of all referred flags, in order of id."""
    return [flag_id for (flag_id,) in lease.rows("SELECT flag_id FROM referrals ORDER BY flag_id")]
