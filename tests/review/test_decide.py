"""A decision is stored once, counts once, and reveals the machine's view afterwards; a late one loses no words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.errors import NotGiven, TooLate, UsageError
from scanner.review.decide import decide, judgement_of, new_key
from scanner.review.drafts import save_draft
from scanner.review.queue import take_next
from scanner.store import accounts, judgements
from scanner.store.assignments import HOLD
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import (
    BUDI,
    LATER,
    MINUTE,
    NO,
    SARI,
    SECOND,
    TINA,
    UNSURE,
    YES,
    actions,
    drafts_of,
    flag,
    given,
    make_desk,
    say,
)
from tests.store.samples import NOON, make_account


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, keep=keep)


def standing(store: Store) -> list[tuple[str, Verdict]]:
    with store.lease("test") as lease:
        return [(found.reviewer, found.verdict) for found in judgements.current_judgements(lease)]


def last(store: Store) -> judgements.Judgement:
    with store.lease("test") as lease:
        return judgements.judgements_of(lease, flag(1))[-1]


def test_a_suspected_violation_names_its_code(store: Store):
    revealed = say(store, SARI, YES, codes=("AJAKAN-PILIH",), seconds=4.5)
    assert revealed.stored
    assert (last(store).codes, last(store).seconds) == (("AJAKAN-PILIH",), 4.5)


def test_a_suspected_violation_without_a_code_is_refused(store: Store):
    with pytest.raises(UsageError, match="at least one code"):
        say(store, SARI, YES, codes=())
    assert standing(store) == []


def test_nobody_judges_by_withdrawing(store: Store):
    with pytest.raises(UsageError, match="by undoing it"):
        say(store, SARI, Verdict.WITHDRAWN)


def test_the_score_is_revealed_only_by_deciding(store: Store):
    revealed = say(store, SARI, UNSURE)
    assert revealed.flag is not None
    assert {score.label for score in revealed.flag.scores} == set(Label)


def test_the_same_key_sent_twice_is_one_judgement(store: Store):
    for expected in (True, False):
        assert say(store, SARI, UNSURE, key="k").stored is expected
    assert actions(store, flag(1)) == [("sari", "judgement.append")]


@pytest.mark.parametrize(("name", "item"), [("budi", 1), ("sari", 2)])
def test_a_key_is_good_for_one_showing_to_one_person(store: Store, name: str, item: int):
    say(store, SARI, NO, key="k")
    with pytest.raises(UsageError, match="key k belongs to another judgement"):
        say(store, name, NO, flag(item), key="k")


def test_whoever_has_judged_an_item_undoes_before_judging_it_anew(store: Store):
    say(store, SARI, NO)
    with pytest.raises(UsageError, match="you have judged it"):
        say(store, " SARI ", UNSURE, key="other")
    assert standing(store) == [("sari", NO)]


def test_a_third_judgement_is_told_to_be_late_and_its_words_are_kept(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, NO)
    with pytest.raises(TooLate, match="what you wrote is kept as a draft"):
        say(store, TINA, YES, note="panjang lebar")
    assert len(standing(store)) == 2
    draft = drafts_of(store, TINA, [flag(1)])[flag(1)]
    assert (draft.verdict, draft.codes, draft.note) == (YES, ("AJAKAN-PILIH",), "panjang lebar")


def test_a_late_judgement_is_taken_where_nobody_waited_for_the_place(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    assert say(store, SARI, NO, now=LATER + timedelta(hours=3)).stored


def test_a_late_judgement_is_refused_where_others_have_the_item_in_hand(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    for user in (BUDI, TINA):
        given(store, user, now=LATER + HOLD)
    with pytest.raises(TooLate):
        say(store, SARI, NO, now=LATER + HOLD + SECOND)
    assert say(store, BUDI, NO, now=LATER + HOLD + MINUTE).stored


def test_what_is_not_there_and_what_is_not_theirs_read_the_same(store: Store):
    with pytest.raises(NotGiven, match="x:1@0: there is no such item for you"):
        say(store, SARI, NO, "x:1@0")
    with store.lease("test") as lease:
        accounts.remove_account(lease, make_account().id, reason="pensiun", by="rina", approved_by="joko", at=NOON)
    with pytest.raises(NotGiven, match="there is no such item for you"):
        say(store, SARI, NO)


def test_time_runs_from_the_showing_unless_the_browser_tells(store: Store):
    item = given(store, SARI)
    say(store, SARI, NO, item.id, now=LATER + 7 * SECOND)
    with store.lease("test") as lease:
        [judgement] = judgements.judgements_of(lease, item.id)
    assert judgement.seconds == 7.0


def test_notes_are_kept_in_one_spelling(store: Store):
    say(store, SARI, NO, note="  jeda\u0301 ")
    assert last(store).note == "jedá"


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("a" * 10_001, "note: 10001 characters; up to 10000"),
        ("ab\0c", r"note: character 3 is U\+0000"),
        ("ab\ud83d", r"note: character 3 is U\+D83D"),
    ],
)
def test_a_note_that_is_no_text_is_refused(store: Store, note: str, told: str):
    with pytest.raises(UsageError, match=told):
        say(store, SARI, NO, note=note)
    assert standing(store) == []


def test_deciding_ends_the_draft(store: Store):
    given(store, SARI)
    item = given(store, SARI)
    save_draft(store, SARI, item.id, note="tunggu", now=LATER)
    say(store, SARI, NO, item.id)
    assert drafts_of(store, SARI, [item.id]) == {}


def test_two_who_agree_settle_it(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, YES)
    with store.lease("test") as lease:
        assert list(judgements.settled(lease, overlap=2)) == [flag(1)]
        assert lease.rows("SELECT id FROM flags WHERE settled_at IS NOT NULL") == [(flag(1),)]
    assert flag(1) not in {given(store, TINA).id, given(store, TINA, after=given(store, TINA).id).id}


@pytest.mark.parametrize("other", [NO, UNSURE])
def test_two_who_do_not_agree_leave_it_open(store: Store, other: Verdict):
    say(store, SARI, UNSURE)
    say(store, BUDI, other)
    with store.lease("test") as lease:
        assert judgements.settled(lease, overlap=2) == {}
        assert lease.rows("SELECT count(*) FROM flags WHERE settled_at IS NOT NULL") == [(0,)]


def test_more_judgements_may_be_wanted(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    for user in (SARI, BUDI):
        say(store, user, NO, overlap=3)
    assert take_next(store, TINA, now=LATER, overlap=2) is None
    assert given(store, TINA, overlap=3).id == flag(1)
    say(store, TINA, YES, overlap=3)
    assert take_next(store, TINA, now=LATER, overlap=3) is None


def test_keys_do_not_repeat():
    assert len({new_key() for _ in range(1000)}) == 1000


def test_somebody_unknown_to_the_desk_may_judge_at_the_terminal(store: Store):
    revealed = decide(store, judgement_of(key="k", flag_id=flag(1), reviewer="penelaah.satu", verdict=NO))
    assert revealed.stored
