"""An item's state follows from what people said, and from the clock; nothing else moves it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.accounts import Confidence
from scanner.errors import NotGiven, ReviewError, StoreError, UsageError
from scanner.review.adjudicate import rule
from scanner.review.clock import safe_clock
from scanner.review.refer import refer
from scanner.review.states import State, state_of
from scanner.store import accounts, audit, referrals, users
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, KETUA, LATER, MINUTE, NO, SARI, UNSURE, YES, actions, flag, given, make_desk, say
from tests.store.samples import NOON, make_account

EXPIRED = NOON + timedelta(days=7)


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    store = make_desk(tmp_path, 1, keep=keep)
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    return store


def state(store: Store, now=LATER) -> State:
    with store.lease("test") as lease:
        return state_of(lease, flag(1), overlap=2, clock=safe_clock(), now=now)


def test_the_way_to_a_referral(store: Store):
    seen = [state(store)]
    given(store, SARI)
    seen.append(state(store))
    say(store, SARI, YES)
    seen.append(state(store))
    say(store, BUDI, YES)
    seen.append(state(store))
    assert refer(store, KETUA, flag(1), now=LATER)
    seen.append(state(store))
    assert seen == ["ANTREAN", "TELAAH-1", "TELAAH-2", "SIAP-RUJUK", "RUJUKAN"]
    assert state(store, EXPIRED) is State.RUJUKAN


@pytest.mark.parametrize(("first", "second"), [(NO, YES), (UNSURE, UNSURE), (UNSURE, YES)])
def test_who_disagree_wait_for_a_third(store: Store, first, second):
    say(store, SARI, first)
    say(store, BUDI, second)
    assert state(store) is State.TELAAH_3
    given(store, KETUA)
    say(store, KETUA, NO)
    assert state(store) is State.TELAAH_3
    rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=NO, reason="berita", now=LATER)
    assert state(store) is State.BUKAN


def test_no_violation_is_final_whatever_the_clock_says(store: Store):
    say(store, SARI, NO)
    say(store, BUDI, NO)
    assert {state(store), state(store, EXPIRED)} == {State.BUKAN}


def test_an_account_that_is_not_confirmed_is_for_clarification(store: Store):
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account(confidence=Confidence.B)])
    say(store, SARI, YES)
    say(store, BUDI, YES)
    assert state(store) is State.KLARIFIKASI
    with pytest.raises(ReviewError, match="it is KLARIFIKASI; SIAP-RUJUK would be valid"):
        refer(store, KETUA, flag(1), now=LATER)


def test_one_persons_suspicion_and_a_ruling_of_the_same_mind_are_two(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, NO)
    given(store, KETUA)
    say(store, KETUA, YES)
    rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=YES, codes=("A",), reason="jelas", now=LATER)
    assert state(store) is State.SIAP_RUJUK


def test_a_ruling_alone_is_one_person(store: Store):
    say(store, SARI, UNSURE)
    say(store, BUDI, NO)
    given(store, KETUA)
    say(store, KETUA, YES)
    rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=YES, codes=("A",), reason="jelas", now=LATER)
    assert state(store) is State.KLARIFIKASI


def test_what_is_too_late_is_not_referred_silently(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, YES)
    assert state(store, EXPIRED) is State.LEWAT_WAKTU
    with pytest.raises(ReviewError, match="LEWAT-WAKTU: the time to report has run out; say why"):
        refer(store, KETUA, flag(1), now=EXPIRED)
    assert refer(store, KETUA, flag(1), late_because="pelapor baru menyerahkan bukti", now=EXPIRED)
    with store.lease("test") as lease:
        assert referrals.referred_flags(lease) == [flag(1)]
        [event, *_] = audit.events(lease, subject=flag(1))
    assert (event.action, event.detail) == ("flag.refer_late", {"reason": "pelapor baru menyerahkan bukti"})


def test_a_referral_is_recorded_once(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, YES)
    assert [refer(store, KETUA, flag(1), now=LATER), refer(store, KETUA, flag(1), now=LATER + MINUTE)] == [True, False]
    assert [act for act in actions(store, flag(1)) if act[1] == "flag.refer"] == [("ketua", "flag.refer")]


@pytest.mark.parametrize("verdict", [NO, UNSURE, YES])
def test_one_person_refers_nobody(store: Store, verdict):
    say(store, SARI, verdict)
    with pytest.raises(ReviewError, match="it is TELAAH-2"):
        refer(store, KETUA, flag(1), now=LATER)


def test_only_an_adjudicator_refers(store: Store):
    with pytest.raises(UsageError, match="role reviewer refers nothing"):
        refer(store, SARI, flag(1))
    with pytest.raises(NotGiven):
        refer(store, KETUA, "x:1@0")


def test_what_is_no_flag_has_no_state(store: Store):
    with store.lease("test") as lease, pytest.raises(StoreError, match="there is no such flag"):
        state_of(lease, "x:1@0", overlap=2, clock=safe_clock(), now=LATER)
