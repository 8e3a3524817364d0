from __future__ import annotations

import pytest

from scanner.domain.accounts import Account, Confidence
from scanner.domain.reviews import Verdict
from scanner.errors import StoreError
from scanner.store import accounts, audit, flags
from scanner.store.connection import Lease
from scanner.store.judgements import append_judgement
from scanner.store.referrals import record_referral, referred_flags
from tests.store.samples import NOON, dump, make_account, make_flag, make_judgement

FLAG = make_flag().id


def judge(lease: Lease, key: str, reviewer: str, verdict: Verdict = Verdict.SUSPECTED) -> None:
    append_judgement(lease, make_judgement(key, reviewer=reviewer, verdict=verdict))


def test_two_different_humans_can_refer(lease: Lease) -> None:
    accounts.save_accounts(lease, [make_account()])
    flags.save_flags(lease, [make_flag()])
    judge(lease, "k1", "sari")
    judge(lease, "k2", "rina")
    assert record_referral(lease, FLAG, by="ketua", at=NOON)
    assert referred_flags(lease) == [FLAG]
    assert audit.events(lease, limit=1)[0].action == "flag.refer"
    before = dump(lease)
    assert not record_referral(lease, FLAG, by="ketua", at=NOON)
    assert dump(lease) == before


@pytest.mark.parametrize("listed", [[], [make_account(confidence=Confidence.B)]])
def test_an_account_that_is_not_confirmed_cannot_be_referred(lease: Lease, listed: list[Account]) -> None:
    accounts.save_accounts(lease, listed)
    flags.save_flags(lease, [make_flag()])
    judge(lease, "k1", "sari")
    judge(lease, "k2", "rina")
    with pytest.raises(StoreError, match=r"its account is not confirmed \(A\)"):
        record_referral(lease, FLAG, by="ketua", at=NOON)
    assert referred_flags(lease) == []


def test_a_removed_account_cannot_be_referred(lease: Lease) -> None:
    accounts.save_accounts(lease, [make_account()])
    flags.save_flags(lease, [make_flag()])
    judge(lease, "k1", "sari")
    judge(lease, "k2", "rina")
    accounts.remove_account(lease, make_account().id, reason="bukan akunnya", by="rina", approved_by="ketua", at=NOON)
    with pytest.raises(StoreError, match="not on the list"):
        record_referral(lease, FLAG, by="ketua", at=NOON)


@pytest.mark.parametrize(
    "said",
    [
        [],
        [("sari", Verdict.SUSPECTED)],
        [("sari", Verdict.SUSPECTED), ("Sari", Verdict.SUSPECTED)],
        [("sari", Verdict.SUSPECTED), ("rina", Verdict.NOT_VIOLATION)],
        [("sari", Verdict.SUSPECTED), ("rina", Verdict.SUSPECTED), ("rina", Verdict.WITHDRAWN)],
    ],
)
def test_no_machine_and_no_single_human_can(lease: Lease, said: list[tuple[str, Verdict]]) -> None:
    flags.save_flags(lease, [make_flag()])
    for number, (reviewer, verdict) in enumerate(said):
        judge(lease, f"k{number}", reviewer, verdict)
    with pytest.raises(StoreError, match=r"cannot be referred: [01] reviewer.* two different reviewers must"):
        record_referral(lease, FLAG, by="ketua", at=NOON)
    assert referred_flags(lease) == []
