"""The ledger says what was seen on each day, and never more than that."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.report.ledger import Ledger, read_ledger
from scanner.store import accounts, runs
from scanner.store.connection import Store
from tests.store.samples import HOUR, NOON, make_account

ACCOUNTS = [make_account(f"{name}@desa.example") for name in ("budi", "sari")]
TODAY = date(2026, 11, 20)


def filled(folder: Path, *seen: tuple[int, int, Outcome]) -> Store:
    """Cover accounts so many hours after noon."""
    store = Store(folder / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(lease, ACCOUNTS)
        runs.save_coverage(
            lease,
            [
                Coverage(
                    f"run-{number}",
                    ACCOUNTS[account].id,
                    outcome,
                    "",
                    Tally(),
                    1,
                    NOON + hours * HOUR,
                    NOON + hours * HOUR + timedelta(minutes=1),
                )
                for number, (account, hours, outcome) in enumerate(seen)
            ],
        )
    return store


def read(store: Store, last: date, **narrowed) -> Ledger:
    with store.lease("test") as lease:
        return read_ledger(lease, last, **narrowed)


def test_the_best_run_of_a_day_counts_and_days_without_one_are_empty(tmp_path: Path):
    store = filled(
        tmp_path,
        (0, -48, Outcome.COMPLETE),
        (0, 0, Outcome.PARTIAL),
        (0, 1, Outcome.COMPLETE),
        (0, 2, Outcome.NOT_TRIED),
        (1, 0, Outcome.GONE),
        (1, 1, Outcome.NOT_TRIED),
    )
    ledger = read(store, TODAY, days=3)
    assert ledger.days == (TODAY - timedelta(days=2), TODAY - timedelta(days=1), TODAY)
    budi, sari = ledger.rows
    assert budi.days == (Outcome.COMPLETE, None, Outcome.COMPLETE)
    assert sari.days == (None, None, Outcome.GONE)
    assert [ledger.covered(day) for day in range(3)] == [1, 0, 1]


def test_a_day_is_a_day_of_utc(tmp_path: Path):
    store = filled(tmp_path, (0, 11, Outcome.PARTIAL), (0, 12, Outcome.COMPLETE))
    assert read(store, TODAY, days=1).rows[0].days == (Outcome.PARTIAL,)
    assert read(store, TODAY + timedelta(days=1), days=1).rows[0].days == (Outcome.COMPLETE,)


def test_an_account_never_asked_for_has_its_row_too(tmp_path: Path):
    ledger = read(filled(tmp_path), TODAY, days=2)
    assert [row.days for row in ledger.rows] == [(None, None), (None, None)]


def test_it_can_be_narrowed_to_an_account(tmp_path: Path):
    ledger = read(filled(tmp_path), TODAY, days=1, only=[ACCOUNTS[1].id])
    assert [row.account_id for row in ledger.rows] == [ACCOUNTS[1].id]
