from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain.flags import Phase
from scanner.rules.calendars import Calendar, RepeatPoll

CALENDAR = Calendar(
    start=date(2030, 2, 27),
    penetapan=date(2030, 8, 31),
    nomor_urut=date(2030, 9, 1),
    kampanye=(date(2030, 9, 10), date(2030, 11, 30)),
    tenang=(date(2030, 12, 1), date(2030, 12, 3)),
    hari_h=date(2030, 12, 4),
    rekap_until=date(2030, 12, 20),
    pelantikan=date(2031, 2, 1),
    psu=(RepeatPoll(day=date(2031, 3, 8), start=date(2031, 2, 20)),),
)


@pytest.mark.parametrize(
    ("first", "last", "phase"),
    [
        (date(2029, 1, 1), date(2030, 2, 26), Phase.NON),
        (date(2030, 2, 27), date(2030, 8, 30), Phase.PRA),
        (date(2030, 8, 31), date(2030, 9, 9), Phase.TETAP),
        (date(2030, 9, 10), date(2030, 11, 30), Phase.KAMPANYE),
        (date(2030, 12, 1), date(2030, 12, 3), Phase.TENANG),
        (date(2030, 12, 4), date(2030, 12, 4), Phase.HARI_H),
        (date(2030, 12, 5), date(2031, 2, 1), Phase.REKAP),
        (date(2031, 2, 2), date(2031, 2, 19), Phase.NON),
        (date(2031, 2, 20), date(2031, 3, 8), Phase.PSU),
        (date(2031, 3, 9), date(2035, 1, 1), Phase.NON),
    ],
)
def test_first_and_last_day_of_each_phase_belong_to_it(first, last, phase):
    assert CALENDAR.phase_on(first) is phase
    assert CALENDAR.phase_on(last) is phase


@given(st.dates())
def test_an_empty_calendar_opens_no_phase(day):
    assert Calendar().phase_on(day) is Phase.NON
    assert not Calendar().in_six_months(day)


@given(st.dates(min_value=date(2030, 2, 27), max_value=date(2031, 2, 1)))
def test_without_penetapan_nothing_is_later_than_pra(day):
    calendar = Calendar(start=CALENDAR.start, hari_h=CALENDAR.hari_h, pelantikan=CALENDAR.pelantikan)
    assert calendar.phase_on(day) is Phase.PRA


def test_a_count_without_known_end_covers_only_polling_day():
    calendar = Calendar(start=date(2030, 1, 1), penetapan=date(2030, 2, 1), hari_h=date(2030, 3, 1))
    assert calendar.phase_on(date(2030, 3, 1)) is Phase.HARI_H
    assert calendar.phase_on(date(2030, 3, 2)) is Phase.NON


def test_a_gap_after_penetapan_is_tetap():
    calendar = Calendar(start=date(2030, 1, 1), penetapan=date(2030, 2, 1), hari_h=date(2030, 3, 1))
    assert calendar.phase_on(date(2030, 2, 15)) is Phase.TETAP


def test_six_months_are_counted_by_the_calendar_and_end_with_the_term():
    assert CALENDAR.in_six_months(date(2030, 2, 28))
    assert not CALENDAR.in_six_months(date(2030, 2, 27))
    assert CALENDAR.in_six_months(date(2031, 2, 1))
    assert not CALENDAR.in_six_months(date(2031, 2, 2))
