"""A third person rules: own view first, then both views without names, then a ruling with its reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain.reviews import Stage, Verdict
from scanner.domain.users import Role
from scanner.errors import NotGiven, ReviewError, StoreError, TooLate, UsageError
from scanner.review.adjudicate import rule, views
from scanner.review.decide import Revealed
from scanner.review.items import Why
from scanner.review.progress import progress
from scanner.review.queue import take_next
from scanner.review.undo import undo
from scanner.store import adjudications, judgements, referrals, users
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
    actions,
    drafts_of,
    flag,
    given,
    make_desk,
    make_user,
    say,
)

WAKIL = make_user("wakil", Role.ADJUDICATOR)


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    """One item on which Sari and Budi disagree."""
    store = make_desk(tmp_path, 1, keep=keep)
    with store.lease("test") as lease:
        for user in (SARI, BUDI, TINA, KETUA, WAKIL):
            users.add_user(lease, user, by="test")
    say(store, SARI, YES, note="jelas")
    say(store, BUDI, NO, note="berita")
    return store


def ruling(store: Store, verdict: Verdict = NO, **more: object) -> Revealed:
    values = {"key": "r", "adjudicator": "ketua", "reason": "kutipan berita", "now": LATER + MINUTE, **more}
    codes = ("AJAKAN-PILIH",) if verdict is YES else ()
    return rule(store, flag_id=flag(1), verdict=verdict, codes=codes, **values)  # type: ignore[arg-type]


def settled(store: Store) -> dict[str, Verdict]:
    with store.lease("test") as lease:
        return {item: verdict for item, (verdict, _) in judgements.settled(lease, overlap=2).items()}


def test_the_whole_way(store: Store):
    item = given(store, KETUA)
    assert (item.id, item.why) == (flag(1), Why.ADJUDICATION)
    assert say(store, KETUA, UNSURE).awaits_ruling
    assert [(view.verdict, view.note) for view in views(store, KETUA, flag(1))] == [(YES, "jelas"), (NO, "berita")]
    assert ruling(store).stored
    assert settled(store) == {flag(1): NO}
    assert take_next(store, WAKIL, now=LATER) is None
    with store.lease("test") as lease:
        [kept] = adjudications.adjudications_of(lease, flag(1))
        stages = [one.stage for one in judgements.judgements_of(lease, flag(1))]
    assert (kept.adjudicator, kept.first_reviewer, kept.second_reviewer) == ("ketua", "budi", "sari")
    assert kept.reason == "kutipan berita"
    assert stages == [Stage.BLIND, Stage.BLIND, Stage.PREVIEW, Stage.ADJUDICATION]


def test_views_name_nobody(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    assert not any(name in repr(views(store, KETUA, flag(1))) for name in ("sari", "budi"))


def test_neither_views_nor_ruling_come_before_the_own_view(store: Store):
    given(store, KETUA)
    with pytest.raises(NotGiven, match="before your own"):
        views(store, KETUA, flag(1))
    with pytest.raises(UsageError, match="give your own view first"):
        ruling(store)
    assert settled(store) == {}


def test_a_reviewer_sees_the_others_view_only_after_their_own(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    say(store, SARI, YES)
    assert views(store, SARI, flag(1)) == (), "there is none yet"
    with pytest.raises(NotGiven, match="before your own"):
        views(store, BUDI, flag(1))
    given(store, BUDI)
    with pytest.raises(NotGiven, match="before your own"):
        views(store, BUDI, flag(1))
    say(store, BUDI, NO)
    assert [view.verdict for view in views(store, BUDI, flag(1))] == [YES]
    assert actions(store, flag(1))[-1] == ("budi", "views.show")


def test_the_own_view_of_the_adjudicator_counts_for_nothing(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    assert settled(store) == {}
    assert given(store, KETUA).id == flag(1), "it goes on waiting for the ruling"


@pytest.mark.parametrize(
    ("verdict", "more", "told"),
    [
        (UNSURE, {}, "a ruling is suspected or not_violation"),
        (NO, {"reason": "  "}, "says why"),
        (NO, {"adjudicator": "tina"}, "tina is reviewer; only an adjudicator rules"),
        (NO, {"adjudicator": "wakil"}, "give your own view first"),
        (Verdict.WITHDRAWN, {}, "by undoing"),
    ],
)
def test_what_is_no_ruling_is_refused(store: Store, verdict: Verdict, more: dict[str, str], told: str):
    given(store, KETUA)
    say(store, KETUA, NO)
    with pytest.raises(UsageError, match=told):
        ruling(store, verdict, **more)
    assert settled(store) == {}


def test_whoever_was_one_of_the_two_cannot_rule(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    say(store, KETUA, YES)  # as a reviewer, which they were then
    say(store, BUDI, NO)
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    assert take_next(store, KETUA, now=LATER) is None
    with pytest.raises(UsageError, match="whoever was one of the two cannot"):
        ruling(store)


def waiting_for_ketua(store: Store) -> int:
    with store.lease("test", reading=True) as lease:
        return progress(lease, KETUA, now=LATER).waiting


def test_an_adjudicator_is_none_of_the_two(tmp_path: Path, keep: Keep):
    """In an office with one adjudicator nobody could rule on what they read."""
    store = make_desk(tmp_path, 2, keep=keep)
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    assert take_next(store, KETUA, now=LATER) is None
    with pytest.raises(UsageError, match="ketua: role adjudicator rules on what two disagree on; a reviewer judges"):
        say(store, KETUA, NO)
    say(store, SARI, YES)
    assert (take_next(store, KETUA, now=LATER), waiting_for_ketua(store)) == (None, 0)
    say(store, BUDI, NO)
    assert waiting_for_ketua(store) == 1
    assert given(store, KETUA).why is Why.ADJUDICATION


def test_what_they_have_seen_they_are_not_asked_to_judge_again(store: Store):
    assert not given(store, KETUA).awaits_ruling
    say(store, KETUA, NO)
    assert given(store, KETUA).awaits_ruling


def test_the_database_refuses_it_too(store: Store):
    with store.lease("test") as lease, pytest.raises(StoreError, match="CHECK constraint"):
        kept = adjudications.Adjudication("j", flag(1), "Sari", "sari", "budi", "alasan", LATER)
        adjudications.save_adjudication(lease, kept)


def test_one_adjudicator_at_a_time_has_it(store: Store):
    given(store, KETUA)
    assert take_next(store, WAKIL, now=LATER) is None
    assert given(store, WAKIL, now=LATER + 11 * MINUTE).id == flag(1)


def test_the_same_ruling_twice_is_one(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    assert [ruling(store).stored, ruling(store).stored] == [True, False]
    with pytest.raises(ReviewError, match="to rule anew, undo that first"):
        ruling(store, key="r2")


def test_a_ruling_where_nobody_disagrees_any_more_is_late_and_kept(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    undo(store, key="u", reviewer="sari", now=LATER)
    with pytest.raises(TooLate):
        ruling(store)
    assert drafts_of(store, KETUA, [flag(1)])[flag(1)].note == "kutipan berita"
    assert take_next(store, KETUA, now=LATER) is None, "who has seen both views cannot be the second reader"


def test_a_ruling_can_be_taken_back_and_given_anew(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    ruling(store)
    undone = undo(store, key="u", reviewer="ketua", now=LATER + 2 * MINUTE)
    assert undone.judgement.stage is Stage.ADJUDICATION
    assert settled(store) == {}
    assert ruling(store, YES, key="r2", now=LATER + 3 * MINUTE).stored
    assert settled(store) == {flag(1): YES}
    with store.lease("test") as lease:
        assert len(adjudications.adjudications_of(lease, flag(1))) == 2


def test_what_was_ruled_on_stays_for_the_two(store: Store):
    given(store, KETUA)
    say(store, KETUA, NO)
    ruling(store)
    with pytest.raises(ReviewError, match="somebody else settled it since"):
        undo(store, key="u", reviewer="sari", now=LATER + 2 * MINUTE)


@pytest.mark.parametrize(("other", "held"), [(YES, True), (UNSURE, False)])
def test_a_ruling_alone_refers_nobody(tmp_path: Path, other: Verdict, held: bool, keep: Keep):
    """Two different people must hold it suspected (guardrail G14): the adjudicator can be one of them, not both."""
    store = make_desk(tmp_path, 1, keep=keep)
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    say(store, SARI, other)
    say(store, BUDI, NO)
    given(store, KETUA)
    say(store, KETUA, YES)
    ruling(store, YES)
    with store.lease("test") as lease:
        if held:
            assert referrals.record_referral(lease, flag(1), by="ketua", at=LATER)
        else:
            with pytest.raises(StoreError, match=r"1 reviewer\(s\) hold it suspected"):
                referrals.record_referral(lease, flag(1), by="ketua", at=LATER)
