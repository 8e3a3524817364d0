from __future__ import annotations

import pytest

from scanner.domain.reviews import Stage
from scanner.store import accounts, flags, settling
from scanner.store.assignments import Hold, assignments_of, hold
from scanner.store.connection import Lease
from scanner.store.judgements import append_judgement
from tests.store.samples import NOON, make_account, make_flag, make_judgement


@pytest.mark.parametrize("stage", [Stage.BLIND, Stage.GOLD])
@pytest.mark.parametrize("given", [[], ["sari"], ["rina"], ["rina", "sari"]], ids=str)
@pytest.mark.parametrize("shown", [True, False])
def test_the_places_reckoned_are_those_on_record(lease: Lease, given: list[str], stage: Stage, shown: bool) -> None:
    accounts.save_accounts(lease, [make_account()])
    flags.save_flags(lease, [make_flag()])
    for name in given:
        hold(lease, name, [Hold(make_flag().id, stage, NOON, shown=shown)])
    said = make_judgement(reviewer=" Sari", stage=stage)
    reckoned = settling.judged(assignments_of(lease, said.flag_id), said)
    append_judgement(lease, said)
    assert sorted(reckoned, key=lambda one: one.person) == assignments_of(lease, said.flag_id)
