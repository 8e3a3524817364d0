"""Until when hosts asked to be left alone, so that the next run keeps to it too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scanner.store import tables
from scanner.store.connection import Lease


def save_waits(lease: Lease, waits: Mapping[str, datetime], now: datetime) -> None:
    """Store by host (host:port) until when it is left alone; what is over is forgotten."""
    lease.execute("DELETE FROM waits WHERE until <= $now", {"now": now})
    rows = [{"host": host, "until": until} for host, until in waits.items() if until > now]
    if not rows:
        return
    tables.stage(lease, "incoming", "waits", rows)
    lease.execute("""
        MERGE INTO waits USING incoming AS s USING (host)
        WHEN MATCHED THEN UPDATE SET until = s.until
        WHEN NOT MATCHED THEN INSERT BY NAME""")


def load_waits(lease: Lease, now: datetime) -> dict[str, datetime]:
    """Return by host until when it is to be left alone; one whose time is over is left out."""
    return dict(lease.rows("SELECT host, until FROM waits WHERE until > $now ORDER BY host", {"now": now}))
