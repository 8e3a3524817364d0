"""Putting accounts on the list, with the mandate they are looked at under, in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.domain.accounts import Account, Mandate
from scanner.store import accounts, audit, person_marks
from scanner.store.connection import Store


@dataclass(frozen=True, slots=True)
class KeptOff:
    """Accounts of a roster that stay off the list."""

    removed: tuple[str, ...]
    """Two persons had taken them off before."""
    erased: tuple[str, ...]
    """Their person was erased; nothing of them is stored."""


def list_accounts(store: Store, listed: Sequence[Account], *, mandate: Mandate, by: str) -> KeptOff:
    """Store accounts and mandate, and record in the audit chain who listed how many under which decree.

    Each account that the roster corrects has an event of its own with the columns concerned, old and new values in
    none. Returns the ids of accounts that stay off the list.
    """
    with store.lease("roster import") as lease:
        accounts.save_mandate(lease, mandate)
        erased = person_marks.erased(lease, [account.id for account in listed])
        listed = [account for account in listed if account.id not in erased]
        for account, columns in accounts.corrections(lease, listed).items():
            audit.append(lease, actor=by, action="account.correct", subject=account, detail={"columns": columns})
        accounts.save_accounts(lease, listed)
        audit.append(
            lease,
            actor=by,
            action="roster.import",
            subject=mandate.decree_number,
            detail={"accounts": len(listed), "election": mandate.election_id, "dpia": mandate.dpia_id},
        )
        removed = accounts.removed_ids(lease)
    return KeptOff(tuple(account.id for account in listed if account.id in removed), tuple(erased))
