"""A decision is stored once, can be taken back by its author only, and reveals the machine's view afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.errors import StoreError, UsageError
from scanner.review.decide import decide, new_key, undo
from scanner.store import accounts, flags, judgements
from scanner.store.connection import Store
from tests.store.samples import make_account, make_flag

FLAG = make_flag().id


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
        flags.save_flags(lease, [make_flag()])
    return store


def standing(store: Store) -> list[tuple[str, Verdict]]:
    with store.lease("test") as lease:
        return [(found.reviewer, found.verdict) for found in judgements.current_judgements(lease)]


def test_a_suspected_violation_names_its_code(store: Store):
    revealed = decide(
        store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.SUSPECTED, codes=("AJAKAN-PILIH",), seconds=4.5
    )
    assert revealed.stored
    assert standing(store) == [("sari", Verdict.SUSPECTED)]


def test_a_suspected_violation_without_a_code_is_refused(store: Store):
    with pytest.raises(UsageError, match="at least one code"):
        decide(store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.SUSPECTED)
    assert standing(store) == []


def test_the_score_is_revealed_only_by_deciding(store: Store):
    revealed = decide(store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.UNSURE)
    assert {score.label for score in revealed.flag.scores} == set(Label)


def test_the_same_key_sent_twice_is_one_judgement(store: Store):
    for expected in (True, False):
        revealed = decide(store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.UNSURE)
        assert revealed.stored is expected
    with store.lease("test") as lease:
        assert len(judgements.judgements_of(lease, FLAG)) == 1


def test_an_undo_appends_and_leaves_the_history(store: Store):
    decide(store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.NOT_VIOLATION)
    undo(store, key=new_key(), flag_id=FLAG, reviewer="sari")
    assert standing(store) == []
    with store.lease("test") as lease:
        assert [found.verdict for found in judgements.judgements_of(lease, FLAG)] == [
            Verdict.NOT_VIOLATION,
            Verdict.WITHDRAWN,
        ]


def test_nobody_takes_back_what_another_said(store: Store):
    decide(store, key="k", flag_id=FLAG, reviewer="sari", verdict=Verdict.NOT_VIOLATION)
    with pytest.raises(UsageError, match="budi has no standing judgement"):
        undo(store, key=new_key(), flag_id=FLAG, reviewer="budi")
    assert standing(store) == [("sari", Verdict.NOT_VIOLATION)]


def test_judging_a_flag_that_is_not_there_is_refused(store: Store):
    with pytest.raises(StoreError, match="there is no flag 'x'"):
        decide(store, key="k", flag_id="x", reviewer="sari", verdict=Verdict.UNSURE)


def test_keys_do_not_repeat():
    assert len({new_key() for _ in range(1000)}) == 1000
