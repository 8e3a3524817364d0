"""When accounts were last looked at, as runs left it on record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scanner.domain.runs import PUT_OFF, Coverage, Looks, Outcome, Run, Tally
from scanner.store import looks, runs
from scanner.store.connection import Store
from tests.store.samples import NOON

ACCOUNT, HOUR = "mastodon:a@desa.example", timedelta(hours=1)


def covered(at: datetime, outcome: Outcome = Outcome.COMPLETE, reason: str = "", run: str = "") -> Coverage:
    return Coverage(
        run_id=run or f"scan-{at:%Y%m%d%H%M}",
        account_id=ACCOUNT,
        outcome=outcome,
        reason=reason,
        tally=Tally(),
        requests=0,
        started_at=at,
        ended_at=at + timedelta(minutes=4),
    )


def read(store: Store, *given: Coverage) -> dict[str, Looks]:
    with store.lease("test") as lease:
        runs.save_coverage(lease, given)
        return looks.last_looks(lease, NOON)


def test_the_latest_look_counts_from_when_it_began(store: Store):
    assert read(store) == {}
    assert read(store, covered(NOON - 2 * HOUR), covered(NOON - HOUR)) == {ACCOUNT: Looks(past=NOON - HOUR)}


@pytest.mark.parametrize(
    "outcome", [Outcome.PARTIAL, Outcome.GONE, Outcome.PRIVATE, Outcome.BLOCKED, Outcome.NOT_TRIED]
)
def test_a_look_that_failed_or_was_refused_is_the_look_of_its_slot(store: Store, outcome: Outcome):
    assert read(store, covered(NOON - HOUR, outcome, "no key"))[ACCOUNT].past == NOON - HOUR


def test_an_account_that_a_run_was_stopped_before_is_due_as_it_was(store: Store):
    put_off = covered(NOON - HOUR, Outcome.NOT_TRIED, f"the run was stopped {PUT_OFF}")
    assert read(store, covered(NOON - 5 * HOUR), put_off)[ACCOUNT].past == NOON - 5 * HOUR


def test_looks_ahead_of_the_clock_are_told_apart_by_how_far(store: Store):
    times = [NOON - HOUR, NOON + HOUR, NOON + 2000 * HOUR]
    assert read(store, *map(covered, times)) == {ACCOUNT: Looks(*times)}


@pytest.mark.parametrize(
    "aside",
    [{"kind": "import"}, {"kind": "backfill"}, {"trigger": "backfill"}, {"until": NOON - 24 * HOUR}],
    ids=["import", "backfill", "a backfill's scan", "a window that ended before"],
)
def test_a_run_that_did_not_ask_for_what_is_newest_is_no_look(store: Store, aside: dict[str, object]):
    values = {"kind": "scan", "started_at": NOON, "ended_at": None, "exit_code": None, "versions": ""}
    with store.lease("test") as lease:
        for name, changes in (("scan-1", {}), ("aside-1", aside)):
            runs.start_run(lease, Run(id=name, **(values | changes)))
    found = read(store, covered(NOON - 5 * HOUR, run="scan-1"), covered(NOON - HOUR, run="aside-1"))
    assert found[ACCOUNT].past == NOON - 5 * HOUR
