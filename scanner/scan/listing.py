"""Putting accounts on the list, with the mandate they are looked at under, in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.domain.accounts import Account, Mandate
from scanner.store import accounts, audit
from scanner.store.connection import Store


def list_accounts(store: Store, listed: Sequence[Account], *, mandate: Mandate, by: str) -> None:
    """Store accounts and mandate, and record in the audit chain who listed how many under which decree."""
    with store.lease("roster import") as lease:
        accounts.save_mandate(lease, mandate)
        accounts.save_accounts(lease, listed)
        audit.append(
            lease,
            actor=by,
            action="roster.import",
            subject=mandate.decree_number,
            detail={"accounts": len(listed), "election": mandate.election_id, "dpia": mandate.dpia_id},
        )
