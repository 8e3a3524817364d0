"""The queue gives one item at a time: the nearest deadline first, blind, kept for ten minutes, on record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from scanner.domain.flags import Phase
from scanner.domain.users import Role
from scanner.errors import NotGiven, UsageError
from scanner.review.items import Why
from scanner.review.onward import take
from scanner.review.queue import count_waiting, reviewer_named, show, take_next, waiting
from scanner.store import accounts, flags, unseen, users
from scanner.store.assignments import HOLD
from scanner.store.connection import Store
from tests.conftest import Keep
from tests.review.desks import (
    BUDI,
    KETUA,
    LATER,
    MINUTE,
    NO,
    SARI,
    SECOND,
    TINA,
    YES,
    actions,
    add_flags,
    flag,
    given,
    make_desk,
    make_user,
    never,
    say,
)
from tests.store.samples import NOON, make_account, make_flag


@pytest.fixture
def store(tmp_path: Path, keep: Keep) -> Store:
    return make_desk(tmp_path, keep=keep)


def test_an_item_shows_the_post_and_its_account_but_neither_score_nor_sanction_class(store: Store):
    item = given(store, SARI)
    assert item.post.text.startswith("Coblos nomor 9")
    assert (item.account.id, item.phase, item.captured_at) == (make_account().id, Phase.KAMPANYE, NOON)
    assert (item.due.timer, item.due.at) == ("LAPOR-PEMILU", NOON + timedelta(days=7))
    assert item.flag is not None
    assert [context.tag for context in item.flag.exculpatory] == ["X-BERITA"]


def test_nothing_of_what_the_machine_saw_is_in_an_item(store: Store):
    """Neither codes and spans nor score, class, participants or explanation: what is not there cannot slip."""
    told = repr(given(store, SARI).flag)
    whole = make_flag(1)
    for hint in ("AJAKAN-PILIH", "coblos {N}", "class_hint", "0.75", "lihat putusan", "nomor 9", whole.explanation):
        assert hint in repr(whole)
        assert hint not in told


def test_at_the_terminal_codes_and_signals_stand_beside_the_post(store: Store):
    item = given(store, SARI, hints=True)
    assert item.flag is not None
    assert item.flag.codes == ("AJAKAN-PILIH", "LAYANAN-PILIH")
    assert item.flag.scores == ()
    assert {finding.class_hint for finding in item.flag.findings} == {""}


def test_edits_and_deletion_are_shown(store: Store):
    with store.lease("test") as lease:
        unseen.mark_missing(lease, [make_flag(1).post_id], seen_at=NOON + MINUTE)
        unseen.mark_missing(lease, [make_flag(1).post_id], seen_at=NOON + 2 * MINUTE)
    items = waiting(store, reviewer="sari", overlap=2, limit=9, now=LATER)
    assert {item.id: item.missing_at for item in items}[flag(1)] == NOON + 2 * MINUTE
    assert [len(item.versions) for item in items] == [1, 1, 1]


def test_the_nearest_deadline_comes_first(store: Store):
    with store.lease("test") as lease:
        add_flags(lease, range(7, 8), known_at=NOON - timedelta(days=3))
    assert given(store, SARI).id == flag(7)


def test_of_one_day_what_suffers_most_from_waiting_comes_first(store: Store):
    with store.lease("test") as lease:
        add_flags(lease, range(7, 8), phase=Phase.TENANG)
        add_flags(lease, range(8, 9), phase=Phase.PRA, known_at=NOON - timedelta(hours=9))
    order = [item.id for item in waiting(store, reviewer="sari", overlap=2, limit=9, now=LATER)]
    assert order[0] == flag(7)
    assert order[-1] == flag(8)


def test_the_day_is_that_of_jakarta(tmp_path: Path):
    store = Store(tmp_path / "data" / "scanner.duckdb")
    midnight = NOON.replace(hour=17)
    with store.lease("test") as lease:
        add_flags(lease, range(1, 21), known_at=midnight)
        add_flags(lease, range(21, 41), known_at=midnight - SECOND)
    order = [item.id for item in waiting(store, reviewer="sari", overlap=2, limit=40, now=LATER)]
    assert set(order[:20]) == {flag(number) for number in range(21, 41)}
    assert order[20:] != sorted(order[20:]), "within a day by chance"


def test_everybody_has_their_own_order_and_keeps_it(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 12, keep=keep)
    orders = [
        [item.id for item in waiting(store, reviewer=name, overlap=2, limit=99, now=LATER)]
        for name in ("sari", "budi", "sari")
    ]
    assert orders[0] == orders[2] != orders[1]
    assert set(orders[0]) == set(orders[1])


def test_an_item_comes_back_until_it_is_decided(store: Store):
    first = given(store, SARI)
    assert given(store, SARI, now=LATER + MINUTE).id == first.id
    assert given(store, SARI, now=LATER + timedelta(hours=1)).id == first.id
    say(store, SARI, NO, first.id)
    assert given(store, SARI).id != first.id


def test_no_more_than_two_have_an_item_in_hand_or_judged(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    assert given(store, SARI).why is Why.DEADLINE
    assert given(store, BUDI).why is Why.SECOND_READING
    assert take_next(store, TINA, now=LATER) is None
    say(store, SARI, NO)
    assert take_next(store, TINA, now=LATER) is None


def test_what_is_kept_returns_by_itself(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    given(store, BUDI, now=LATER + MINUTE)
    assert take_next(store, TINA, now=LATER + HOLD - SECOND) is None
    assert given(store, TINA, now=LATER + HOLD).why is Why.SECOND_READING


def test_looking_again_keeps_it_for_longer(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    given(store, BUDI)
    assert given(store, SARI, now=LATER + 9 * MINUTE).held_until == LATER + 9 * MINUTE + HOLD
    given(store, TINA, now=LATER + 11 * MINUTE)
    assert take_next(store, make_user("wati"), now=LATER + 12 * MINUTE) is None


def test_what_is_put_off_is_noted_and_comes_after_the_others(store: Store):
    first = given(store, SARI)
    second = given(store, SARI, after=first.id)
    third = given(store, SARI, after=second.id)
    assert len({first.id, second.id, third.id}) == 3
    assert actions(store, first.id) == [("sari", "item.show"), ("sari", "item.skip")]
    assert given(store, SARI, after=third.id).id == first.id


def test_what_was_shown_can_be_seen_again_and_nothing_else(store: Store):
    item = given(store, SARI)
    assert show(store, SARI, item.id, now=LATER).id == item.id
    for other in {flag(1), flag(2), flag(3), "x:1@0"} - {item.id}:
        with pytest.raises(NotGiven, match="there is no such item for you"):
            show(store, SARI, other, now=LATER)
    with pytest.raises(NotGiven):
        show(store, BUDI, item.id, now=LATER)


def test_what_others_have_by_now_is_shown_but_not_kept(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 1, keep=keep)
    given(store, SARI)
    for user in (BUDI, TINA):
        given(store, user, now=LATER + HOLD)
    assert show(store, SARI, flag(1), now=LATER + HOLD).held_until is None


def test_every_showing_leaves_one_event(store: Store, keep: Keep):
    item = given(store, SARI)
    assert actions(store, item.id) == [("sari", "item.show")]
    take_next(make_desk(store.path.parent / "empty", 0, keep=keep), SARI)
    waiting(store, reviewer="sari", overlap=2, limit=2, now=LATER)
    assert actions(store, "queue") == [("sari", "queue.show")]


def test_reading_an_empty_queue_leaves_no_event(tmp_path: Path, keep: Keep):
    store = make_desk(tmp_path, 0, keep=keep)
    assert take_next(store, SARI, now=LATER) is None
    assert waiting(store, reviewer="sari", overlap=2, limit=2) == []
    assert actions(store) == []


def test_items_of_removed_accounts_wait_for_nobody(store: Store):
    item = given(store, SARI)
    with store.lease("test") as lease:
        accounts.remove_account(lease, make_account().id, reason="pensiun", by="rina", approved_by="joko", at=NOON)
    assert take_next(store, SARI, now=LATER) is None
    with pytest.raises(NotGiven):
        show(store, SARI, item.id, now=LATER)


def test_the_count_is_of_what_waits_without_a_limit(store: Store):
    assert count_waiting(store, reviewer="sari", overlap=2, now=LATER) == 3
    assert len(waiting(store, reviewer="sari", overlap=2, limit=1, now=LATER)) == 1


@pytest.mark.parametrize("role", [Role.ANALYST, Role.RESEARCHER, Role.AUDITOR, Role.DPO])
def test_only_those_who_judge_are_given_anything(store: Store, role: Role):
    with pytest.raises(UsageError, match=f"role {role} judges nothing; adjudicator and reviewer do"):
        take_next(store, make_user("oki", role))


def test_whoever_was_shut_out_is_given_nothing(store: Store):
    with pytest.raises(UsageError, match="was shut out on 2026-11-20"):
        take_next(store, make_user("oki", disabled_at=NOON))


def test_a_nameless_reviewer_is_refused(store: Store):
    with pytest.raises(UsageError, match="give the name"):
        waiting(store, reviewer="  ", overlap=2, limit=1)


def test_disagreement_waits_for_an_adjudicator_alone(store: Store):
    say(store, SARI, YES)
    say(store, BUDI, NO)
    say(store, SARI, NO, flag(2))
    say(store, BUDI, NO, flag(2))
    assert {item.id for item in waiting(store, reviewer="tina", overlap=2, limit=9, now=LATER)} == {flag(3)}
    found = take(store, KETUA, now=LATER, chance=never)
    assert {item.id: item.why for item in found} == {flag(1): Why.ADJUDICATION}, "and nothing else for them"


def test_who_rules_is_no_reviewer_at_the_terminal_either(store: Store):
    with store.lease("test") as lease:
        users.add_user(lease, KETUA, by="test")
    for ask in (
        lambda: reviewer_named(store, "ketua"),
        lambda: waiting(store, reviewer="ketua", overlap=2, limit=9, now=LATER),
        lambda: count_waiting(store, reviewer="ketua", overlap=2, now=LATER),
    ):
        with pytest.raises(
            UsageError, match="ketua: role adjudicator rules on what two disagree on; a reviewer judges"
        ):
            ask()


def test_batches_follow_until_enough_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: Keep):
    monkeypatch.setattr("scanner.store.waiting.BATCH", 2)
    store = make_desk(tmp_path, 0, keep=keep)
    with store.lease("test") as lease:
        for day in range(8):
            add_flags(lease, range(day * 3, day * 3 + 3), known_at=NOON - timedelta(days=day))
    order = [item.id for item in waiting(store, reviewer="sari", overlap=2, limit=22, now=LATER)]
    assert len(order) == 22
    for day in range(7):
        wanted = {flag(number) for number in range((7 - day) * 3, (7 - day) * 3 + 3)}
        assert set(order[day * 3 : day * 3 + 3]) == wanted


def test_a_flag_for_an_account_that_never_was_listed_is_not_shown(store: Store):
    with store.lease("test") as lease:
        flags.save_flags(lease, [make_flag(9, account_id="mastodon:asing@desa.example")])
    assert count_waiting(store, reviewer="sari", overlap=2, now=LATER) == 3
