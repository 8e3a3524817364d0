"""The status of a workspace on one screen, and as JSON for programs."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.errors import StoreError
from scanner.roster import read_roster
from scanner.scan.record import recorded, start
from scanner.scan.run import alone
from scanner.store import audit, pauses, runs
from scanner.store.connection import Lease
from scanner.workspace import open_workspace
from tests.cli.conftest import Run

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


NOW = datetime.now(UTC)
REASONS = [
    "desa.example:443 asks us to wait 120 s", "x: JSON of another shape than known", "the canary kpu showed no posts",
    "today's budget of 90 units is used up", "unexpected KeyError; see the log", "ConnectError",
    "robots.txt of desa.example forbids /",
]  # fmt: skip


def spread(lease: Lease, count: int) -> None:
    """List many more accounts, by copying one, and let each end in another way on each of many platforms."""
    lease.execute(
        """INSERT INTO accounts BY NAME
           SELECT * EXCLUDE n REPLACE (
                      list_element($platforms::VARCHAR[], n % len($platforms::VARCHAR[]) + 1) AS platform,
                      platform || ':akun' || n AS id, 'akun' || n AS handle)
           FROM (FROM accounts LIMIT 1), range($count) AS r(n)""",
        {"platforms": [str(one) for one in Platform], "count": count},
    )
    lease.execute(
        """INSERT INTO coverage BY NAME
           SELECT 'scan-0' AS run_id, id AS account_id, 'partial' AS outcome, 0 AS new, 0 AS changed, 0 AS unchanged,
                  1 AS requests, $now AS started_at, $now AS ended_at,
                  list_element($reasons::VARCHAR[], (row_number() OVER ()) % len($reasons::VARCHAR[]) + 1) AS reason
           FROM accounts WHERE handle LIKE 'akun%'""",
        {"now": NOW, "reasons": REASONS},
    )


def words(text: str) -> str:
    return " ".join(text.split())


def test_it_shows_schedule_runs_coverage_queue_and_versions(run: Run, office: Path):
    ended = run("status", "-w", office)
    shown = words(ended.out)
    assert ended.code == 0
    assert re.search(r"scan-\d{8}T\d{6}Z-\w{6} \d\d-\d\d \d\d:\d\dZ hand exit 0", shown)
    for row in (
        "3 due now, 0 overdue; kept by nobody", "coverage 3 not_tried; 3 stale", "3: Never looked at yet.",
        "alarms none", "queue 3 wait", "0 past deadline; 0 judged once, 0 by all",
        "record 4 posts, 3 put before reviewers, 0 unread",
        "GB free, database 0.0 GB", "backup never", "purge nothing is late", "election pilgub-nusa-rimba",
        "model tetap-",
    ):  # fmt: skip
        assert row in shown


def test_what_is_in_the_way_is_counted_in_plain_words_and_names_nobody(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    shown = words(run("status", "-w", office).out)
    assert "coverage 1 complete, 1 not_tried, 1 private; 2 stale" in shown
    assert "1: The account is not public." in shown
    assert "mastodon:" not in shown


def test_a_pause_stands_first_with_its_reason(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="perintah ketua", by="joko", at=datetime.now(UTC))
    assert "schedule PAUSED: perintah ketua; 3 due now" in words(run("status", "-w", office).out)
    assert json.loads(run("status", "--json", "-w", office).out)["schedule"]["paused"]["reason"] == "perintah ketua"


def test_a_killed_run_is_shown_as_killed_and_one_under_way_as_running(run: Run, office: Path):
    opened = open_workspace(office)
    killed, going = (start(opened.store, "scan", opened.detector) for _ in range(2))
    with alone(opened.store):
        shown = run("status", "-w", office).out
    ends = {line.split()[0]: line.split()[-1] for line in shown.splitlines() if line.startswith("scan-")}
    assert (ends[killed.id], ends[going.id]) == ("killed", "running")
    assert "running" not in run("status", "-w", office).out


@pytest.mark.slow
def test_with_ten_thousand_accounts_in_all_kinds_of_trouble_it_fits_one_screen(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "80")
    opened = open_workspace(office)
    with opened.store.lease("test") as lease:
        spread(lease, 10_000)
        pauses.pause(lease, until=datetime.now(UTC) + timedelta(days=3), reason="masa " * 50, by="joko", at=NOW)
    for number in range(5):
        with contextlib.suppress(StoreError), recorded(opened.store, "scan", opened.detector, "catch_up"):
            raise StoreError(f"{number}: the disk is full and says so in many words, again and again")
    lines = run("status", "-w", office).out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert any("10,000" in line or "9,99" in line for line in lines)


def test_json_has_the_same_for_programs(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.BLOCKED)
    found = json.loads(run("status", "-w", office, "--json").out)
    assert found["listed"] == 3
    assert found["coverage"] == {"complete": 1, "blocked": 1, "not_tried": 1}
    assert [gap["outcome"] for gap in found["gaps"]] == ["blocked", "not_tried"]
    assert (found["posts"], found["flagged"], found["judged"]) == (4, 3, 0)
    assert found["runs"][0]["exit_code"] == 0
    assert {"model", "rules", "election", "schedule", "queue", "backed_up_at", "purge_lag_days", "outbox"} <= set(found)
    assert (found["schedule"]["due"], found["alarms"], found["stale"]) == (1, [], 2)


def test_naming_accounts_to_programs_is_one_event_and_counting_them_is_none(run: Run, office: Path):
    run("status", "-w", office)
    run("status", "-w", office, "--json")
    with open_workspace(office).store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action.startswith("status.")]
    assert (event.action, event.subject, event.detail) == ("status.show", "accounts", {"accounts": 3})


def test_where_that_cannot_be_put_on_record_all_but_the_accounts_is_told(run: Run, office: Path):
    audit.anchor_path(open_workspace(office).data).unlink()
    ended = run("status", "-w", office, "--json")
    found = json.loads(ended.out)
    assert (ended.code, found["listed"], found["gaps"]) == (0, 3, None)
    assert "the anchor of" in ended.err
    assert "no account is named" in ended.err


def test_neither_form_holds_leaning_rank_score_or_sanction(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.GONE)
    for arguments in ((), ("--json",)):
        assert not NEVER.search(run("status", "-w", office, *arguments).out)


def test_at_eighty_columns_no_line_is_cut(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    assert max(map(len, run("status", "-w", office).out.splitlines())) <= 80
