from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from scanner.domain.runs import Brought, Coverage, Looks, Outcome, Run, Tally
from scanner.errors import StoreError
from scanner.store.connection import Lease
from scanner.store.looks import last_looks
from scanner.store.runs import (
    count_brought,
    coverage_days,
    coverage_of,
    finish_run,
    last_complete,
    last_coverage,
    last_runs,
    last_tried,
    load_run,
    save_coverage,
    silent_runs,
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


def test_what_a_run_brought_is_told_with_its_end(lease: Lease) -> None:
    start_run(lease, make_run(trigger="schedule", started_by="ratna", since=NOON - HOUR, until=NOON))
    brought = Brought(complete=7, partial=1, failed=2, not_tried=3, new=40, changed=5, missing=6, requests=99, bytes=8)
    finish_run(lease, "run-1", ended_at=NOON, exit_code=3, brought=brought)
    found = load_run(lease, "run-1")
    assert found == make_run(
        trigger="schedule", started_by="ratna", since=NOON - HOUR, until=NOON, ended_at=NOON, exit_code=3,
        **asdict(brought),
    )  # fmt: skip


def test_accounts_are_counted_by_outcome_and_comments_are_posts_but_no_account(lease: Lease) -> None:
    start_run(lease, make_run())
    outcomes = [*Outcome, Outcome.COMPLETE]
    rows = [make_coverage(account=f"x:{place}", outcome=one) for place, one in enumerate(outcomes)]
    hidden = make_coverage(account="x:99", outcome=Outcome.NOT_TRIED, reason="suspended", tally=Tally())
    save_coverage(lease, [*rows, hidden, make_coverage(account="comments:x:paslon"), make_coverage(2)])
    assert count_brought(lease, make_run()) == Brought(
        complete=2, partial=1, failed=3, not_tried=1, new=8 * 3, changed=8 * 2, missing=0
    )


def test_what_is_known_better_goes_before_what_was_counted() -> None:
    assert Brought(new=3, changed=2).but(Brought(new=0, requests=5)) == Brought(new=0, changed=2, requests=5)


def test_pages_of_runs_follow_each_other_without_gap(lease: Lease) -> None:
    for number in range(1, 6):
        start_run(lease, make_run(number))
    pages = [last_runs(lease, limit=2, offset=first) for first in (0, 2, 4)]
    assert [[run.id for run in page] for page in pages] == [["run-5", "run-4"], ["run-3", "run-2"], ["run-1"]]


def test_a_backfill_tells_nothing_of_how_accounts_are_doing(lease: Lease) -> None:
    start_run(lease, make_run(2, trigger="backfill"))
    save_coverage(lease, [make_coverage(1), make_coverage(2, outcome=Outcome.COMPLETE, tally=Tally())])
    key, day = "mastodon:budi@desa.example", (NOON + HOUR).date()
    assert last_coverage(lease) == {key: make_coverage(1)}
    assert last_complete(lease) == {}
    assert last_tried(lease) == {key: NOON + HOUR}
    assert silent_runs(lease, key) == 0
    assert coverage_days(lease, day) == {key: {day: Outcome.PARTIAL}}
    assert last_looks(lease, NOON + 3 * HOUR) == {key: Looks(past=NOON + HOUR)}


def test_days_can_be_asked_of_some_accounts_and_tell_the_best_of_each(lease: Lease) -> None:
    worse, other = make_coverage(2, outcome=Outcome.GONE), make_coverage(1, account="x:1")
    save_coverage(lease, [make_coverage(1), worse, other])
    day = (NOON + HOUR).date()
    assert coverage_days(lease, day, ["x:1"]) == {"x:1": {day: Outcome.PARTIAL}}
    assert coverage_days(lease, day)["mastodon:budi@desa.example"] == {day: Outcome.PARTIAL}
    assert coverage_days(lease, day, []) == {}
    assert coverage_days(lease, day + timedelta(days=1)) == {}
