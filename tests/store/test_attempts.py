from __future__ import annotations

from scanner.store import attempts
from scanner.store.connection import Lease
from tests.store.samples import HOUR, NOON


def test_a_try_counts_against_each_subject_once(lease: Lease) -> None:
    for _ in range(2):
        attempts.add_attempt(lease, "t1", ["account", "address"], NOON)
    attempts.add_attempt(lease, "t2", ["address"], NOON + HOUR)
    attempts.add_attempt(lease, "t0", ["address"], NOON - HOUR)
    found = attempts.attempts_on(lease, ["account", "address", "device"])
    assert found == {"account": [NOON], "address": [NOON - HOUR, NOON, NOON + HOUR], "device": []}


def test_a_try_that_succeeded_counts_against_nobody(lease: Lease) -> None:
    attempts.add_attempt(lease, "t1", ["account", "address"], NOON)
    attempts.add_attempt(lease, "t2", ["account"], NOON + HOUR)
    attempts.take_back(lease, "t1")
    assert attempts.attempts_on(lease, ["account", "address"]) == {"account": [NOON + HOUR], "address": []}


def test_old_tries_leave_and_those_a_wrong_clock_put_into_the_future(lease: Lease) -> None:
    for number, at in enumerate((NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR)):
        attempts.add_attempt(lease, f"t{number}", ["account"], at)
    attempts.forget_attempts(lease, before=NOON - HOUR, after=NOON + HOUR)
    assert attempts.attempts_on(lease, ["account"]) == {"account": [NOON, NOON + HOUR]}
