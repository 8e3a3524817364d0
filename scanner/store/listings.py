"""The listed accounts page by page, in an order that is none of persons, as somebody at the desk may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scanner.domain.accounts import Account
from scanner.domain.users import User
from scanner.store.accounts import load_these
from scanner.store.connection import Lease

_FITTING = """
    FROM listed WHERE ($name = '' OR contains(lower(handle), $name) OR contains(lower(agency), $name)
                       OR contains(lower(unit), $name))
    AND NOT list_contains($hidden::VARCHAR[], lower(trim(agency)))
    AND NOT list_contains($hidden::VARCHAR[], lower(trim(person_id)))"""

_PAGE = f"SELECT id {_FITTING} ORDER BY lower(agency), lower(handle), id LIMIT $limit OFFSET $offset"


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of the listed accounts, and how many there are of their kind."""

    accounts: tuple[Account, ...]
    total: int


def list_accounts(lease: Lease, user: User, *, name: str = "", limit: int, offset: int = 0) -> Listing:
    """Return the listed accounts that a person may see by agency and handle, behind the first `offset`.

    `name` is part of handle, agency or unit, in whatever case; empty: all. What the person must not be shown is not
    counted either.
    """
    fitting: dict[str, Any] = {"name": name.lower(), "hidden": sorted(user.hidden)}
    [(total,)] = lease.rows(f"SELECT count(*) {_FITTING}", fitting)
    ids = [key for (key,) in lease.rows(_PAGE, {**fitting, "limit": limit, "offset": offset})]
    found = load_these(lease, ids)
    return Listing(tuple(found[key] for key in ids), total)
