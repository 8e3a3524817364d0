"""A look that takes too long ends as partial and goes on from its place next time; the others know nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.domain.runs import Coverage, Cursor, Outcome
from scanner.store import cursors
from tests.scan.conftest import Town


def scan(town: Town, account_seconds: float | None) -> dict[str, Coverage]:
    with town.workspace.scan(account_seconds=account_seconds) as prepared:
        done = prepared.run(prepared.plan(datetime.now(UTC)))
    return {one.account_id: one for one in done.coverage}


def place(town: Town, account_id: str) -> Cursor:
    with town.workspace.store.lease("test") as lease:
        return cursors.load_cursor(lease, account_id)


@pytest.mark.parametrize("seconds", [0.25, 30.0], ids=["too many pages", "one that hangs"])
def test_one_slow_account_is_left_behind_and_goes_on_next_time(kept: Town, seconds: float):
    kept.platform.slow = "sari_guru"
    kept.platform.seconds = seconds
    first = scan(kept, 0.4)
    [slow] = [key for key in first if "sari_guru" in key]
    assert (first[slow].outcome, first[slow].reason) == (
        Outcome.PARTIAL,
        "took longer than 0.4 s; the next look goes on from here",
    )
    assert {one.outcome for key, one in first.items() if key != slow} == {Outcome.COMPLETE}
    assert (place(kept, slow).next_page is not None) == (seconds < 1)
    kept.platform.seconds = 0.0
    assert {one.outcome for one in scan(kept, None).values()} == {Outcome.COMPLETE}
    with kept.workspace.store.lease("test") as lease:
        assert {key for (key,) in lease.rows("SELECT id FROM posts")} == kept.expected()
