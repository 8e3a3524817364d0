"""Ten tries in fifteen minutes at most, with growing pauses, whatever an attacker does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.review.throttle import MOST, WINDOW, network_of, pause, subjects_of
from tests.store.samples import NOON

SECONDS = st.floats(min_value=0, max_value=400, allow_nan=False)


def admitted(gaps: list[float]) -> list[float]:
    """Try after each gap, and return when the tries were admitted; refused ones are not counted."""
    now, times = NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if pause([times], now) == 0:
            times.append(now)
    return [(at - NOON).total_seconds() for at in times]


@given(st.lists(SECONDS, max_size=120))
def test_no_window_of_fifteen_minutes_ever_holds_more_than_ten_tries(gaps):
    times = admitted(gaps)
    for number, start in enumerate(times):
        assert sum(at - start < WINDOW.total_seconds() for at in times[number:]) <= MOST


def test_a_thousand_tries_as_fast_as_they_come_get_three_at_once_then_growing_pauses():
    assert admitted([0.0] * 1000) == [0.0, 0.0, 0.0]
    assert admitted([1.0] * 200) == [1, 2, 3, 4, 6, 10, 18, 34, 66, 130]


@given(st.lists(SECONDS, max_size=30))
def test_whoever_waits_as_long_as_told_is_admitted(gaps):
    times = [NOON + timedelta(seconds=second) for second in admitted(gaps)]
    now = times[-1] if times else NOON
    told = pause([times], now)
    assert 0 <= told <= WINDOW.total_seconds()
    assert pause([times], now + timedelta(seconds=told)) == 0


def test_the_strictest_subject_decides():
    free, blocked = [NOON], [NOON - timedelta(minutes=5)] * MOST
    assert pause([free], NOON) == 0
    assert pause([free, blocked], NOON) == 600
    assert pause([], NOON) == 0


def test_a_known_device_counts_alone_and_others_count_by_account_and_address():
    assert len(subjects_of("sari", "192.0.2.7", "d1")) == 1
    by_account, by_address = subjects_of("sari", "192.0.2.7", None)
    assert subjects_of("budi", "192.0.2.7", None)[1] == by_address
    assert subjects_of("sari", "192.0.2.8", None)[0] == by_account
    assert len({by_account, by_address, *subjects_of("budi", "x", None), *subjects_of("", "", "sari")}) == 5


def test_what_was_typed_as_a_name_is_not_kept():
    assert not any("rahasia" in subject for subject in subjects_of("rahasia", "rahasia", None))
    assert subjects_of("\ud800", "\ud800", None)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_count_as_what_one_subscriber_has(address: str, network: str):
    assert network_of(address) == network
