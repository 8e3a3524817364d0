"""One key at the desk: what was decided is on record, and the next item and those after it are there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Judgement, Verdict
from scanner.domain.users import User
from scanner.errors import StoreError, TooLate, UsageError
from scanner.review.decide import judgement_of
from scanner.review.items import Item
from scanner.review.onward import decide_and_take, take
from scanner.review.progress import progress
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import (
    BUDI,
    LATER,
    MINUTE,
    NO,
    SARI,
    TINA,
    YES,
    actions,
    drafts_of,
    flag,
    given,
    make_desk,
    never,
    say,
)


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, keep=keep)


def said(item: str, user: User = SARI, verdict: Verdict = NO, key: str = "k1", **changes: object) -> Judgement:
    return judgement_of(key, item, user.name, verdict, now=LATER + MINUTE, **changes)  # type: ignore[arg-type]


def ids(items: list[Item]) -> list[str]:
    return [item.id for item in items]


def test_the_next_and_those_after_it_come_in_one_go(store: Store, keep: Keep):
    taken = take(store, SARI, ahead=1, now=LATER, chance=never)
    assert len({item.id for item in taken}) == 2
    assert [item.id for item in take(store, SARI, ahead=1, now=LATER, chance=never)] == [item.id for item in taken]
    assert actions(store, taken[0].id) == [("sari", "item.show")] * 2
    assert actions(store, taken[1].id) == [("sari", "item.prefetch")] * 2
    say(store, SARI, NO, taken[0].id)
    after = take(store, SARI, ahead=1, now=LATER + MINUTE, chance=never)
    assert after[0].id == taken[1].id
    assert len(after) == 2
    skipped = take(store, SARI, after=after[0].id, now=LATER + MINUTE, chance=never)
    assert [item.id for item in skipped] == [after[1].id], "what was put off is not fetched at once"
    assert take(make_desk(store.path.parent / "empty", 0, keep=keep), SARI) == []


def test_what_is_fetched_ahead_is_kept_for_nobody_else_and_shown_when_it_comes_to_the_front(store: Store):
    taken = ids(take(store, SARI, now=LATER, chance=never))
    assert take(store, BUDI, now=LATER, chance=never)[0].id in taken, "two people judge each item"
    with store.lease("test", reading=True) as lease:
        assert progress(lease, SARI, now=LATER).held == len(taken) == 3
    say(store, SARI, NO, taken[0])
    assert given(store, SARI).id == taken[1]
    assert actions(store, taken[1])[-1] == ("sari", "item.show")


def test_fetching_ahead_leaves_items_for_others(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path / "one", 1, keep=keep)
    assert ids(take(store, SARI, now=LATER, chance=never)) == [flag(1)]
    assert given(store, BUDI).id == flag(1)
    assert take(store, TINA, now=LATER, chance=never) == []


def test_deciding_gives_the_next_as_deciding_and_then_asking_would(tmp_path: Path, store: Store, keep: Keep):
    other = make_desk(tmp_path / "other", keep=keep)
    one, two = (take(desk, SARI, ahead=1, now=LATER, chance=never) for desk in (store, other))
    onward = decide_and_take(store, SARI, said(one[0].id), ahead=1, chance=never)
    revealed = say(other, SARI, NO, two[0].id, key="k1", now=LATER + MINUTE)
    assert revealed.flag is not None
    assert (onward.stored, onward.codes) == (revealed.stored, revealed.flag.codes)
    assert onward.items == take(other, SARI, ahead=1, now=LATER + MINUTE, chance=never)
    assert [actions(store, item) for item in ids(one)] == [actions(other, item) for item in ids(two)]


def test_the_same_form_sent_again_is_one_judgement_and_gives_the_same_items(store: Store):
    [item, *_] = take(store, SARI, now=LATER, chance=never)
    first = decide_and_take(store, SARI, said(item.id), chance=never)
    again = decide_and_take(store, SARI, said(item.id), chance=never)
    assert (first.stored, again.stored) == (True, False)
    assert ids(first.items) == ids(again.items)
    assert actions(store, item.id).count(("sari", "judgement.append")) == 1


def test_who_is_too_late_is_given_nothing_and_keeps_a_draft(store: Store):
    item = take(store, SARI, ahead=0, now=LATER, chance=never)[0].id
    for user in (BUDI, TINA):
        say(store, user, NO, item, now=LATER + timedelta(minutes=20))
    with pytest.raises(TooLate):
        decide_and_take(store, SARI, said(item, note="hampir selesai"), chance=never)
    assert drafts_of(store, SARI, [item])[item].note == "hampir selesai"
    assert [one for one in actions(store) if one[0] == "sari"] == [("sari", "item.show")]


def test_what_cannot_be_read_afterwards_costs_no_decision(store: Store):
    [item, after, *_] = take(store, SARI, ahead=1, now=LATER, chance=never)
    with store.lease("test") as lease:
        lease.execute("DELETE FROM posts WHERE id = $id", {"id": after.post.id})
    with pytest.raises(StoreError, match="not on record"):
        decide_and_take(store, SARI, said(item.id), chance=never)
    assert ("sari", "judgement.append") in actions(store, item.id)


def test_a_suspicion_names_a_code():
    with pytest.raises(UsageError, match="code"):
        said(flag(1), verdict=YES)
