from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scanner.domain.runs import Coverage, Outcome, Run, Tally
from scanner.errors import StoreError
from scanner.store.connection import Lease
from scanner.store.runs import (
    coverage_of,
    finish_run,
    last_complete,
    last_coverage,
    last_runs,
    save_coverage,
    start_run,
)
from tests.store.samples import HOUR, NOON, dump


def make_run(number: int = 1, **changes: Any) -> Run:
    values: dict[str, Any] = {
        "id": f"run-{number}",
        "kind": "scan",
        "started_at": NOON + number * HOUR,
        "ended_at": None,
        "exit_code": None,
        "versions": "scanner 1 rules 2026.11 model m1",
    }
    return Run(**{**values, **changes})


def make_coverage(run: int = 1, account: str = "mastodon:budi@desa.example", **changes: Any) -> Coverage:
    values: dict[str, Any] = {
        "run_id": f"run-{run}",
        "account_id": account,
        "outcome": Outcome.PARTIAL,
        "reason": "batas waktu",
        "tally": Tally(new=3, changed=2, unchanged=1),
        "requests": 4,
        "started_at": NOON + run * HOUR,
        "ended_at": NOON + run * HOUR,
    }
    return Coverage(**{**values, **changes})


def test_it_tells_how_a_run_ended(lease: Lease) -> None:
    start_run(lease, make_run())
    finish_run(lease, "run-1", ended_at=NOON + 2 * HOUR, exit_code=3, note="satu akun tertutup")
    assert last_runs(lease) == [make_run(ended_at=NOON + 2 * HOUR, exit_code=3, note="satu akun tertutup")]


def test_starting_and_finishing_twice_changes_nothing(lease: Lease) -> None:
    for _ in range(2):
        start_run(lease, make_run())
        finish_run(lease, "run-1", ended_at=NOON, exit_code=0)
        before = dump(lease)
    assert dump(lease) == before
    assert last_runs(lease) == [make_run(ended_at=NOON, exit_code=0)]


def test_it_refuses_to_finish_a_run_that_never_began(lease: Lease) -> None:
    start_run(lease, make_run())
    with pytest.raises(StoreError, match=r"run 'run-9' never began; recent runs: \['run-1'\]"):
        finish_run(lease, "run-9", ended_at=NOON, exit_code=0)


def test_it_returns_the_newest_runs_first_and_by_kind(lease: Lease) -> None:
    for number in (1, 3, 2):
        start_run(lease, make_run(number, kind="import" if number == 2 else "scan"))
    assert [run.id for run in last_runs(lease, limit=2)] == ["run-3", "run-2"]
    assert [run.id for run in last_runs(lease, kind="scan")] == ["run-3", "run-1"]


def test_coverage_said_again_replaces_what_was_said(lease: Lease) -> None:
    save_coverage(lease, [make_coverage()])
    complete = replace(make_coverage(), outcome=Outcome.COMPLETE, reason="", tally=Tally(new=9))
    save_coverage(lease, [complete])
    assert coverage_of(lease, "run-1") == [complete]


def test_it_returns_the_latest_coverage_of_each_account(lease: Lease) -> None:
    other = make_coverage(1, account="mastodon:sita@desa.example")
    save_coverage(lease, [make_coverage(1), make_coverage(2), other])
    assert last_coverage(lease) == {"mastodon:budi@desa.example": make_coverage(2), other.account_id: other}
    assert coverage_of(lease, "run-2") == [make_coverage(2)]


def test_no_coverage_is_no_error(lease: Lease) -> None:
    save_coverage(lease, [])
    assert coverage_of(lease, "run-1") == []
    assert last_coverage(lease) == {}


def test_it_tells_when_an_account_was_last_covered_completely(lease: Lease) -> None:
    complete = [make_coverage(run, outcome=Outcome.COMPLETE) for run in (2, 1)]
    save_coverage(lease, [*complete, make_coverage(3), make_coverage(1, account="mastodon:sita@desa.example")])
    assert last_complete(lease) == {"mastodon:budi@desa.example": NOON + 2 * HOUR}
