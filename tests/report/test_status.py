"""The status says what ran, what was covered, what waits, and nothing that could rank a person."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.reviews import Verdict
from scanner.domain.runs import Coverage, Outcome, Rejected, Run, Tally
from scanner.report.health import Alarm, Problem, Signal
from scanner.report.status import Gap, Status, read_status
from scanner.store import accounts, flags, judgements, pages, quarantine, runs
from scanner.store.connection import Store
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_judgement, make_post

ACCOUNTS = [make_account(f"{name}@desa.example") for name in ("budi", "sari", "tina")]
NEVER = re.compile(r"lean|keberpihakan|rank|peringkat|cumulative|kumulatif|total_score|sanction|sanksi|risk", re.I)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "data" / "scanner.duckdb")
    with store.lease("test") as lease:
        accounts.save_accounts(lease, ACCOUNTS)
    return store


def status_of(store: Store, *, overlap: int, last: int = 5) -> Status:
    return read_status(store, overlap=overlap, now=NOON + 9 * HOUR, is_stale=older_than_a_day, last=last)


def older_than_a_day(account_id: str, last: datetime | None, now: datetime) -> bool:
    return last is None or now - last > timedelta(days=1)


def covered(store: Store, account: int, outcome: Outcome, *, after: int = 0, reason: str = "") -> None:
    began = NOON + after * HOUR
    coverage = Coverage(
        run_id=f"scan-{after}",
        account_id=ACCOUNTS[account].id,
        outcome=outcome,
        reason=reason,
        tally=Tally(),
        requests=1,
        started_at=began,
        ended_at=began + timedelta(minutes=1),
    )
    with store.lease("test") as lease:
        runs.save_coverage(lease, [coverage])


def flagged(store: Store, *numbers: int) -> None:
    with store.lease("test") as lease:
        for number in numbers:
            post = make_post(number, text=f"Coblos nomor 9 ya, warga {number}!")
            pages.save_page(
                lease,
                run_id="scan-1",
                account=make_account(),
                posts=[post],
                captures=[make_evidence()],
                cursor=None,
                rejected=(),
                seen_at=NOON,
            )
        flags.save_flags(lease, [make_flag(number) for number in numbers])


def test_a_fresh_workspace_has_covered_nobody(store: Store):
    status = status_of(store, overlap=2)
    assert (status.listed, status.posts, status.flagged, status.quarantined) == (3, 0, 0, 0)
    assert status.coverage == {Outcome.NOT_TRIED: 3}
    assert [(gap.reason, gap.last_complete) for gap in status.gaps] == [("never gathered", None)] * 3


def test_the_latest_coverage_counts_and_a_gap_says_when_all_was_seen_last(store: Store):
    covered(store, 0, Outcome.COMPLETE)
    covered(store, 1, Outcome.COMPLETE)
    covered(store, 1, Outcome.PRIVATE, after=1, reason="the account is locked")
    status = status_of(store, overlap=2)
    assert status.coverage == {Outcome.COMPLETE: 1, Outcome.PRIVATE: 1, Outcome.NOT_TRIED: 1}
    last = NOON + timedelta(minutes=1)
    assert status.gaps[0] == Gap(
        account_id=ACCOUNTS[1].id,
        platform=Platform.MASTODON,
        outcome=Outcome.PRIVATE,
        problem=Problem.PRIVATE,
        reason="the account is locked",
        last_complete=last,
        stale=False,
    )
    assert status.stale == 1
    assert [gap.account_id for gap in status.gaps] == [ACCOUNTS[1].id, ACCOUNTS[2].id]


def test_problems_are_counted_the_most_frequent_first_and_alarms_by_platform(store: Store):
    covered(store, 0, Outcome.NOT_TRIED, reason="mastodon: no key; set token under [platforms.mastodon.keys]")
    covered(store, 1, Outcome.NOT_TRIED, reason="mastodon: no key; set token under [platforms.mastodon.keys]")
    status = status_of(store, overlap=2)
    assert list(status.problems.items()) == [(Problem.KEY, 2), (Problem.NEVER, 1)]
    assert status.alarms == (Alarm(Signal.KEY, Platform.MASTODON, 2),)


def test_an_account_that_was_removed_is_neither_listed_nor_a_gap(store: Store):
    with store.lease("test") as lease:
        accounts.remove_account(lease, ACCOUNTS[2].id, reason="pensiun", by="joko", approved_by="rina", at=NOON)
    status = status_of(store, overlap=2)
    assert status.listed == 2
    assert ACCOUNTS[2].id not in {gap.account_id for gap in status.gaps}


def test_flags_are_counted_by_the_judgements_that_stand(store: Store):
    flagged(store, 1, 2, 3)
    given = [
        make_judgement("a", flag_id=make_flag(1).id, reviewer="sari"),
        make_judgement("b", flag_id=make_flag(1).id, reviewer="budi"),
        make_judgement("c", flag_id=make_flag(2).id, reviewer="sari"),
        make_judgement("d", flag_id=make_flag(3).id, reviewer="sari"),
        make_judgement("e", flag_id=make_flag(3).id, reviewer="sari", verdict=Verdict.WITHDRAWN, codes=()),
    ]
    with store.lease("test") as lease:
        for judgement in given:
            judgements.append_judgement(lease, judgement)
    status = status_of(store, overlap=2)
    assert (status.flagged, status.judged, status.judged_once) == (3, 1, 1)
    status = status_of(store, overlap=3)
    assert (status.judged, status.judged_once) == (0, 2)


def test_the_last_runs_come_first_and_a_killed_one_has_no_end(store: Store):
    with store.lease("test") as lease:
        for number in range(7):
            run = Run(
                id=f"scan-{number}",
                kind="scan",
                started_at=NOON + number * HOUR,
                ended_at=None,
                exit_code=None,
                versions="scanner 1",
            )
            runs.start_run(lease, run)
        runs.finish_run(lease, "scan-5", ended_at=NOON + 6 * HOUR, exit_code=3)
    found = status_of(store, overlap=2, last=3).runs
    assert [(run.id, run.exit_code) for run in found] == [("scan-6", None), ("scan-5", 3), ("scan-4", None)]
    assert found[0].ended_at is None


def test_items_in_quarantine_are_counted(store: Store):
    with store.lease("test") as lease:
        rejected = [Rejected(source="a.jsonl", line=number, reason="broken", raw_sha256="0" * 64) for number in (1, 2)]
        quarantine.save_rejected(lease, rejected, run_id="import-1", seen_at=NOON)
    assert status_of(store, overlap=2).quarantined == 2


def test_nothing_in_record_or_status_could_hold_a_leaning_a_rank_or_a_running_total(store: Store):
    flagged(store, 1)
    with store.lease("test") as lease:
        names = lease.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")
        names += lease.rows("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal")
    assert len(names) > 50
    assert [name for pair in names for name in pair if NEVER.search(name)] == []
    assert not NEVER.search(str(asdict(status_of(store, overlap=2))))
