"""Quiet hours hold back, over midnight too, and never longer than a day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.notify.quiet import opens

WIB = ZoneInfo("Asia/Jakarta")
NIGHT, NOON = (time(21), time(6)), (time(12), time(13))


def local(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


def test_without_quiet_hours_everything_may_go_at_once():
    assert opens(local(23), None, WIB) == local(23)


@pytest.mark.parametrize(
    ("at", "hours", "until"),
    [
        (local(20, 59), NIGHT, local(20, 59)),
        (local(21), NIGHT, local(6, day=23)),
        (local(2), NIGHT, local(6)),
        (local(6), NIGHT, local(6)),
        (local(12, 30), NOON, local(13)),
        (local(13), NOON, local(13)),
    ],
)
def test_what_is_ready_within_them_waits_for_their_end(at: datetime, hours, until: datetime):
    assert opens(at, hours, WIB) == until


@given(at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), begin=st.times(), end=st.times())
def test_whenever_it_is_nothing_waits_a_day_and_what_opens_is_open(at: datetime, begin: time, end: time):
    moment = at.replace(tzinfo=UTC)
    until = opens(moment, (begin, end), WIB)
    assert timedelta() <= until - moment < timedelta(days=1)
    assert opens(until, (begin, end), WIB) == until
