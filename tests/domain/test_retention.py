"""Days by outcome and phase: what a phase says of its own goes before what holds in all of them."""

from __future__ import annotations

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from tests.store.samples import NOON

POLICY = Policy(days=dict.fromkeys(KEPT_FOR, 30), phases={Phase.NON: {Outcome.UNFLAGGED: 3}})


def test_a_phase_may_have_days_of_its_own_for_some_outcomes():
    assert POLICY.days_of(Outcome.UNFLAGGED, Phase.NON) == 3
    assert POLICY.days_of(Outcome.DISMISSED, Phase.NON) == 30
    assert POLICY.days_of(Outcome.UNFLAGGED, Phase.TENANG) == 30
    assert POLICY.days_of(Outcome.UNFLAGGED, None) == 30
    assert sorted(POLICY.all_days(Outcome.UNFLAGGED)) == [3, 30]


def test_the_moment_lies_that_many_days_back():
    assert (NOON - POLICY.before(Outcome.UNFLAGGED, Phase.NON, NOON)).days == 3
