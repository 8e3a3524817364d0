"""Own decisions are taken back newest first, by appending; not what somebody else has built on since."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import ReviewError, UsageError
from scanner.review.adjudicate import views
from scanner.review.undo import Undone, undo
from scanner.store import judgements, referrals
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, MINUTE, NO, SARI, TINA, UNSURE, YES, flag, given, make_desk, say


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, 12, keep=keep)


def back(store: Store, name: str = "sari", item: int | None = None, **more: object) -> Undone:
    values = {"key": f"undo/{name}/{item}/{more}", "now": LATER + MINUTE, **more}
    return undo(store, reviewer=name, flag_id=None if item is None else flag(item), **values)  # type: ignore[arg-type]


def standing(store: Store) -> dict[str, Verdict]:
    with store.lease("test") as lease:
        return {found.flag_id: found.verdict for found in judgements.current_judgements(lease)}


def test_the_newest_goes_first_and_each_leaves_a_judgement(store: Store):
    for number in (1, 2, 3):
        say(store, SARI, NO, flag(number))
    assert [back(store, key=f"u{number}").flag_id for number in (1, 2)] == [flag(3), flag(2)]
    assert standing(store) == {flag(1): NO}
    with store.lease("test") as lease:
        said = [one.verdict for one in judgements.judgements_of(lease, flag(3))]
    assert said == [NO, Verdict.WITHDRAWN]


def test_one_may_be_named(store: Store):
    for number in (1, 2):
        say(store, SARI, NO, flag(number))
    assert back(store, item=1).flag_id == flag(1)
    assert standing(store) == {flag(2): NO}


def test_it_tells_what_was_said_and_keeps_the_item_for_them(store: Store):
    say(store, SARI, YES, note="jelas")
    undone = back(store)
    assert (undone.judgement.verdict, undone.judgement.note) == (YES, "jelas")
    assert undone.item is not None
    assert undone.item.id == flag(1)
    assert given(store, SARI, now=LATER + 2 * MINUTE).id == flag(1), "before all others"
    assert say(store, SARI, NO, key="anew", now=LATER + 3 * MINUTE).stored


def test_what_is_taken_back_comes_before_what_is_in_hand(store: Store):
    first = given(store, SARI)
    say(store, SARI, NO, first.id)
    given(store, SARI)
    back(store)
    assert given(store, SARI, now=LATER + 2 * MINUTE).id == first.id


def test_the_same_form_undoes_once(store: Store):
    for number in (1, 2):
        say(store, SARI, NO, flag(number))
    assert back(store, key="u").judgement == back(store, key="u").judgement
    assert standing(store) == {flag(1): NO}


def test_the_key_of_another_judgement_undoes_nothing(store: Store):
    say(store, SARI, NO, key="k")
    with pytest.raises(UsageError, match="key k belongs to another judgement"):
        back(store, key="k")
    back(store, key="u")
    with pytest.raises(UsageError, match="key u belongs to another judgement"):
        back(store, "budi", key="u")


def test_no_more_than_the_last_ten_can_be_taken_back(store: Store):
    for number in range(1, 13):
        say(store, SARI, NO, flag(number))
    for number in range(10):
        back(store, key=f"u{number}")
    with pytest.raises(UsageError, match="no standing judgement to take back among the last 10"):
        back(store, key="u10")
    assert set(standing(store)) == {flag(1), flag(2)}


def test_what_was_decided_before_the_session_stays(store: Store):
    say(store, SARI, NO, now=LATER - timedelta(days=1))
    with pytest.raises(UsageError, match="this session: sari has no standing judgement"):
        back(store, since=LATER)


def test_nobody_takes_back_what_another_said(store: Store):
    say(store, SARI, NO)
    with pytest.raises(UsageError, match="budi has no standing judgement"):
        back(store, "budi", 1)
    assert standing(store) == {flag(1): NO}


def test_nothing_is_taken_back_twice(store: Store):
    say(store, SARI, NO)
    back(store, key="u1")
    with pytest.raises(UsageError, match="no standing judgement"):
        back(store, key="u2")


def test_whoever_settled_it_may_undo_that(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, NO)
    assert back(store, "budi").flag_id == flag(1)
    with store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM flags WHERE settled_at IS NOT NULL") == [(0,)]
    assert back(store, "sari").flag_id == flag(1), "now it is open again"


def test_what_somebody_else_settled_since_stays(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, NO)
    with pytest.raises(ReviewError, match="somebody else settled it since"):
        back(store, "sari")


def test_a_disagreement_can_be_undone(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, UNSURE)
    assert back(store, "sari").flag_id == flag(1)
    assert standing(store) == {flag(1): UNSURE}
    assert say(store, TINA, UNSURE, now=LATER + timedelta(hours=1)).stored, "once the item is no longer kept for sari"


def test_what_was_referred_stays(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, YES)
    with store.lease("test") as lease:
        referrals.record_referral(lease, flag(1), by="ketua", at=LATER)
    with pytest.raises(ReviewError, match="it was referred"):
        back(store, "budi")


def test_whoever_saw_the_others_views_does_not_judge_it_again(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, UNSURE)
    assert [view.verdict for view in views(store, BUDI, flag(1), now=LATER)] == [NO]
    assert back(store, "budi").item is None
    with pytest.raises(UsageError, match="cannot judge it blind any more"):
        say(store, BUDI, NO, key="anew")
    assert flag(1) not in {given(store, BUDI).id, given(store, BUDI, after=given(store, BUDI).id).id}
    assert say(store, TINA, NO, now=LATER + 2 * MINUTE).stored
