"""Gold looks like everything else, counts for nothing else, and its results are the reviewer's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Stage
from scanner.domain.users import Role
from scanner.errors import NotGiven, ReviewError, UsageError
from scanner.review.adjudicate import views
from scanner.review.gold import mark_gold, retire_gold
from scanner.review.onward import take
from scanner.review.pace import own_pace
from scanner.review.queue import show, take_next
from scanner.review.undo import undo
from scanner.store import judgements, referrals
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
    YES,
    actions,
    always,
    flag,
    given,
    make_desk,
    make_user,
    never,
    say,
)
from tests.store.samples import NOON

OLD = NOON - timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    """Flag 1, known long ago, is gold; two others wait."""
    store = make_desk(tmp_path, 3, keep=keep)
    with store.lease("test") as lease:
        lease.execute("UPDATE flags SET known_at = ? WHERE id = ?", [OLD, flag(1)])
    for user in (SARI, BUDI):
        say(store, user, YES)
    assert mark_gold(store, KETUA, flag(1), now=LATER, reason="jelas")
    return store


def test_it_looks_like_the_item_it_stands_before(store: Store):
    shown, waits = given(store, TINA, chance=always), given(store, SARI)
    assert shown.id == flag(1)
    assert (shown.due, shown.why, shown.held_until) == (waits.due, waits.why, waits.held_until)
    assert shown.flag is not None
    assert shown.flag.scores == ()
    assert show(store, TINA, flag(1), now=LATER + MINUTE).due == shown.due
    assert given(store, TINA, chance=never).id == flag(1), "it is kept like any other"
    assert [item.id == flag(1) for item in take(store, TINA, now=LATER, chance=always)] == [True, False, False]
    assert actions(store, flag(1))[-1] == ("tina", "item.show")


def test_judging_it_reveals_no_more_and_no_less_and_counts_for_nothing(store: Store):
    given(store, TINA, chance=always)
    revealed = say(store, TINA, NO)
    assert revealed.flag is not None
    assert revealed.flag.scores
    with store.lease("test") as lease:
        assert judgements.settled(lease, overlap=2)[flag(1)][0] is YES
        assert len(judgements.current_judgements(lease, [flag(1)])) == 2
        assert judgements.judgements_of(lease, flag(1))[-1].stage is Stage.GOLD
        assert referrals.record_referral(lease, flag(1), by="ketua", at=LATER)
    with pytest.raises(NotGiven):
        views(store, TINA, flag(1))


def test_it_comes_once_to_everybody_and_never_to_those_who_know_it(store: Store):
    given(store, TINA, chance=always)
    say(store, TINA, NO)
    for user in (TINA, SARI):
        assert given(store, user, chance=always).id != flag(1)


def test_it_is_for_those_who_read_blind(store: Store):
    """Among disputes it would be known for what it is."""
    for user, verdict in ((SARI, YES), (BUDI, NO)):
        say(store, user, verdict, flag(2))
    wakil = make_user("wakil", Role.ADJUDICATOR)
    assert [item.id for item in take(store, wakil, now=LATER, chance=always)] == [flag(2)]


def test_it_is_undone_like_any_other_and_comes_again(store: Store):
    given(store, TINA, chance=always)
    say(store, TINA, NO)
    undone = undo(store, key="u", reviewer="tina", now=LATER + MINUTE)
    assert undone.item is not None
    assert undone.item.id == flag(1)
    say(store, TINA, YES, key="anew", now=LATER + 2 * MINUTE)
    assert own_pace(store, TINA).gold_right == 1


def test_ones_own_results_count_what_was_right(store: Store):
    given(store, TINA, chance=always)
    say(store, TINA, NO)
    mine = own_pace(store, TINA)
    assert (mine.gold_judged, mine.gold_right, mine.gold_accuracy) == (1, 0, None)
    assert own_pace(store, SARI).gold_judged == 0


def test_only_what_is_settled_can_be_gold(store: Store):
    say(store, SARI, NO, flag(2))
    with pytest.raises(ReviewError, match="it is not settled"):
        mark_gold(store, KETUA, flag(2), reason="jelas")
    with pytest.raises(NotGiven):
        mark_gold(store, KETUA, "x:1@0", reason="jelas")


def test_only_an_adjudicator_marks_and_retires_it(store: Store):
    with pytest.raises(UsageError, match="sari: role reviewer marks no gold; adjudicator does"):
        mark_gold(store, SARI, flag(1), reason="jelas")
    with pytest.raises(UsageError, match="sari: role reviewer marks no gold; adjudicator does"):
        retire_gold(store, SARI, flag(1))


@pytest.mark.parametrize("reason", ["", " \n", "\0"])
def test_it_is_marked_for_a_reason(store: Store, reason: str):
    assert retire_gold(store, KETUA, flag(1))
    with pytest.raises(UsageError, match="reason"):
        mark_gold(store, KETUA, flag(1), reason=reason)


def test_it_is_marked_once_and_retired_once_each_with_an_event(store: Store):
    assert not mark_gold(store, KETUA, flag(1), reason="jelas")
    assert [retire_gold(store, KETUA, flag(1)), retire_gold(store, KETUA, flag(1))] == [True, False]
    assert [act for act in actions(store, flag(1)) if act[1].startswith("gold")] == [
        ("ketua", "gold.set"),
        ("ketua", "gold.retire"),
    ]
    assert given(store, TINA, chance=always).id != flag(1)


def test_what_it_rests_on_cannot_be_taken_back(store: Store):
    with pytest.raises(ReviewError, match="serves to measure reviewers"):
        undo(store, key="u", reviewer="budi", now=LATER)


def test_it_is_shown_no_more_when_the_queue_is_empty(store: Store):
    for item in (flag(2), flag(3)):
        for user in (SARI, BUDI):
            say(store, user, NO, item)
    assert take_next(store, TINA, now=LATER, chance=always) is None
