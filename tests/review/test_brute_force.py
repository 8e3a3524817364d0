"""A guesser's night (reliability A5): a thousand tries each, in real leases, by the clock that is handed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from scanner.errors import SignInRefused
from scanner.review.throttle import MOST, WINDOW
from scanner.store import audit
from scanner.store.connection import Store
from tests.people import Person
from tests.review.conftest import Desk
from tests.store.samples import NOON

TRIES = 1000
SECOND = timedelta(seconds=1)


@dataclass
class Guesser:
    """Somebody who tries once a second and notes when the guess was looked at."""

    store: Store
    victim: Person

    def night(self, guesses: Iterator[dict[str, Any]]) -> list[datetime]:
        looked_at = []
        for number in range(TRIES):
            at = NOON + number * SECOND
            with pytest.raises(SignInRefused) as told:
                self.victim.enter(self.store, at, **next(guesses))
            if "do not fit" in str(told.value):
                looked_at.append(at)
        return looked_at


def most_in_a_window(times: list[datetime]) -> int:
    return max(sum(timedelta() <= at - start < WINDOW for at in times) for start in times)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["passwords", "codes", "accounts"])
def test_ten_tries_in_fifteen_minutes_are_looked_at_none_succeeds_and_the_owner_goes_on(desk: Desk, what: str):
    shown = {desk.sari.code(NOON + number * SECOND) for number in range(-60, TRIES + 60)}
    wrong = (f"{number:06}" for number in count() if f"{number:06}" not in shown)
    nights: dict[str, Iterator[dict[str, Any]]] = {
        "passwords": ({"password": f"tebakan {number}", "address": f"192.0.2.{number % 99}"} for number in count()),
        "codes": ({"code": code} for code in wrong),
        "accounts": ({"name": f"orang.{number}", "password": "x"} for number in count()),
    }
    home = desk.sari.enter(desk.store, NOON - 90 * SECOND).device
    looked_at = Guesser(desk.store, desk.sari).night(nights[what])
    assert 0 < most_in_a_window(looked_at) <= MOST
    with desk.store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM sessions") == [(1,)]
        found = audit.events(lease, limit=5000)
        assert sum(event.action == "sign_in.refuse" for event in found) == len(looked_at)
        assert audit.verify(lease).problems == ()
    assert desk.sari.enter(desk.store, NOON + TRIES * SECOND, device=home).user.name == "sari", "the owner, at home"
