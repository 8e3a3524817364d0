"""One machine keeps the schedule; another one refuses while that one is heard of."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scanner.errors import ScheduleKept
from scanner.schedule.units import EVERY
from scanner.store import keepers
from scanner.store.connection import Store
from scanner.store.keepers import SILENT, Keeper
from tests.store.samples import NOON

MINUTE = timedelta(minutes=1)


def claim(store: Store, machine: str, now: datetime) -> Keeper:
    with store.lease("test") as lease:
        return keepers.claim(lease, machine=machine, process=4711, now=now)


def test_one_machine_keeps_the_schedule_and_says_so_again_and_again(store: Store):
    first = claim(store, "1a2b3c4d", NOON)
    again = claim(store, "1a2b3c4d", NOON + MINUTE)
    assert (again.since, again.seen_at) == (first.since, NOON + MINUTE)


def test_another_machine_refuses_and_names_the_first(store: Store):
    claim(store, "1a2b3c4d", NOON)
    with pytest.raises(ScheduleKept, match=r"machine 1a2b3c4d \(process 4711\).*this one is 99999999") as refused:
        claim(store, "99999999", NOON + SILENT - MINUTE)
    assert refused.value.exit_code == 11


@pytest.mark.parametrize("passed", [SILENT, timedelta(days=1), -SILENT, timedelta(days=-3650)])
def test_it_takes_over_from_one_that_has_been_silent_for_half_an_hour_by_whatever_clock(
    store: Store, passed: timedelta
):
    claim(store, "1a2b3c4d", NOON)
    assert claim(store, "99999999", NOON + passed).machine == "99999999"
    with pytest.raises(ScheduleKept):
        claim(store, "1a2b3c4d", NOON + passed)


def test_between_two_firings_of_a_timer_no_other_machine_takes_over(store: Store):
    claim(store, "1a2b3c4d", NOON)
    with pytest.raises(ScheduleKept):
        claim(store, "99999999", NOON + EVERY * MINUTE + 10 * MINUTE)  # the timer's RandomizedDelaySec


def test_one_whose_clock_is_a_little_ahead_is_heard_of_all_the_same(store: Store):
    claim(store, "1a2b3c4d", NOON + 5 * MINUTE)
    with pytest.raises(ScheduleKept):
        claim(store, "99999999", NOON)


def test_one_that_lets_go_need_not_be_waited_for(store: Store):
    claim(store, "1a2b3c4d", NOON)
    with store.lease("test") as lease:
        keepers.release(lease, machine="99999999")
        assert keepers.load_keeper(lease) is not None
        keepers.release(lease, machine="1a2b3c4d")
        assert keepers.load_keeper(lease) is None
    claim(store, "99999999", NOON)
