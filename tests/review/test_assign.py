"""Nobody is given posts of their own agency or of people they are recused from, whatever is drawn (A10)."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.reviews import Stage
from scanner.errors import NotGiven
from scanner.review.assign import Asker, Place, fresh, judge_named, next_places, require_seen_by
from scanner.review.clock import safe_clock
from scanner.review.decide import decide, judgement_of
from scanner.review.drafts import save_draft
from scanner.review.queue import take_next
from scanner.store import accounts, gold, users
from scanner.store.connection import Store
from scanner.store.gold import Gold
from tests.conftest import Keep
from tests.review.desks import (
    BUDI,
    KETUA,
    LATER,
    NO,
    SARI,
    add_flags,
    always,
    flag,
    given,
    make_desk,
    make_user,
    never,
    say,
)
from tests.store.samples import make_account

AGENCIES = ("Dinas Satu", "DINAS DUA ", "Kecamatan Tiga", "RSUD Empat")


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    """400 flags of 8 people in 4 agencies, two of them settled and gold."""
    store = make_desk(tmp_path, 0, keep=keep)
    with store.lease("test") as lease:
        for number in range(8):
            account = make_account(
                f"orang{number}@desa.example", person_id=f"PEG-{number}", agency=AGENCIES[number % 4]
            )
            add_flags(lease, range(number * 50, number * 50 + 50), account)
    for item in (flag(0), flag(50)):
        say(store, SARI, NO, item)
        say(store, BUDI, NO, item)
        with store.lease("test") as lease:
            gold.set_gold(lease, Gold(item, NO, (), set_by="ketua", set_at=LATER), reason="jelas")
    return store


def test_ten_thousand_assignments_meet_nobody_one_is_recused_from(store: Store):
    chance = random.Random(11)
    with store.lease("test") as lease:
        listed = {account.id: account for account in accounts.load_accounts(lease)}
        owners = dict(lease.rows("SELECT id, account_id FROM items"))
        given_away = 0
        while given_away < 10_000:
            user = make_user(
                f"penelaah{chance.randrange(50)}",
                agency=chance.choice(AGENCIES).swapcase(),
                recused=tuple(chance.sample([f" peg-{number}" for number in range(8)], chance.randrange(4))),
            )
            asker = Asker(user, LATER + timedelta(seconds=given_away), 2, safe_clock())
            front = asker.front(lease)
            places = [*next_places(asker, front, limit=400), *fresh(lease, asker, front, chance=always)]
            assert not any(user.is_recused_from(listed[owners[one.id]]) for one in places)
            given_away += len(places)


def test_agencies_are_compared_without_regard_to_case_and_space(store: Store):
    user = make_user(agency=" dinas dua")
    with store.lease("test") as lease:
        asker = Asker(user, LATER, 2, safe_clock())
        found = next_places(asker, asker.front(lease), limit=400)
    theirs = {flag(number) for number in (*range(50, 100), *range(250, 300))}
    assert found
    assert theirs.isdisjoint(one.id for one in found)


def test_gold_is_given_to_nobody_recused_from_it(store: Store):
    assert given(store, make_user("wati", agency="Dinas Satu"), chance=always).id == flag(50)
    assert given(store, make_user("oki", agency="Dinas Dua"), chance=always).id == flag(0)


def test_whoever_knows_an_id_cannot_judge_it_nor_learn_whether_it_is_there(store: Store):
    with store.lease("test") as lease:
        users.add_user(lease, make_user("wati", agency="Dinas Satu"), by="test")
    told = []
    for item in (flag(1), "mastodon:desa.example/404@0"):
        with pytest.raises(NotGiven) as refusal:
            decide(store, judgement_of(key=f"k{item}", flag_id=item, reviewer="wati", verdict=NO))
        told.append(str(refusal.value).replace(item, ""))
        with pytest.raises(NotGiven):
            save_draft(store, make_user("wati", agency="Dinas Satu"), item, note="x")
    assert told[0] == told[1]


def test_whoever_is_recused_later_keeps_nothing(store: Store):
    item = given(store, SARI)
    with store.lease("test") as lease:
        found = lease.rows(
            "SELECT a.agency FROM items AS i JOIN accounts AS a ON a.id = i.account_id WHERE i.id = ?", [item.id]
        )
    recused = make_user("sari", recused=(found[0][0],))
    assert given(store, recused).id != item.id
    with store.lease("test") as lease, pytest.raises(NotGiven):
        require_seen_by(lease, recused, item.id)


def test_the_user_on_record_is_who_judges(store: Store):
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
        assert judge_named(lease, " Ketua ") == KETUA
        assert judge_named(lease, "orang.baru").hidden == {""}


def test_now_and_then_gold_comes_before_what_waits(store: Store):
    with store.lease("test") as lease:
        asker = Asker(make_user("tina"), LATER, 2, safe_clock())
        front = asker.front(lease)
        [place], [waits] = fresh(lease, asker, front, chance=always), fresh(lease, asker, front, chance=never)
    assert place == Place(place.id, Stage.GOLD, before_id=waits.id)
    assert place.id in (flag(0), flag(50))


@pytest.mark.parametrize(("number", "golden"), [(0.0499, True), (0.05, False)])
def test_gold_is_one_in_twenty(store: Store, number: float, golden: bool):
    with store.lease("test") as lease:
        asker = Asker(make_user("tina"), LATER, 2, safe_clock())
        [place] = fresh(lease, asker, asker.front(lease), chance=lambda: number)
    assert (place.stage is Stage.GOLD) is golden


def test_where_nothing_waits_no_gold_comes_either(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    for user in (SARI, BUDI):
        say(store, user, NO)
    with store.lease("test") as lease:
        gold.set_gold(lease, Gold(flag(1), NO, (), set_by="ketua", set_at=LATER), reason="jelas")
    assert take_next(store, make_user("tina"), now=LATER, chance=always) is None
