"""What each platform was asked for on each day, so that budgets hold over all runs of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scanner.store import tables
from scanner.store.connection import Lease


def save_usage(lease: Lease, day: date, used: Mapping[str, tuple[str, int]]) -> None:
    """Store by platform the unit and how many were asked for on a day, earlier runs of the day included."""
    rows = [{"platform": key, "day": day, "unit": unit, "used": count} for key, (unit, count) in used.items()]
    tables.replace(lease, "usage", rows, keys=["platform", "day"])


def load_usage(lease: Lease, day: date) -> dict[str, int]:
    """Return by platform what it was asked for on a day; one that was not asked is left out."""
    return dict(lease.rows('SELECT platform, used FROM usage WHERE "day" = $day ORDER BY platform', {"day": day}))
