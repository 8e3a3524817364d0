"""`scanner schedule` and `scanner scan --due`: what is due when, and one command that stops everything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Coverage, Outcome, Tally
from scanner.store import accounts, audit, keepers, runs
from scanner.workspace import open_workspace
from tests.cli.conftest import Run

HOUR = timedelta(hours=1)


@pytest.fixture
def office(office: Path) -> Path:
    """One without chores, whose hour may come while a test runs."""
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write('\n[schedule]\npurge_at = ""\n')
    return office


def look_at_all(office: Path) -> None:
    now = datetime.now(UTC)
    with open_workspace(office).store.lease("test") as lease:
        listed = accounts.load_accounts(lease)
        runs.save_coverage(
            lease, [Coverage("scan-1", one.id, Outcome.COMPLETE, "", Tally(), 1, now, now) for one in listed]
        )


def test_the_preview_tells_the_next_due_times_in_both_zones(run: Run, office: Path, monkeypatch: pytest.MonkeyPatch):
    look_at_all(office)
    rows = json.loads(run("schedule", "preview", "-w", office, "--next", "7", "--json").out)
    assert len(rows) == 7
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    for row in rows:
        at, local = (datetime.fromisoformat(row[key]) for key in ("at", "local"))
        assert (at, at.utcoffset(), local.utcoffset()) == (local, timedelta(), 7 * HOUR)
    shown = run("schedule", "preview", "-w", office, "--next", "3")
    assert (shown.code, shown.err) == (0, "")
    assert all(word in shown.out for word in ("Asia/Jakarta", "UTC", "WIB", rows[0]["account"], "180 min"))


def test_a_preview_that_names_accounts_is_one_event_and_one_that_counts_them_is_none(run: Run, office: Path):
    run("schedule", "preview", "-w", office, "--by-platform")
    run("schedule", "preview", "-w", office, "--next", "4")
    with open_workspace(office).store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action.startswith("schedule.")]
    assert (event.action, event.subject, event.detail) == ("schedule.preview", "schedule", {"times": 4})


def test_a_damaged_record_is_told_although_no_run_begins(run: Run, office: Path):
    (office / "data" / "scanner.duckdb").write_bytes(b"\0" * 100_000)
    assert run("scan", "--due", "-w", office).code == 1
    said = json.loads((office / "data" / "status.json").read_text("utf-8"))
    assert "chain_broken" in said["alarms"]
    assert (said["paused"], said["waiting"]) == (None, None)


def test_the_preview_counts_platforms_and_takes_a_named_zone(run: Run, office: Path):
    look_at_all(office)
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write('zone = "WIT"\njitter = 0.0\n')
    rows = json.loads(run("schedule", "preview", "-w", office, "--next", "2", "--by-platform", "--json").out)
    assert [row["accounts"] for row in rows] == [3, 3]
    assert datetime.fromisoformat(rows[0]["local"]).utcoffset() == 9 * HOUR
    assert "#accounts" in run("schedule", "preview", "-w", office, "--by-platform").out


def test_the_preview_says_which_accounts_with_an_interval_of_their_own_are_not_on_the_list(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        [there, *_] = accounts.load_accounts(lease)
    with (office / "scanner.toml").open("a", encoding="utf-8") as config:
        config.write(f'[schedule.accounts]\n"{there.id}" = 30\n"mastodon:salah@ketik.example" = 30\n')
    said = run("schedule", "preview", "-w", office).err
    assert said == "[schedule.accounts] mastodon:salah@ketik.example: not on the list, so it changes nothing\n"


def test_pause_stops_the_schedule_until_resume(run: Run, office: Path):
    paused = run("schedule", "pause", "-w", office, "--reason", "perintah ketua")
    assert (paused.code, "Paused until `scanner schedule resume`" in paused.err) == (0, True)
    tick = run("scan", "--due", "-w", office)
    assert (tick.code, "perintah ketua" in tick.err) == (0, True)
    assert "Paused: perintah ketua" in run("schedule", "preview", "-w", office).err
    assert "goes on" in run("schedule", "resume", "-w", office).err
    assert "was not paused" in run("schedule", "resume", "-w", office).err
    with open_workspace(office).store.lease("test") as lease:
        done = [one.action for one in audit.events(lease) if one.action.startswith("schedule.")]
    assert done == ["schedule.resume", "schedule.preview", "schedule.pause"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--reason", " "), "--reason: say why"),
        (("--reason", "uji", "--until", "2020-01-01"), "has passed"),
        (("--reason", "uji", "--until", "besok"), "is not a time like"),
        ((), "--reason"),
    ],
    ids=["no reason", "past", "no time", "nothing"],
)
def test_a_pause_needs_a_reason_and_an_end_that_lies_ahead(run: Run, office: Path, given: tuple[str, ...], said: str):
    ended = run("schedule", "pause", "-w", office, *given)
    assert (ended.code, said in ended.refusal) == (2, True)


def test_a_tick_with_nobody_due_says_when_somebody_is(run: Run, office: Path):
    look_at_all(office)
    ended = run("scan", "--due", "-w", office)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err.startswith("nothing is due before 20")
    told = json.loads(run("scan", "--due", "-w", office, "--json").out)
    assert (told["exit_code"], told["reason"][:14]) == (0, "nothing is due")


def test_who_is_due_is_shown_before_anybody_is_looked_at(run: Run, office: Path):
    shown = run("scan", "--due", "--dry-run", "-w", office)
    assert (shown.code, "3 accounts are due" in shown.out) == (0, True)
    told = json.loads(run("scan", "--due", "--dry-run", "-w", office, "--json").out)
    assert [one["late"] for one in told] == [False] * 3


def test_the_schedule_alone_decides_who_is_looked_at(run: Run, office: Path):
    ended = run("scan", "--due", "--platform", "x", "-w", office)
    assert (ended.code, "--due: the schedule decides" in ended.err) == (2, True)


def test_a_tick_beside_another_machine_is_refused_with_11(run: Run, office: Path):
    with open_workspace(office).store.lease("test") as lease:
        keepers.claim(lease, machine="1a2b3c4d", process=4711, now=datetime.now(UTC))
    ended = run("scan", "--due", "-w", office)
    assert (ended.code, "machine 1a2b3c4d (process 4711) keeps the schedule" in ended.err) == (11, True)
