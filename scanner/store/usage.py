"""What each platform was asked for on each day, so that budgets hold over all runs of the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scanner.store import tables
from scanner.store.connection import Lease


def add_usage(lease: Lease, day: date, asked: Mapping[str, tuple[str, int]]) -> None:
    """Add by platform the unit and how many were asked for on a day."""
    rows = [{"platform": key, "day": day, "unit": unit, "used": count} for key, (unit, count) in asked.items()]
    if not rows:
        return
    tables.stage(lease, "incoming", "usage", rows)
    lease.execute("""
        MERGE INTO usage USING incoming AS s USING (platform, "day")
        WHEN MATCHED THEN UPDATE SET used = usage.used + s.used
        WHEN NOT MATCHED THEN INSERT BY NAME""")


def load_usage(lease: Lease, day: date) -> dict[str, int]:
    """Return by platform what it was asked for on a day; one that was not asked is left out."""
    return dict(lease.rows('SELECT platform, used FROM usage WHERE "day" = $day ORDER BY platform', {"day": day}))
