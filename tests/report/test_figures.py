"""Figures put together: deadlines reckoned few times, purges that lag, and a database that cannot be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scanner.report.figures import read_figures
from scanner.report.integrity import Verified, last_verified, note_verified
from scanner.store import accounts, flags
from scanner.store.connection import Lease, Store
from tests.store.samples import HOUR, NOON, make_account, make_flag

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb", wait=0.05)
    with store.lease("test") as lease:
        accounts.save_accounts(lease, [make_account()])
    return store


def soon(_election: str, known_at: datetime) -> datetime:
    return known_at + DAY


def never(_lease: Lease, _at: datetime) -> bool:
    return False


def flagged(store: Store, moments: list[datetime]) -> None:
    made = [make_flag(version_id=f"m:{n}@1", post_id=f"m:{n}", known_at=at) for n, at in enumerate(moments)]
    with store.lease("test") as lease:
        flags.save_flags(lease, made)


def test_what_is_due_by_now_is_overdue(store):
    flagged(store, [NOON - 2 * DAY, NOON - DAY, NOON - DAY + HOUR, NOON])
    assert read_figures(store, due=soon, past=never, now=NOON).overdue == 2


def test_of_a_long_queue_few_deadlines_are_reckoned(store):
    flagged(store, [NOON - n * HOUR for n in range(200)])
    asked = []

    def due(election: str, known_at: datetime) -> datetime:
        asked.append(known_at)
        return soon(election, known_at)

    assert read_figures(store, due=due, past=never, now=NOON).overdue == 200 - 24
    assert len(asked) < 10


@pytest.mark.parametrize(("late", "told"), [(0, 0), (0.5, 0), (1, 1), (3, 2), (6.9, 4), (7, 7), (500, 365)])
def test_a_purge_that_lags_is_told_by_the_days_that_have_passed_at_least(store, late, told):
    due_since = NOON - late * DAY
    found = read_figures(store, due=soon, past=lambda _, at: at >= due_since, now=NOON)
    assert found.purge_lag_days == told


def test_a_database_that_another_holds_is_told_as_not_readable(store, tmp_path):
    from scanner.store import locking

    note_verified(tmp_path / "data", Verified(events=9, at=NOON))
    with locking.held(store.path, "test", wait=0):
        found = read_figures(store, due=soon, past=never, now=NOON)
    assert found.record is None
    assert found.overdue is None
    assert found.free_bytes
    assert found.database_bytes
    assert (found.verified, found.verified_at) == (9, NOON)


def test_a_database_that_is_damaged_is_told_as_not_readable(store):
    store.path.write_bytes(b"bukan basis data")
    assert read_figures(store, due=soon, past=never, now=NOON).record is None


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"events": "x"}', b"\xff", b'{"events": 1}'])
def test_a_note_of_verifying_that_cannot_be_read_is_none(tmp_path, note):
    (tmp_path / "verified.json").write_bytes(note)
    assert last_verified(tmp_path) is None
