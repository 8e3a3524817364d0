"""Rows beside the posts leave after their days, and what they belong to stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.domain.captures import sha256
from scanner.domain.runs import Coverage, Outcome, Rejected, Run, Tally
from scanner.store import accounts, attempts, drafts, flags, pages, runs, sessions
from scanner.store.connection import Lease
from scanner.store.outdated import Cutoffs, count_outdated, delete_outdated
from tests.store.samples import HOUR, NOON, make_account, make_evidence, make_flag, make_post

DAY = timedelta(days=1)
ALL = Cutoffs(history=NOON + DAY, drafts=NOON + DAY, sessions=NOON + DAY)
NONE = Cutoffs(history=NOON - DAY, drafts=NOON - DAY, sessions=NOON - DAY)


@pytest.fixture
def full(lease: Lease) -> Lease:
    """Two runs, of which one brought a flagged post; a draft on it and one on an item that is gone; a session."""
    accounts.save_accounts(lease, [make_account()])
    for run in ("run-1", "run-2"):
        runs.start_run(lease, Run(id=run, kind="scan", started_at=NOON, ended_at=None, exit_code=None, versions="v"))
        tally, account = Tally(), make_account().id
        seen = Coverage(run, account, Outcome.COMPLETE, "", tally, 1, started_at=NOON, ended_at=NOON)
        runs.save_coverage(lease, [seen])
    pages.save_page(
        lease,
        run_id="run-1",
        account=make_account(),
        posts=[make_post(1, text="Coblos nomor 9 ya, warga 1!")],
        captures=[make_evidence()],
        cursor=None,
        rejected=[Rejected(source="x", line=None, reason="bukan JSON", raw_sha256=sha256(b"x"))],
        seen_at=NOON,
    )
    flags.save_flags(lease, [make_flag()])
    for item in (make_flag().id, "tiada"):
        drafts.save_draft(lease, drafts.Draft(item, "sari", NOON, note="belum selesai"))
    sessions.begin_session(lease, sessions.Session("s", "sari", NOON, NOON, "127.0.0.1"))
    attempts.add_attempt(lease, "a", ["subject"], NOON)
    return lease


LEFT = {"coverage": 2, "runs": 1, "quarantine": 1, "drafts": 1, "sessions": 1, "sign_in_attempts": 1}


def test_what_is_past_its_days_leaves_and_is_counted_before(full: Lease):
    assert count_outdated(full, ALL) == LEFT
    assert delete_outdated(full, ALL) == LEFT
    assert count_outdated(full, ALL) == {}


def test_what_is_younger_stays(full: Lease):
    assert delete_outdated(full, NONE) == {}


def test_runs_of_posts_on_record_and_drafts_of_waiting_items_stay(full: Lease):
    delete_outdated(full, ALL)
    assert full.rows("SELECT id FROM runs") == [("run-1",)]
    assert full.rows("SELECT item_id FROM drafts") == [(make_flag().id,)]


def test_a_draft_of_a_settled_item_leaves(full: Lease):
    full.execute("UPDATE flags SET settled_at = ?", [NOON + HOUR])
    assert delete_outdated(full, ALL)["drafts"] == 2
