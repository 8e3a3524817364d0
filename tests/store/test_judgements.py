from __future__ import annotations

import pytest

from scanner.domain.reviews import Verdict
from scanner.errors import StoreError
from scanner.store import accounts, audit, flags
from scanner.store.connection import Lease
from scanner.store.judgements import append_judgement, current_judgements, judgements_of
from tests.store.samples import dump, make_account, make_flag, make_judgement


@pytest.fixture
def flagged(lease: Lease) -> Lease:
    accounts.save_accounts(lease, [make_account()])
    flags.save_flags(lease, [make_flag(number) for number in (1, 2, 3)])
    return lease


def judge(lease: Lease, reviewer: str, verdict: Verdict, *, flag: int = 1) -> None:
    key = f"{reviewer}-{flag}-{len(judgements_of(lease, make_flag(flag).id))}"
    assert append_judgement(lease, make_judgement(key, reviewer=reviewer, verdict=verdict, flag_id=make_flag(flag).id))


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
