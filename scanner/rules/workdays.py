"""Working days in Indonesia: Monday to Friday without the national holidays."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_FRIDAY = 4


def is_working(day: date) -> bool:
    """Tell whether a local day counts as a working day (hari kerja).

    Days of joint leave (cuti bersama) and holidays whose date is only estimated count as working days: a deadline
    counted over them falls earlier, which is the safe reading (rules catalogue, section 5d).
    """
    return day.weekday() <= _FRIDAY and day not in _national(day.year)


def working_days_after(day: date, count: int) -> date:
    """Return the local day that is the `count`-th working day after this one; `count` is 1 or more."""
    if count < 1:
        raise ValueError(f"{count} working days: 1 or more would be valid")
    while count:
        day += timedelta(days=1)
        count -= is_working(day)
    return day


@cache
def _national(year: int) -> frozenset[date]:
    import holidays  # 0.1 s, and the command line mostly needs no calendar

    known = holidays.country_holidays("ID", years=year, language="en_US")
    return frozenset(day for day, name in known.items() if "(estimated)" not in name)
