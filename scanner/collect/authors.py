"""Whose words a feed or page holds: several authors on one address must never become one person's posts."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.domain.accounts import Account
from scanner.errors import Blocked

COLUMN = "author"
"""Roster column that names the listed person as the page writes the name."""


def listed_author(account: Account, names: Iterable[str | None]) -> str | None:
    """Return whose items to keep, folded; None means all: the address is one person's own.

    Raises Blocked when several authors are named and the roster does not say which one is listed.
    """
    wanted = folded(account.extra.get(COLUMN))
    found = {name for name in map(folded, names) if name}
    if not wanted and len(found) > 1:
        raise Blocked(
            f"{account.handle}: names {len(found)} authors; put the listed person's name as written there into "
            f"the roster column {COLUMN!r}, so that nobody else's words are taken"
        )
    return wanted


def folded(name: str | None) -> str | None:
    """Return a name in the form in which two spellings are equal; None for no name."""
    return " ".join((name or "").split()).casefold() or None
