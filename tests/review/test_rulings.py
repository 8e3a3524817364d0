"""An adjudicator's own figures: rulings that stand, beside what they thought before they saw the two."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.review import rulings
from scanner.review.adjudicate import rule
from scanner.review.rulings import own_rulings
from scanner.review.settled import open_settled
from scanner.review.undo import undo
from scanner.store import users
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import (
    BUDI,
    KETUA,
    LATER,
    MINUTE,
    NO,
    SARI,
    TINA,
    UNSURE,
    YES,
    flag,
    given,
    make_desk,
    say,
)


@pytest.fixture
def store(tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Sari and Budi disagree on three items; two rulings are enough to tell of."""
    monkeypatch.setattr(rulings, "ENOUGH", 2)
    store = make_desk(tmp_path, 3, keep=keep)
    with store.lease("test") as lease:
        for user in (SARI, BUDI, TINA, KETUA):
            users.add_user(lease, user, by="test")
    for number in (1, 2, 3):
        say(store, SARI, YES, flag(number))
        say(store, BUDI, NO, flag(number))
    return store


def ruling(store: Store, own=NO, *, seconds: float | None = 8.0) -> str:
    """Rule on the next item as no violation, having thought `own` of it; return its id."""
    item = given(store, KETUA).id
    say(store, KETUA, own, item, seconds=seconds)
    rule(store, key=f"r/{item}", flag_id=item, adjudicator="ketua", verdict=NO, reason="berita", now=LATER + MINUTE)
    return item


def test_ten_are_enough_to_tell_of():
    assert rulings.ENOUGH == 10


def test_it_tells_how_many_and_whether_they_held_to_their_own_view(store: Store):
    ruling(store)
    assert own_rulings(store, KETUA) == rulings.Rulings(ruled=1, held=None, median_seconds=None)
    ruling(store, UNSURE, seconds=3600.0)
    assert own_rulings(store, KETUA) == rulings.Rulings(ruled=2, held=0.5, median_seconds=34.0), "an hour is a minute"
    assert own_rulings(store, SARI).ruled == 0


def test_a_ruling_taken_back_does_not_count(store: Store):
    item = ruling(store)
    undo(store, key="u", reviewer="ketua", flag_id=item, now=LATER + 2 * MINUTE)
    assert own_rulings(store, KETUA).ruled == 0


def test_who_knew_the_two_before_held_to_nothing(store: Store):
    """What was settled, opened and then disputed again is ruled on without a view of one's own."""
    undo(store, key="u", reviewer="budi", flag_id=flag(1), now=LATER)
    say(store, BUDI, YES, flag(1), key="anew")
    open_settled(store, KETUA, flag(1), now=LATER)
    undo(store, key="u2", reviewer="budi", flag_id=flag(1), now=LATER)
    say(store, BUDI, NO, flag(1), key="again")
    rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=NO, reason="berita", now=LATER + MINUTE)
    ruling(store)
    assert own_rulings(store, KETUA) == rulings.Rulings(ruled=2, held=None, median_seconds=None)
