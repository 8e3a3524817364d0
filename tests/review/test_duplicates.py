"""Posts that say the same are dismissed together, each by its own judgement; suspicions never are."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import NotGiven, UsageError
from scanner.review.duplicates import MOST, decide_together, near_duplicates
from scanner.store import judgements
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import BUDI, LATER, NO, SARI, TINA, UNSURE, YES, actions, add_flags, make_desk, make_user, say
from tests.store.samples import make_account, make_post

WISHES = "Selamat hari jadi kabupaten kita, semoga makin maju dan sejahtera bersama, warga {}!"


def flag(number: int) -> str:
    return make_post(number, text=WISHES.format(number)).version_id


OTHER = make_post(7, text="Coblos nomor 9 ya, warga 7!").version_id


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    """Six flags that say nearly the same, of which Sari has dismissed the first, and one that does not."""
    store = make_desk(tmp_path, 0, keep=keep)
    with store.lease("test") as lease:
        add_flags(lease, range(1, 7), text=WISHES)
        add_flags(lease, range(7, 8))
    say(store, SARI, NO, flag(1))
    return store


def verdicts(store: Store, name: str = "sari") -> dict[str, Verdict]:
    with store.lease("test") as lease:
        return {one.flag_id: one.verdict for one in judgements.current_judgements(lease) if one.reviewer == name}


def near(store: Store) -> list[str]:
    return [item.id for item in near_duplicates(store, SARI, flag(1), now=LATER)]


def together(store: Store, *numbers: int, **more: object):
    keys = {flag(number): f"t{number}" for number in numbers}
    return decide_together(store, like=flag(1), keys=keys, reviewer="sari", now=LATER, **more)  # type: ignore[arg-type]


def test_what_says_the_same_is_listed_and_the_reading_is_on_record(store: Store):
    assert set(near(store)) == {flag(number) for number in range(2, 7)}
    assert actions(store, flag(1))[-1] == ("sari", "duplicates.show")


def test_what_does_not_wait_for_them_is_not_listed(store: Store):
    say(store, SARI, UNSURE, flag(2))
    for user in (BUDI, TINA):
        say(store, user, NO, flag(3))
    assert set(near(store)) == {flag(4), flag(5), flag(6)}
    with store.lease("test") as lease:
        assert lease.rows("SELECT id FROM items WHERE id = ?", [flag(4)])
    recused = make_user("sari", recused=(make_account().agency,))
    with pytest.raises(NotGiven):
        near_duplicates(store, recused, flag(1), now=LATER)


def test_each_gets_its_own_judgement_with_its_own_key(store: Store):
    done = together(store, 2, 3, note="ucapan hari jadi")
    assert done.decided == (flag(2), flag(3))
    with store.lease("test") as lease:
        [said] = judgements.judgements_of(lease, flag(3))
    assert (said.id, said.verdict, said.note, said.seconds) == ("t3", NO, "ucapan hari jadi", None)
    assert together(store, 2, 3).decided == (flag(2), flag(3)), "sent twice it is there once"
    assert len(verdicts(store)) == 3


def test_those_that_others_have_by_now_are_told_apart(store: Store):
    for user in (BUDI, TINA):
        say(store, user, YES, flag(2))
    done = together(store, 2, 3)
    assert (done.decided, done.late) == ((flag(3),), (flag(2),))
    assert set(verdicts(store)) == {flag(1), flag(3)}


@pytest.mark.parametrize("verdict", [YES, UNSURE, Verdict.WITHDRAWN])
def test_nothing_else_is_said_of_several_at_once(store: Store, verdict: Verdict):
    with pytest.raises(UsageError, match="only not_violation is for several at once"):
        together(store, 2, verdict=verdict)
    assert set(verdicts(store)) == {flag(1)}


def test_what_does_not_say_the_same_is_refused_and_nothing_is_stored(store: Store):
    with pytest.raises(UsageError, match="it does not say the same"):
        decide_together(store, like=flag(1), keys={flag(2): "a", OTHER: "b"}, reviewer="sari", now=LATER)
    with pytest.raises(UsageError, match="it does not say the same"):
        decide_together(store, like=flag(1), keys={"x:1@0": "k"}, reviewer="sari", now=LATER)
    assert set(verdicts(store)) == {flag(1)}


@pytest.mark.parametrize("item", [OTHER, "x:1@0"])
def test_only_after_dismissing_one(store: Store, item: str):
    with pytest.raises(NotGiven):
        near_duplicates(store, SARI, item, now=LATER)
    with pytest.raises(NotGiven):
        decide_together(store, like=item, keys={flag(2): "k"}, reviewer="sari", now=LATER)


def test_not_after_suspecting_one(store: Store):
    say(store, BUDI, YES, flag(2))
    with pytest.raises(NotGiven, match="near-duplicates come after not_violation"):
        near_duplicates(store, BUDI, flag(2), now=LATER)


def test_no_more_than_twenty(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 0, keep=keep)
    with store.lease("test") as lease:
        add_flags(lease, range(1, MOST + 4), text=WISHES)
    say(store, SARI, NO, flag(1))
    assert len(near(store)) == MOST
    with pytest.raises(UsageError, match="21 items at once; up to 20"):
        together(store, *range(2, MOST + 3))
    assert len(together(store, *range(2, MOST + 2)).decided) == MOST
