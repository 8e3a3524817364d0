"""One's own pace, and what was judged faster than one reads: it counts no more and somebody else reads it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.review import pace
from scanner.review.adjudicate import rule
from scanner.review.gold import mark_gold
from scanner.review.pace import own_pace
from scanner.review.queue import waiting
from scanner.review.undo import undo
from scanner.store import judgements, referrals, users
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, KETUA, LATER, MINUTE, NO, SARI, TINA, YES, actions, flag, given, make_desk, say

TWENTY, RUN = pace.RUN, 6
"""Shorter than in earnest, where each run is twenty judgements."""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: Keep) -> Store:
    monkeypatch.setattr(pace, "RUN", RUN)
    return make_desk(tmp_path, 12, keep=keep)


def test_a_run_is_twenty_judgements_and_fast_is_under_two_seconds():
    assert (TWENTY, pace.HASTY) == (20, 2.0)


def rush(store: Store, seconds: float, numbers: range = range(1, RUN + 1)) -> list[bool]:
    return [
        say(store, SARI, NO, flag(number), seconds=seconds, now=LATER + timedelta(minutes=number)).hasty
        for number in numbers
    ]


def standing(store: Store) -> int:
    with store.lease("test") as lease:
        return len(judgements.current_judgements(lease))


def test_ones_own_pace_is_a_median_without_pauses(store: Store):
    for number in range(1, 12):
        say(store, SARI, NO, flag(number), seconds=3600.0 if number > 5 else 8.0)
    mine = own_pace(store, SARI)
    assert (mine.judged, mine.median_seconds) == (11, 60.0), "an hour away counts as a minute"
    assert own_pace(store, BUDI).judged == 0


def test_nine_judgements_are_no_pace(store: Store):
    for number in range(1, 10):
        say(store, SARI, NO, flag(number), seconds=8.0)
    assert own_pace(store, SARI).median_seconds is None


def test_twenty_too_fast_count_no_more_and_wait_for_somebody_else(store: Store):
    say(store, BUDI, NO, flag(1))
    assert rush(store, 1.9) == [False] * (RUN - 1) + [True]
    assert standing(store) == 1
    with store.lease("test") as lease:
        assert judgements.settled(lease, overlap=2) == {}
        assert [one.verdict for one in judgements.judgements_of(lease, flag(2))] == [NO], "it stays on record"
    ids = {item.id for item in waiting(store, reviewer="tina", overlap=2, limit=99, now=LATER)}
    assert flag(1) in ids, "two have read it, but one did not"
    left = {item.id for item in waiting(store, reviewer="sari", overlap=2, limit=99, now=LATER)}
    assert left == {flag(number) for number in range(RUN + 1, 13)}, "and never by whoever read it too fast"
    assert actions(store, "sari") == [("sari", "judgements.hasty")]


@pytest.mark.parametrize("seconds", [2.0, 12.0])
def test_two_seconds_are_enough(store: Store, seconds: float):
    assert not any(rush(store, seconds))
    assert standing(store) == RUN


def test_the_next_twenty_are_looked_at_anew(store: Store):
    rush(store, 1.0)
    assert rush(store, 1.0, range(RUN + 1, RUN + 3)) == [False, False]
    assert standing(store) == 2


def test_what_took_no_known_time_is_not_looked_at(store: Store):
    for number in range(1, RUN + 1):
        say(store, SARI, NO, flag(number))
    assert standing(store) == RUN


def test_who_was_too_fast_may_undo_and_read_again(store: Store):
    rush(store, 1.0)
    assert undo(store, key="u", reviewer="sari", flag_id=flag(RUN), now=LATER + timedelta(hours=1)).item is not None
    assert say(store, SARI, YES, flag(RUN), key="anew", seconds=9.0, now=LATER + timedelta(hours=1)).stored
    assert standing(store) == 1


def test_what_was_referred_ruled_on_or_made_gold_stays(store: Store):
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    for number, (mine, other) in enumerate([(YES, YES), (YES, NO), (NO, NO)], start=1):
        say(store, SARI, mine, flag(number), seconds=1.0)
        say(store, BUDI, other, flag(number))
    with store.lease("test") as lease:
        referrals.record_referral(lease, flag(1), by="ketua", at=LATER)
    given(store, KETUA, now=LATER + MINUTE)
    say(store, KETUA, NO, flag(2), now=LATER + MINUTE)
    rule(store, key="r", flag_id=flag(2), adjudicator="ketua", verdict=NO, reason="berita", now=LATER + MINUTE)
    mark_gold(store, KETUA, flag(3), reason="jelas")
    assert rush(store, 1.0, range(4, RUN + 1))[-1]
    with store.lease("test") as lease:
        assert set(judgements.settled(lease, overlap=2)) == {flag(1), flag(2), flag(3)}
    assert flag(4) in {item.id for item in waiting(store, reviewer=TINA.name, overlap=2, limit=99, now=LATER)}
