"""Politeness: pauses, one request at a time, Retry-After in all its forms, the circuit."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.collect.pace import LONGEST_WAIT, Clock, Pace, retry_after_seconds, wait_seconds
from scanner.errors import FetchFailed, RateLimited
from tests.collect.servers import FakeTime

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def take(pace: Pace, host: str = "a:443", error: Exception | None = None, delay: float = 0.0) -> None:
    with pace.turn(host, delay):
        if error is not None:
            raise error


def test_it_pauses_between_two_requests_to_one_host_only():
    fake = FakeTime(NOW)
    pace = Pace(2.0, fake.clock(chance=0.5))
    for host in ("a:443", "b:443", "a:443"):
        take(pace, host)
    assert fake.slept == [0.0, 0.0, pytest.approx(2.2)]


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 2.0), (0.999, 2.3996)])
def test_the_pause_varies_by_a_fifth_and_is_never_shorter(chance, pause):
    fake = FakeTime(NOW)
    pace = Pace(2.0, fake.clock(chance=chance))
    take(pace)
    take(pace)
    assert fake.slept[-1] == pytest.approx(pause)


def test_a_longer_crawl_delay_wins():
    fake = FakeTime(NOW)
    pace = Pace(2.0, fake.clock(chance=0.0))
    take(pace, delay=10.0)
    take(pace)
    assert fake.slept[-1] == 10.0


def test_one_host_is_asked_by_one_thread_at_a_time():
    pace, inside, most = Pace(0.0, Clock()), [], []

    def work() -> None:
        for _ in range(5):
            with pace.turn("a:443"):
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.001)  # let the others try
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 40
    assert max(most) == 1


def test_where_a_platform_allows_it_requests_run_side_by_side_but_begin_apart():
    pace = Pace(0.0, Clock())
    inside, most, lock = [], [], threading.Lock()

    def work() -> None:
        with pace.turn("a:443", interval=0.002, in_flight=3):
            with lock:
                inside.append(time.monotonic())
                most.append(len(inside))
            time.sleep(0.02)
            with lock:
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 3


def test_side_by_side_the_pause_lies_between_the_beginnings():
    fake = FakeTime(NOW)
    pace = Pace(9.0, fake.clock(chance=0.0))
    with pace.turn("a:443", interval=2.0, in_flight=2), pace.turn("a:443", interval=2.0, in_flight=2):
        assert fake.slept == [0.0, 2.0]


def test_a_host_that_closes_while_others_wait_is_asked_no_more():
    fake = FakeTime(NOW)
    pace = Pace(0.0, fake.clock(chance=0.0))
    with pytest.raises(RateLimited, match="slow down"), pace.turn("a:443", interval=1.0, in_flight=2):
        raise RateLimited("slow down", retry_after=50.0)
    with pytest.raises(RateLimited, match="50 s are left"):
        take(pace)


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


def test_another_host_does_not_wait_for_a_busy_one():
    pace = Pace(0.0, Clock())
    with pace.turn("a:443"):
        take(pace, "b:443")


def test_a_retry_after_window_is_kept():
    fake = FakeTime(NOW)
    pace = Pace(2.0, fake.clock())
    with pytest.raises(RateLimited):
        take(pace, error=RateLimited("slow down", retry_after=100.0))
    fake.passed += 40
    with pytest.raises(RateLimited) as caught:
        take(pace)
    assert caught.value.retry_after == pytest.approx(60)
    assert caught.value.permanent is False
    fake.passed += 60
    take(pace)


def test_the_circuit_opens_after_five_failures_in_a_row_and_lets_one_try_through_later():
    fake = FakeTime(NOW)
    pace = Pace(0.0, fake.clock())
    for _ in range(5):
        with pytest.raises(FetchFailed, match="boom"):
            take(pace, error=FetchFailed("boom"))
    with pytest.raises(FetchFailed, match="5 times in a row"):
        take(pace)
    take(pace, "b:443")
    fake.passed += 301
    with pytest.raises(FetchFailed, match="boom"):
        take(pace, error=FetchFailed("boom"))
    with pytest.raises(FetchFailed, match="6 times in a row"):
        take(pace)
    fake.passed += 301
    take(pace)
    take(pace, error=None)


def test_a_success_between_failures_closes_the_circuit_again():
    pace = Pace(0.0, FakeTime(NOW).clock())
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(FetchFailed):
                take(pace, error=FetchFailed("boom"))
        take(pace)


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
