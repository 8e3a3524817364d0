"""Quiet hours: within them nothing is sent, it waits; when they end, all of it goes as one message."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo

Hours = tuple[time, time]
"""From when to when, as times of day; the first may be the later one: over midnight."""


def opens(at: datetime, hours: Hours | None, zone: tzinfo) -> datetime:
    """Return from when on something may be sent that is ready at `at`: then, or when the quiet hours end (UTC)."""
    if hours is None:
        return at
    local, (begin, end) = at.astimezone(zone), hours
    if not _within(local.time(), begin, end):
        return at
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, zone).astimezone(UTC)


def _within(moment: time, begin: time, end: time) -> bool:
    return begin <= moment < end if begin <= end else moment >= begin or moment < end
