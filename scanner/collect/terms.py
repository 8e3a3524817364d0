"""What a platform demands of those who read it, as data: approval, keys, quotas, and what must leave again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of one platform. Source of each: `docs/platforms.md`."""

    needs_approval: bool = False
    """Its terms forbid this use without written approval: off until the reference of that approval is set."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Names of the keys it wants in secrets.toml, and what each is. Empty: read without login."""
    robots: bool = True
    """robots.txt decides; False where a contract for the interface does."""
    unit: str = "requests"
    """What it bills or caps."""
    least: int = 1
    """Requests that an account with nothing new costs."""
    per_request: int = 1
    """Units of one request; 0 where the answer is counted instead."""
    daily: int | None = None
    """Units a day that it grants; None: no such cap."""
    interval: float | None = None
    """Seconds between two requests where its documents allow a quicker pace than the polite default."""
    in_flight: int = 1
    """Requests that may be under way at once."""
    lists_all: bool = True
    """A full walk shows every post that is still there: what it does not show is missing."""
    refresh_days: int | None = None
    """Posts that were not seen for so many days are asked for by id."""
    keep_days: int | None = None
    """Raw answers, and posts that could not be refreshed, leave after so many days."""
    must_erase: bool = False
    """What was deleted there must be deleted here (unless a legal hold forbids it)."""
    duty: str = "none known"
    """The duty of storage and deletion in plain words."""
    import_instead: str = ""
    """Which file import replaces gathering where there is no lawful automated way."""
