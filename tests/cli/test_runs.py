"""Runs at the terminal: who began them, what they brought, how they ended; a killed one is called killed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Brought, Coverage, Outcome, Run, Tally
from scanner.scan.run import alone
from scanner.store import runs
from scanner.workspace import open_workspace
from tests.cli.conftest import Run as Program

NOW = datetime.now(UTC).replace(microsecond=0)
ACCOUNT = "mastodon:sari_guru@nusarimba.example"
BROUGHT = Brought(
    complete=9800, partial=150, failed=0, not_tried=50, new=1234, changed=5, missing=6, requests=20500, throttled=7,
    bytes=98_765_432,
)  # fmt: skip


def record(office: Path, number: int, *, ended: bool = True, kind: str = "scan", **changes: object) -> str:
    """Put a run on record that began so many hours ahead, in front of the one the office has already."""
    at = NOW + timedelta(hours=number)
    run = Run(
        id=f"{kind}-{number}",
        kind=kind,
        started_at=at,
        ended_at=None,
        exit_code=None,
        versions="scanner 1",
        trigger="schedule",
        started_by="ratna",
        since=at,
    )
    with open_workspace(office).store.lease("test") as lease:
        runs.start_run(lease, replace(run, **changes))  # type: ignore[arg-type]
        if ended:
            end = at + timedelta(seconds=245)
            runs.finish_run(lease, run.id, ended_at=end, exit_code=3, note="catatan", brought=BROUGHT)
    return run.id


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.startswith(("scan-", "import-"))]


def test_the_newest_comes_first_with_what_it_brought(run: Program, office: Path):
    record(office, 1)
    record(office, 2)
    ended = run("runs", "--last", "2", "-w", office)
    assert rows(ended.out) == [
        [key, "schedule", "ratna", "4:05", "min", "exit", "3", "9,800/150/0/50", "1,234", "20,500"]
        for key in ("scan-2", "scan-1")
    ]
    assert "complete / partial / failed / not tried" in ended.err


def test_one_kind_alone_can_be_listed(run: Program, office: Path):
    record(office, 1, kind="import")
    record(office, 2)
    assert [row[0] for row in rows(run("runs", "--kind", "import", "-w", office).out)] == ["import-1"]


def test_a_killed_run_is_called_killed_and_only_the_newest_can_be_under_way(run: Program, office: Path):
    record(office, 1, ended=False)
    record(office, 2, ended=False)
    record(office, 3, ended=False, kind="import")
    assert [row["state"] for row in json.loads(run("runs", "--last", "3", "--json", "-w", office).out)] == [
        "running or killed", "killed", "killed",
    ]  # fmt: skip
    with alone(open_workspace(office).store):
        states = [row["state"] for row in json.loads(run("runs", "--last", "3", "--json", "-w", office).out)]
    assert states == ["running or killed", "running", "killed"]


def test_one_that_was_killed_before_is_not_called_running_while_another_is(run: Program, office: Path):
    killed, going = record(office, 1, ended=False), record(office, 2, ended=False)
    other = record(office, 3, ended=False, kind="demo", started_at=NOW)
    with alone(open_workspace(office).store):
        shown = [json.loads(run("runs", "show", key, "--json", "-w", office).out)["state"] for key in (killed, going)]
        [listed] = json.loads(run("runs", "--kind", "demo", "--last", "1", "--json", "-w", office).out)
    assert (shown, listed["id"], listed["state"]) == (["killed", "running"], other, "killed")


def test_a_name_that_a_killed_process_left_behind_is_not_taken_for_a_scan(run: Program, office: Path):
    record(office, 1, ended=False)
    gone = os.fork()
    if gone == 0:
        os._exit(0)
    os.waitpid(gone, 0)
    left = json.dumps({"pid": gone, "purpose": "scan", "since": ""})
    (office / "data" / "scan.lock").write_text(left)
    assert json.loads(run("runs", "--last", "1", "--json", "-w", office).out)[0]["state"] == "killed"


def test_one_run_is_told_whole_by_the_beginning_of_its_id(run: Program, office: Path):
    key = record(office, 1)
    with open_workspace(office).store.lease("test") as lease:
        gap = Coverage(key, ACCOUNT, Outcome.PARTIAL, "anggaran habis", Tally(), 4, NOW, NOW)
        runs.save_coverage(lease, [gap, replace(gap, account_id="mastodon:bukan_terdaftar@x.example")])
    ended = run("runs", "show", "scan-1", "-w", office)
    shown = " ".join(ended.out.split())
    assert f"began {NOW + timedelta(hours=1):%Y-%m-%d %H:%M:%S}Z, schedule, by ratna" in shown
    assert f"posting times {NOW + timedelta(hours=1):%Y-%m-%d %H:%M:%S}Z to when the run began" in shown
    for told in (
        "after 4:05 min, exit 3", "note catatan", "9,800 complete, 150 partial, 0 failed, 50 not tried",
        "1,234 new, 5 changed, 6 gone", "20,500, 7 asked us to come later, 98.8 MB received", "versions scanner 1",
        f"{ACCOUNT} partial anggaran habis",
    ):  # fmt: skip
        assert told in shown
    assert "bukan_terdaftar" not in shown
    found = json.loads(run("runs", "show", key, "--json", "-w", office).out)
    assert (found["complete"], found["started_by"], len(found["coverage"])) == (9800, "ratna", 1)


def test_showing_a_run_is_an_event_and_listing_them_is_none(run: Program, office: Path):
    key = record(office, 1)
    run("runs", "-w", office)
    run("runs", "show", key, "-w", office)
    with open_workspace(office).store.lease("test") as lease:
        events = lease.rows("SELECT action, subject FROM audit WHERE action LIKE 'run%' AND subject = $id", {"id": key})
    assert events == [("run.show", key)]


@pytest.mark.parametrize(("asked", "said"), [("scan-9", "no such run"), ("scan-", "runs begin so: scan-2, scan-1,")])
def test_a_run_that_is_not_there_or_not_the_only_one_is_refused(run: Program, office: Path, asked: str, said: str):
    record(office, 1)
    record(office, 2)
    ended = run("runs", "show", asked, "-w", office)
    assert ended.code == 2
    assert said in ended.refusal
