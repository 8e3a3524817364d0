from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.rules.workdays import is_working, working_days_after

DAYS = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 8, 14), True),
        (date(2026, 8, 15), False),  # Saturday
        (date(2026, 8, 17), False),  # Independence Day, a Monday
        (date(2026, 3, 19), False),  # Nyepi, a Thursday
        (date(2026, 3, 20), True),  # joint leave before Idul Fitri: the safe reading counts it
        (date(2024, 11, 27), False),  # polling day
        (date(2027, 3, 10), True),  # Idul Fitri, so far only estimated
    ],
)
def test_weekends_and_national_holidays_are_free_and_nothing_else(day: date, works: bool):
    assert is_working(day) is works


def test_holidays_do_not_count():
    assert working_days_after(date(2026, 8, 13), 2) == date(2026, 8, 18)


def test_the_day_itself_does_not_count():
    assert working_days_after(date(2026, 8, 15), 1) == date(2026, 8, 18), "from a Saturday over a holiday on Monday"


def test_none_at_all_is_refused():
    with pytest.raises(ValueError, match="1 or more"):
        working_days_after(date(2026, 8, 15), 0)


@given(DAYS, st.integers(1, 30))
def test_the_count_is_of_working_days_up_to_a_working_day(day: date, count: int):
    end = working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert is_working(end)
    assert sum(map(is_working, between)) == count


@given(DAYS, DAYS, st.integers(1, 14))
def test_who_starts_later_ends_no_sooner(one: date, other: date, count: int):
    first, second = sorted((one, other))
    assert working_days_after(first, count) <= working_days_after(second, count)
