"""The status of a workspace on one screen, and as JSON for programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.roster import read_roster
from scanner.store import accounts, runs
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.store.samples import make_account

NEVER = re.compile(r"leaning|keberpihakan|rank|peringkat|cumulative|kumulatif|score|skor|sanksi|kelas|class", re.I)


def cover(office: Path, *outcomes: Outcome) -> None:
    now = datetime.now(UTC)
    blank = Coverage(
        run_id="scan-1",
        account_id="",
        outcome=Outcome.COMPLETE,
        reason="",
        tally=Tally(),
        requests=1,
        started_at=now - timedelta(minutes=1),
        ended_at=now,
    )
    accounts = read_roster(office / "roster.csv").accounts
    found = [
        replace(blank, account_id=account.id, outcome=outcome, reason="" if outcome is Outcome.COMPLETE else "dikunci")
        for account, outcome in zip(accounts, outcomes, strict=False)
    ]
    with open_workspace(office).store.lease("test") as lease:
        runs.save_coverage(lease, found)


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_shows_runs_coverage_queue_and_versions(run: Run, office: Path):
    ended = run("status", "-w", office)
    shown = words(ended.out)
    assert ended.code == 0
    assert re.search(r"scan-\d{8}T\d{6}Z-\w{6} \d{4}-\d\d-\d\d \d\d:\d\dZ exit 0", shown)
    for row in ("posts on record 4", "put before reviewers 3", "judged by all wanted 0", "in quarantine 0"):
        assert row in shown
    assert "election pilgub-nusa-rimba" in shown
    assert "model tetap-" in shown


def test_not_observed_is_not_clean(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    ended = run("status", "-w", office)
    assert "3 accounts listed: 1 complete, 1 not_tried, 1 private." in ended.err
    shown = words(ended.out)
    assert "Not observed is not clean" in shown
    assert "dikunci" in shown
    assert "private never" in shown
    assert "never gathered" in shown
    assert "was covered completely" not in ended.err


def test_a_roster_that_was_seen_whole_has_no_gaps(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.COMPLETE, Outcome.COMPLETE)
    ended = run("status", "-w", office)
    assert "Every listed account was covered completely by its last run." in ended.err
    assert "Not observed" not in ended.out


def test_many_gaps_are_counted_and_not_all_named(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        more = [make_account(f"baru{number}@desa.example") for number in range(30)]
        accounts.save_accounts(lease, more)
    ended = run("status", "-w", office)
    assert ended.out.count("never gathered") <= 20
    assert re.search(r"and 1\d more; `scanner status --json` names all\.", ended.err)
    assert len(json.loads(run("status", "--json", "-w", office).out)["gaps"]) > 30


def test_json_has_the_same_for_programs(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.BLOCKED)
    found = json.loads(run("status", "-w", office, "--json").out)
    assert found["listed"] == 3
    assert found["coverage"] == {"complete": 1, "blocked": 1, "not_tried": 1}
    assert [gap["outcome"] for gap in found["gaps"]] == ["blocked", "not_tried"]
    assert (found["posts"], found["flagged"], found["judged"]) == (4, 3, 0)
    assert found["runs"][0]["exit_code"] == 0
    assert {"model", "rules", "election"} <= set(found)


def test_neither_form_holds_leaning_rank_score_or_sanction(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.GONE)
    for arguments in ((), ("--json",)):
        assert not NEVER.search(run("status", "-w", office, *arguments).out)


def test_at_eighty_columns_no_line_is_cut(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    assert max(map(len, run("status", "-w", office).out.splitlines())) <= 80
