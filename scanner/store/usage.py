"""What each platform was asked for on each day, so that budgets hold over all runs of the day."""

from __future__ import annotations

from datetime import date

from scanner.store import tables
from scanner.store.connection import Lease


def save_usage(lease: Lease, platform: str, day: date, *, unit: str, used: int) -> None:
    """Store what has been asked of a platform on a day, earlier runs of the day included."""
    row = {"platform": platform, "day": day, "unit": unit, "used": used}
    tables.replace(lease, "usage", [row], keys=["platform", "day"])


def load_usage(lease: Lease, day: date) -> dict[str, int]:
    """Return by platform what it was asked for on a day; one that was not asked is left out."""
    return dict(lease.rows('SELECT platform, used FROM usage WHERE "day" = $day ORDER BY platform', {"day": day}))
