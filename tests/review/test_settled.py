"""What is settled is listed for the adjudicator by state and deadline, opened on record; what is open is hidden."""

from __future__ import annotations

import contextlib
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.accounts import Confidence
from scanner.domain.reviews import Stage
from scanner.domain.users import Role
from scanner.errors import NotGiven, ReviewError, StoreError, UsageError
from scanner.review.adjudicate import rule, views
from scanner.review.clock import safe_clock
from scanner.review.gold import mark_gold, settled_item
from scanner.review.queue import show, take_next
from scanner.review.recall import recall
from scanner.review.refer import allegation, refer
from scanner.review.settled import Listed, list_settled, open_settled
from scanner.review.states import State, state_of
from scanner.review.undo import undo
from scanner.store import accounts, assignments, flags, referrals, users
from scanner.store.connection import Store
from scanner.store.owner import own
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
    add_flags,
    flag,
    given,
    make_desk,
    make_user,
    say,
)
from tests.store.samples import NOON, make_account, make_flag

UNCLEAR = make_account("lain@desa.example", person_id="PEG-9", agency="Dinas Lain", confidence=Confidence.B)
_DRAW = """INSERT INTO draws BY NAME SELECT id, post_id, account_id, election_id, phase, posted_at, known_at,
           CAST(known_at AS DATE) AS "day", settled_at FROM flags WHERE id = ?"""
LONG_AGO = NOON - timedelta(days=60)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Suspected: 1 and 2, 10 of an account that is not confirmed, and 11, which is late. Dismissed: 3. Open: 4, 5."""
    folder = tmp_path_factory.mktemp("judged")
    with contextlib.ExitStack() as kept:
        store = make_desk(folder, 5, keep=lambda store: kept.enter_context(own(store)))
        with store.lease("test") as lease:
            add_flags(lease, range(10, 11), UNCLEAR)
            add_flags(lease, range(11, 12), known_at=LONG_AGO)
            lease.execute("UPDATE flags SET known_at = ? WHERE id = ?", [NOON - timedelta(days=1), flag(2)])
            for user in (SARI, BUDI, TINA, KETUA):
                users.add_user(lease, user, by="test")
        for number in (1, 2, 10, 11):
            agree(store, number)
        for user in (SARI, BUDI):
            say(store, user, NO, flag(3))
            say(store, user, UNSURE, flag(4))
        say(store, SARI, YES, flag(5))
    return folder / "data"


@pytest.fixture
def store(tmp_path: Path, judged: Path, keep: Keep) -> Store:
    return keep(Store(shutil.copytree(judged, tmp_path / "data") / "scanner.duckdb"))


def agree(store: Store, number: int) -> None:
    for user in (SARI, BUDI):
        say(store, user, YES, flag(number))


def listed(store: Store, state: State | None = None, **more: object) -> list[Listed]:
    return list_settled(store, KETUA, state, **{"size": 50, "now": LATER, **more})  # type: ignore[arg-type]


def ids(found: list[Listed]) -> list[str]:
    return [one.item.id for one in found]


def open_it(store: Store, number: int = 1) -> None:
    open_settled(store, KETUA, flag(number), now=LATER)


def test_suspicions_are_listed_by_state_and_then_deadline(store: Store):
    found = listed(store)
    assert ids(found) == [flag(2), flag(1), flag(10), flag(11)]
    assert [one.state for one in found] == [State.SIAP_RUJUK, State.SIAP_RUJUK, State.KLARIFIKASI, State.LEWAT_WAKTU]
    assert found[0].due.at < found[1].due.at
    assert (found[0].item.handle, found[0].item.words[:7]) == (make_account().handle, "Coblos ")
    assert actions(store, "settled") == [("ketua", "settled.show")]


def test_the_list_says_of_each_what_its_state_is(store: Store):
    refer(store, KETUA, flag(1), now=LATER)
    found = [*listed(store), *listed(store, State.BUKAN)]
    with store.lease("test") as lease:
        told = {one.item.id: one.state for one in found}
        assert told == {one: state_of(lease, one, overlap=2, clock=safe_clock(), now=LATER) for one in told}
    assert set(told.values()) == {*State} - {State.ANTREAN, State.TELAAH_1, State.TELAAH_2, State.TELAAH_3}


@pytest.mark.parametrize(
    ("state", "numbers"),
    [(State.SIAP_RUJUK, [2, 1]), (State.KLARIFIKASI, [10]), (State.LEWAT_WAKTU, [11]), (State.BUKAN, [3])],
)
def test_one_state_is_asked_for(store: Store, state: State, numbers: list[int]):
    assert ids(listed(store, state)) == [flag(number) for number in numbers]


def test_it_is_paged(store: Store):
    assert ids(listed(store, size=2)) == [flag(2), flag(1), flag(10)], "one more: there are others behind them"
    assert ids(listed(store, size=2, offset=2)) == [flag(10), flag(11)]
    assert ids(listed(store, State.BUKAN, size=1, offset=1)) == []


def test_what_was_ruled_is_settled_as_it_was_ruled(store: Store):
    given(store, KETUA)
    say(store, KETUA, UNSURE, flag(4))
    rule(store, key="r", flag_id=flag(4), adjudicator="ketua", verdict=NO, reason="berita", now=LATER + MINUTE)
    assert ids(listed(store, State.BUKAN)) == [flag(4), flag(3)]
    assert [one.item.opened for one in listed(store, State.BUKAN)] == [True, False]


def test_what_is_not_theirs_to_see_is_not_listed_and_not_opened(store: Store):
    recused = make_user("wakil", Role.ADJUDICATOR, recused=("PEG-9",))
    assert flag(10) not in ids(list_settled(store, recused, size=50, now=LATER))
    with pytest.raises(NotGiven):
        open_settled(store, recused, flag(10), now=LATER)
    with store.lease("test") as lease:
        accounts.remove_account(lease, make_account().id, reason="pensiun", by="rina", approved_by="joko", at=NOON)
    assert ids(listed(store)) == [flag(10)]
    with pytest.raises(NotGiven):
        open_it(store)


def draw_instead(store: Store, *numbers: int) -> None:
    """Let items be what was drawn at random and no rule flagged."""
    with store.lease("test") as lease:
        for number in numbers:
            lease.execute(_DRAW, [flag(number)])
            lease.execute("DELETE FROM flags WHERE id = ?", [flag(number)])


def test_what_was_drawn_at_random_is_listed_too_and_can_become_gold(store: Store):
    draw_instead(store, 1, 3, 4)
    assert ids(listed(store, State.BUKAN)) == [flag(3)]
    told = {one.item.id: one.item.drawn for one in listed(store, State.KLARIFIKASI)}
    assert told == {flag(1): True, flag(10): False}
    for number in (1, 3):
        open_it(store, number)
        assert mark_gold(store, KETUA, flag(number), reason="jelas", now=LATER)
    assert allegation(store, KETUA, flag(3), now=LATER) is None


@pytest.mark.parametrize(("number", "state"), [(1, State.KLARIFIKASI), (11, State.LEWAT_WAKTU)])
def test_what_people_found_in_the_sample_is_referred_once_a_rule_sees_it_too(store: Store, number: int, state: State):
    draw_instead(store, number)
    open_it(store, number)
    told = allegation(store, KETUA, flag(number), now=LATER)
    assert told is not None
    assert (told.state, told.drawn, told.sure, told.codes) == (state, True, False, ("AJAKAN-PILIH",))
    with pytest.raises(ReviewError, match=f"it is {state}, and no rule flagged it"):
        refer(store, KETUA, flag(number), late_because="baru diketahui", now=LATER)
    with store.lease("test") as lease, pytest.raises(StoreError, match="cannot be referred"):
        referrals.record_referral(lease, flag(number), by="ketua", at=LATER)
    with store.lease("test") as lease:
        flags.save_flags(lease, [make_flag(number, ruleset="aturan-2")])
    assert refer(store, KETUA, flag(number), now=LATER), "with the views it had"


def test_an_open_draw_is_not_told_from_a_flag(store: Store):
    draw_instead(store, 4)
    with pytest.raises(ReviewError, match=f"^{flag(4)}: it is TELAAH-3; SIAP-RUJUK would be valid$"):
        refer(store, KETUA, flag(4), now=LATER)


@pytest.mark.parametrize("number", [4, 5, 404])
def test_what_is_open_reads_like_what_is_not_there(store: Store, number: int):
    with pytest.raises(NotGiven, match="there is no such item for you"):
        open_it(store, number)
    with store.lease("test") as lease:
        assert assignments.assignment(lease, flag(number), "ketua") is None
    assert ("ketua", "settled.open") not in actions(store, flag(number))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.AUDITOR])
def test_nobody_else_is_shown_or_opens_anything(store: Store, role: Role):
    other = make_user("oki", role)
    with pytest.raises(UsageError, match=f"role {role}"):
        list_settled(store, other, size=50)
    with pytest.raises(UsageError, match=f"role {role}"):
        open_settled(store, other, flag(1))


def test_opened_it_is_shown_without_a_view_of_ones_own_and_can_be_referred_and_made_gold(store: Store):
    with pytest.raises(NotGiven):
        recall(store, KETUA, flag(1), now=LATER)
    assert settled_item(store, KETUA, flag(1), now=LATER) is None
    for _ in range(2):
        open_it(store)
    assert [one for one in actions(store, flag(1)) if one[1] == "settled.open"] == [("ketua", "settled.open")]
    known = recall(store, KETUA, flag(1), now=LATER)
    assert (known.said, known.awaits_ruling, known.sees_views) == (None, False, True)
    assert show(store, KETUA, flag(1), now=LATER).held_until is None
    assert [view.verdict for view in views(store, KETUA, flag(1), now=LATER)] == [YES, YES]
    assert mark_gold(store, KETUA, flag(1), reason="jelas", now=LATER)
    told = allegation(store, KETUA, flag(1), now=LATER)
    assert told is not None
    assert told.sure
    assert refer(store, KETUA, flag(1), now=LATER)
    with store.lease("test") as lease:
        mine = assignments.assignment(lease, flag(1), "ketua")
    assert mine is not None
    assert (mine.stage, mine.revealed_at, mine.judgement_id) == (Stage.ADJUDICATION, LATER, None)


def test_what_is_open_again_is_hidden_and_nobody_who_opened_it_judges_it(store: Store):
    open_it(store)
    undo(store, key="u", reviewer="budi", flag_id=flag(1), now=LATER + MINUTE)
    for ask in (recall, views):
        with pytest.raises(NotGiven):
            ask(store, KETUA, flag(1), now=LATER + MINUTE)
    assert allegation(store, KETUA, flag(1), now=LATER + MINUTE) is None
    assert flag(1) not in ids(listed(store, now=LATER + MINUTE))
    with pytest.raises(UsageError, match="cannot judge it blind any more"):
        say(store, KETUA, NO)


def test_who_opened_it_rules_on_it_when_two_disagree_later(store: Store):
    open_it(store)
    undo(store, key="u", reviewer="budi", flag_id=flag(1), now=LATER + MINUTE)
    say(store, BUDI, NO, key="anew", now=LATER + 2 * MINUTE)
    assert recall(store, KETUA, flag(1), now=LATER + 3 * MINUTE).awaits_ruling
    assert show(store, KETUA, flag(1), now=LATER + 3 * MINUTE).awaits_ruling
    rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=NO, reason="berita", now=LATER + 3 * MINUTE)
    assert flag(1) in ids(listed(store, State.BUKAN))


def test_who_was_one_of_the_two_opens_it_and_still_never_rules(tmp_path: Path):
    store = make_desk(tmp_path, 1)
    for name in ("ketua", "sari"):
        say(store, name, YES)
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")  # a reviewer until now
    open_it(store)
    known = recall(store, KETUA, flag(1), now=LATER)
    assert known.said is not None
    undo(store, key="u", reviewer="sari", now=LATER + MINUTE)
    say(store, BUDI, NO, now=LATER + 20 * MINUTE)
    assert take_next(store, KETUA, now=LATER + 21 * MINUTE) is None
    with pytest.raises(UsageError, match="whoever was one of the two cannot"):
        rule(store, key="r", flag_id=flag(1), adjudicator="ketua", verdict=NO, reason="x", now=LATER + 21 * MINUTE)


def test_who_only_had_it_in_hand_as_a_reviewer_opens_it_as_a_third(tmp_path: Path):
    store = make_desk(tmp_path, 1)
    assert take_next(store, make_user("ketua"), now=LATER) is not None
    for user in (SARI, BUDI):
        say(store, user, YES, now=LATER + 11 * MINUTE)
    open_settled(store, KETUA, flag(1), now=LATER + 12 * MINUTE)
    with store.lease("test") as lease:
        mine = assignments.assignment(lease, flag(1), "ketua")
    assert mine is not None
    assert (mine.stage, mine.closed) == (Stage.ADJUDICATION, True)
