"""Politeness: pauses, one request at a time, Retry-After in all its forms, the circuit."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.collect.pace import Clock, Pace
from scanner.collect.retry_after import LONGEST_WAIT
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


def test_a_later_run_keeps_to_what_an_earlier_one_was_asked_for():
    first = FakeTime(NOW)
    earlier = Pace(0.0, first.clock())
    with pytest.raises(RateLimited):
        take(earlier, "a:443", RateLimited("slow down", retry_after=1800.0))
    take(earlier, "b:443")
    assert earlier.waits() == {"a:443": NOW + timedelta(minutes=30)}
    second = FakeTime(NOW + timedelta(minutes=10))
    later = Pace(0.0, second.clock())
    later.keep_to(earlier.waits())
    with pytest.raises(RateLimited) as refused:
        take(later, "a:443")
    assert refused.value.retry_after == pytest.approx(1200.0)
    take(later, "b:443")


def test_a_clock_that_was_set_wrong_closes_no_host_for_longer_than_an_hour():
    fake = FakeTime(NOW)
    pace = Pace(0.0, fake.clock())
    pace.keep_to({"a:443": NOW + timedelta(days=3650), "b:443": NOW - timedelta(days=1)})
    assert pace.waits() == {"a:443": NOW + timedelta(seconds=LONGEST_WAIT)}
