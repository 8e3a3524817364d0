"""What a snapshot reads of the record: days that were looked at, and not those that a backfill asked for long after."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from scanner.report.snapshot.sources import gather
from scanner.store.connection import Lease
from scanner.workspace import Workspace


@pytest.fixture
def lease(live: Workspace) -> Iterator[Lease]:
    """A lease of the full workspace, in which nothing that is done stays."""
    with pytest.raises(KeyboardInterrupt), live.store.lease("test") as lease:
        yield lease
        raise KeyboardInterrupt


def coverage(lease: Lease) -> pa.Table:
    found = gather(lease, smallest=10, zone="Asia/Jakarta", with_text=False).tables["coverage"]
    return found.sort_by([("id", "ascending"), ("day", "ascending")])


@pytest.mark.parametrize(("trigger", "days"), [("backfill", 0), ("schedule", 5)])
def test_a_backfill_makes_no_day_one_that_was_seen(lease: Lease, trigger: str, days: int):
    before = coverage(lease)
    lease.execute(
        "INSERT INTO runs BY NAME SELECT 'later' AS id, kind, now() AS started_at, versions, note, ? AS trigger "
        "FROM runs LIMIT 1",
        [trigger],
    )
    lease.execute(
        "INSERT INTO coverage SELECT * REPLACE ('later' AS run_id, started_at + INTERVAL 9 YEAR AS started_at) "
        "FROM coverage QUALIFY row_number() OVER (PARTITION BY account_id) = 1 ORDER BY account_id LIMIT 5"
    )
    after = coverage(lease)
    assert after.num_rows == before.num_rows + days
    assert days or after == before
