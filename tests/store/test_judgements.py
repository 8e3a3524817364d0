from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import StoreError
from scanner.store import accounts, audit, flags
from scanner.store.connection import Lease
from scanner.store.judgements import append_judgement, current_judgements, judgements_of, open_flags
from tests.store.samples import HOUR, NOON, dump, make_account, make_flag, make_judgement


@pytest.fixture
def flagged(lease: Lease) -> Lease:
    accounts.save_accounts(lease, [make_account()])
    flags.save_flags(lease, [make_flag(number) for number in (1, 2, 3)])
    return lease


def judge(lease: Lease, reviewer: str, verdict: Verdict, *, flag: int = 1) -> None:
    key = f"{reviewer}-{flag}-{len(judgements_of(lease, make_flag(flag).id))}"
    assert append_judgement(lease, make_judgement(key, reviewer=reviewer, verdict=verdict, flag_id=make_flag(flag).id))


def waiting(lease: Lease, reviewer: str, *, third: bool = False) -> set[str]:
    return {flag.id for flag in open_flags(lease, reviewer=reviewer, overlap=2, third_on_disagreement=third)}


def test_a_judgement_comes_back_and_leaves_one_audit_event(flagged: Lease) -> None:
    assert append_judgement(flagged, make_judgement())
    assert judgements_of(flagged, make_flag().id) == [make_judgement()]
    [event] = audit.events(flagged)
    assert (event.actor, event.action, event.subject) == ("sari", "judgement.append", make_flag().id)
    assert event.detail == {"judgement": "k1", "verdict": "suspected", "stage": "blind"}


def test_a_form_sent_twice_is_one_judgement(flagged: Lease) -> None:
    append_judgement(flagged, make_judgement())
    before = dump(flagged)
    assert not append_judgement(flagged, make_judgement(note="terkirim lagi"))
    assert dump(flagged) == before


def test_it_refuses_a_judgement_of_no_flag(flagged: Lease) -> None:
    with pytest.raises(StoreError, match="judgement k1: there is no flag 'x:1@0'"):
        append_judgement(flagged, make_judgement(flag_id="x:1@0"))


def test_the_last_word_of_a_reviewer_stands_and_an_undo_leaves_none(flagged: Lease) -> None:
    for verdict in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION):
        judge(flagged, "sari", verdict)
    judge(flagged, "rina", Verdict.UNSURE)
    standing = [(found.reviewer, found.verdict) for found in current_judgements(flagged)]
    assert standing == [("sari", Verdict.NOT_VIOLATION), ("rina", Verdict.UNSURE)]
    judge(flagged, "sari", Verdict.WITHDRAWN)
    assert [found.reviewer for found in current_judgements(flagged, [make_flag().id])] == ["rina"]
    assert current_judgements(flagged, [make_flag(2).id]) == []
    assert len(judgements_of(flagged, make_flag().id)) == 4


def test_a_flag_waits_until_enough_others_judged_it(flagged: Lease) -> None:
    everything = {make_flag(number).id for number in (1, 2, 3)}
    assert waiting(flagged, "sari") == everything
    judge(flagged, "sari", Verdict.SUSPECTED)
    assert waiting(flagged, "sari") == everything - {make_flag(1).id}
    assert waiting(flagged, " SARI ") == everything - {make_flag(1).id}, "the same person in other letters"
    assert waiting(flagged, "rina") == everything
    judge(flagged, "rina", Verdict.SUSPECTED)
    assert waiting(flagged, "tono") == everything - {make_flag(1).id}


def test_an_undone_judgement_waits_again(flagged: Lease) -> None:
    judge(flagged, "sari", Verdict.SUSPECTED)
    judge(flagged, "sari", Verdict.WITHDRAWN)
    assert make_flag(1).id in waiting(flagged, "sari")


def test_disagreement_waits_for_a_third_where_that_is_wanted(flagged: Lease) -> None:
    judge(flagged, "sari", Verdict.SUSPECTED)
    judge(flagged, "rina", Verdict.NOT_VIOLATION)
    assert make_flag(1).id not in waiting(flagged, "tono")
    assert make_flag(1).id in waiting(flagged, "tono", third=True)
    judge(flagged, "tono", Verdict.SUSPECTED)
    assert make_flag(1).id not in waiting(flagged, "wati", third=True)


def test_waiting_flags_are_blind(flagged: Lease) -> None:
    judge(flagged, "rina", Verdict.SUSPECTED)
    for flag in open_flags(flagged, reviewer="sari"):
        assert flag.scores == ()
        assert {finding.class_hint for finding in flag.findings} == {""}
        assert "rina" not in repr(flag)


def test_flags_of_removed_accounts_wait_for_nobody(flagged: Lease) -> None:
    accounts.remove_account(
        flagged, make_account().id, reason="bukan akun saya", by="joko", approved_by="rina", at=NOON
    )
    assert waiting(flagged, "sari") == set()


def test_the_older_legal_day_comes_first_and_the_rest_is_a_stable_shuffle_per_reviewer(lease: Lease) -> None:
    late = datetime(2026, 11, 20, 16, 59, tzinfo=UTC)  # 23.59 WIB; two minutes later it is the next day there
    today = [make_flag(number, known_at=late - number * HOUR / 60) for number in range(30)]
    tomorrow = [make_flag(100 + number, known_at=late + HOUR / 30) for number in range(5)]
    flags.save_flags(lease, [*tomorrow, *today])
    orders = {
        name: [flag.id for flag in open_flags(lease, reviewer=name, limit=100)] for name in ("sari", "rina", "sari")
    }
    again = [flag.id for flag in open_flags(lease, reviewer="sari", limit=100)]
    assert orders["sari"] == again
    assert orders["sari"] != orders["rina"]
    for order in orders.values():
        assert set(order[:30]) == {flag.id for flag in today}
        assert set(order[30:]) == {flag.id for flag in tomorrow}
    assert [flag.id for flag in open_flags(lease, reviewer="sari", limit=3)] == again[:3]
