from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scanner.review.clock import Clock, Due, clock_for, safe_clock, shipped
from scanner.rules.deadlines import Contest, Unit
from scanner.rules.election_files import load_election
from tests.store.samples import NOON

PILKADA, PEMILU = load_election("pilgub-lampung-2024"), load_election("pilpres-2024")


@pytest.mark.parametrize(("election", "timer"), [(PILKADA, "LAPOR-PILKADA"), (PEMILU, "LAPOR-PEMILU")])
def test_each_election_runs_by_its_own_law(election, timer: str):
    clock = clock_for([PILKADA, PEMILU])
    assert clock.due(election.id, NOON) == Due(timer, NOON + timedelta(days=7))


def test_the_earlier_reading_counts():
    """The statute says working days, the regulation days: whichever ends first is shown."""
    timers = [one for one in shipped().timers if one.starts == "known_at"]
    longer = [replace(one, timer=f"{one.timer}-UU", unit=Unit.WORKING) for one in timers]
    shorter = [replace(one, timer="CEPAT", limit=3, unit=Unit.WORKING, elections=(Contest.PILKADA,)) for one in timers]
    clock = Clock(replace(shipped(), timers=(*longer, *timers)), {"a": Contest.PEMILU})
    assert clock.due("a", NOON).timer == "LAPOR-PEMILU"
    clock = Clock(replace(shipped(), timers=(*longer, *shorter[:1])), {"a": Contest.PEMILU, "b": Contest.PILKADA})
    assert clock.due("a", NOON).timer == "LAPOR-PEMILU-UU"
    assert clock.due("b", NOON) == Due("CEPAT", NOON + timedelta(days=5)), "Friday, then three working days"


def test_for_an_election_nobody_knows_the_earliest_of_any_law_counts():
    assert safe_clock().at("pilbup-contoh", NOON) == NOON + timedelta(days=7)


def test_time_left_and_its_end():
    due = Due("X", NOON)
    assert due.left(NOON - timedelta(hours=3)) == timedelta(hours=3)
    assert not due.expired(NOON - timedelta(microseconds=1))
    assert due.expired(NOON)
