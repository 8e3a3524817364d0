"""Budgets hold over all accounts and threads of a run, and over the runs of a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from scanner.collect.meter import Meter
from scanner.errors import BudgetSpent


def test_what_is_asked_is_counted_on_top_of_what_was():
    meter = Meter(10, used=4, unit="units")
    meter.spend(3)
    assert meter.used == 7


def test_a_spent_budget_is_refused_by_name_before_anything_is_asked():
    meter = Meter(2, unit="units")
    meter.spend(2)
    with pytest.raises(BudgetSpent, match="today's budget of 2 units is used up"):
        meter.spend(1)
    with pytest.raises(BudgetSpent):
        meter.require_left()
    assert meter.used == 2


def test_an_answer_that_held_more_than_was_left_is_counted_whole():
    meter = Meter(100, used=90, unit="posts")
    meter.count(50)
    meter.count(5)
    assert meter.used == 145


def test_without_a_budget_it_only_counts():
    meter = Meter()
    meter.require_left()
    meter.spend(10**9)
    assert meter.used == 10**9


def test_threads_share_one_budget():
    meter = Meter(50)

    def ask(_: int) -> bool:
        try:
            meter.spend(1)
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(400))) == 50


def test_a_share_of_the_budget_leaves_the_rest_for_later_hours():
    meter = Meter(10, used=4, share=0.55)
    meter.spend(1)
    meter.spend(1)
    with pytest.raises(BudgetSpent, match="budget of 10 requests the 6 for the hours up to now are used up"):
        meter.spend(1)
    with pytest.raises(BudgetSpent, match="today's budget of 10 requests is used up; gathering goes on tomorrow"):
        Meter(10, used=10, share=0.55).spend(1)
    Meter(None, share=0.1).spend(1000)
