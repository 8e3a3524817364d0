"""Putting accounts on the list, with the mandate they are looked at under, in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.accounts import Account, Mandate
from scanner.store import accounts, audit
from scanner.store.connection import Store


def list_accounts(store: Store, listed: Sequence[Account], *, mandate: Mandate, by: str) -> list[str]:
    """Store accounts and mandate, and record in the audit chain who listed how many under which decree.

    Each account that the roster corrects has an event of its own with the columns concerned, old and new values in
    none. Returns the ids of accounts that stay off the list, because two persons had taken them off before.
    """
    with store.lease("roster import") as lease:
        accounts.save_mandate(lease, mandate)
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
    return [account.id for account in listed if account.id in removed]
