"""Waiting as long as an answer asks for, whatever form it says so in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.retry_after import LONGEST_WAIT, retry_after_seconds, wait_seconds

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7", "x-rate-limit-reset": "1"}, 7.0),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 30)}, 30.0),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 30)}, 30.0),
        ({"x-ratelimit-reset": (NOW + timedelta(seconds=30)).isoformat()}, 30.0),
        ({"x-ratelimit-reset": "2026-03-01T12:00:30.809356Z"}, 30.809356),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 30)}, 60.0),
        ({"x-rate-limit-reset": "9" * 40}, 60.0),
        ({"x-rate-limit-reset": "nanti"}, 60.0),
        ({}, 60.0),
    ],
)
def test_each_platform_says_its_own_way_how_long_to_wait(headers, seconds):
    assert wait_seconds(headers, NOW) == pytest.approx(seconds)


RETRY_AFTER = {
    "3600": 3600.0,
    "120": 120.0,
    " 7 ": 7.0,
    "0": 1.0,
    "1000000000": LONGEST_WAIT,
    "9" * 5000: LONGEST_WAIT,
    format_datetime(NOW + timedelta(seconds=90), usegmt=True): 90.0,
    format_datetime(NOW + timedelta(days=9), usegmt=True): LONGEST_WAIT,
    format_datetime(NOW - timedelta(days=9), usegmt=True): 60.0,
    "Sun, 01 Mar 2026 12:01:30 -0000": 90.0,
    "Sun, 01 Mar 2026 19:01:30 +0700": 90.0,
    "-1": 60.0,
    "1e9": 60.0,
    "soon": 60.0,
    "": 60.0,
    "Fri, 99 Foo 99999 99:99:99 GMT": 60.0,
    "１２": 60.0,
}


@pytest.mark.parametrize(("value", "seconds"), RETRY_AFTER.items(), ids=[key[:30] for key in RETRY_AFTER])
def test_retry_after_is_read_in_all_its_forms(value, seconds):
    assert retry_after_seconds(value, NOW) == pytest.approx(seconds)


def test_a_missing_retry_after_means_a_minute():
    assert retry_after_seconds(None, NOW) == 60.0


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_retry_after_gives_a_bounded_wait(value):
    assert 0 < retry_after_seconds(value, NOW) <= LONGEST_WAIT
