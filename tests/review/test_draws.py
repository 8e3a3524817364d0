"""An unflagged post drawn at random is read by two people who cannot tell it from a flag."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.flags import Label, Score
from scanner.review.items import Why
from scanner.review.queue import count_waiting, take_next, waiting
from scanner.rules.election_files import load_election
from scanner.scan.drawing import draw_finished_days
from scanner.store import judgements, scores
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, NO, SARI, TINA, flag, given, make_desk, say
from tests.store.samples import NOON

NEXT_DAY = NOON + timedelta(days=1)
ELECTION = load_election("pilgub-lampung-2024")


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    """Three posts of one day that nothing flagged."""
    store = make_desk(tmp_path, 3, keep=keep)
    with store.lease("test") as lease:
        lease.execute("DELETE FROM flags")
        score = Score(label=Label.CAMPAIGN_SUPPORT, probability=0.1, model_id="m1")
        scores.save_scores(lease, {flag(number): [score] for number in (1, 2, 3)}, ruleset="r1")
    return store


def drawn(store: Store, count: int = 1, now=NEXT_DAY) -> int:
    return draw_finished_days(store, ELECTION, count=count, now=now, by="scan")


def test_only_finished_days_are_drawn_from_and_each_once(store: Store):
    assert drawn(store, now=LATER) == 0, "the day is not over"
    assert drawn(store) == 1
    assert drawn(store) == 0
    assert drawn(store, now=NEXT_DAY + timedelta(days=9)) == 0
    assert drawn(store, count=3) == 2
    assert drawn(store, count=0) == 0


def test_it_looks_like_an_item_of_its_day_and_two_settle_it(store: Store):
    drawn(store)
    first = given(store, SARI)
    assert (first.flag, first.why, first.due.timer) == (None, Why.DEADLINE, "LAPOR-PEMILU")
    assert given(store, BUDI).why is Why.SECOND_READING
    assert take_next(store, TINA, now=LATER) is None
    for user in (SARI, BUDI):
        assert say(store, user, NO, first.id).flag is None
    with store.lease("test") as lease:
        assert judgements.settled(lease, overlap=2) == {first.id: (NO, ())}
        assert judgements.count_judged(lease, overlap=2) == (0, 0), "no flag was judged"
    assert take_next(store, TINA, now=LATER) is None


def test_where_signals_stand_beside_the_post_none_is_shown(store: Store):
    drawn(store)
    assert take_next(store, SARI, now=LATER, hints=True) is None
    assert waiting(store, reviewer="sari", overlap=2, limit=9, now=LATER) == []
    assert count_waiting(store, reviewer="sari", overlap=2, now=LATER) == 0
