"""Alarms stand when something needs a hand, and not a moment longer; what is not known is no alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.domain.runs import Coverage, Outcome, Run, Tally
from scanner.notify.notes import Alarm
from scanner.report.health import Health, Problem, account_health
from scanner.schedule import condition
from scanner.schedule.condition import backup_hours, chain_faults, condition_of, failed, silent_minutes
from scanner.schedule.metering import figures_of
from scanner.store import accounts, audit, keepers, pauses, runs
from scanner.store.signs import Signs, read_signs
from scanner.workspace import Workspace
from tests.conftest import Keep
from tests.offices import copy_office, make_office

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)
SIGNS = Signs(paused=False, seen_at=NOW, first_at=NOW - 90 * 24 * HOUR, exit_code=0, ended_at=NOW)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_office(tmp_path_factory.mktemp("made") / "office").root


@pytest.fixture
def office(made: Path, tmp_path: Path, keep: Keep) -> Workspace:
    return copy_office(made, tmp_path / "office", keep)


def found(office: Workspace) -> dict[Alarm, int | None]:
    return condition_of(office, figures_of(office, NOW), NOW)


def standing(office: Workspace) -> dict[Alarm, int]:
    return {alarm: number for alarm, number in found(office).items() if number}


def counted(health: list[Health]) -> int | None:
    return condition.of_accounts(health, paused=False)[Alarm.ACCOUNTS_RED]


def look(office: Workspace, *reasons: str, ago: timedelta = HOUR) -> None:
    """Put a look at the first accounts on record, with what it could not see."""
    with office.store.lease("test") as lease:
        listed = accounts.load_accounts(lease)
        run = Run(
            id="scan-1",
            kind="scan",
            started_at=NOW - ago,
            ended_at=NOW - ago,
            exit_code=0,
            versions="",
            trigger="schedule",
        )
        runs.start_run(lease, run)
        runs.finish_run(lease, run.id, ended_at=NOW - ago, exit_code=3)
        for one, reason in zip(listed, (*reasons, "", "", ""), strict=False):
            outcome = Outcome.PARTIAL if reason else Outcome.COMPLETE
            runs.save_coverage(lease, [Coverage("scan-1", one.id, outcome, reason, Tally(), 1, NOW - ago, NOW - ago)])


def test_a_new_office_has_nothing_that_needs_a_hand(office: Workspace):
    assert standing(office) == {}


def test_accounts_whose_key_is_refused_are_red_after_one_look(office: Workspace):
    look(office, "x.example: HTTP 401: the key is refused", "no key; set [platforms.x.keys]")
    assert standing(office) == {Alarm.ACCOUNTS_RED: 2}


def test_accounts_not_seen_for_two_intervals_are_red_and_a_schedule_not_heard_of_is_silent(office: Workspace):
    look(office, ago=48 * HOUR)
    assert standing(office) == {Alarm.ACCOUNTS_RED: 3, Alarm.SCHEDULE_SILENT: 48 * 60}


def test_accounts_that_nobody_can_open_are_no_alarm(office: Workspace):
    look(office, "mastodon says that this account is private", ago=2 * HOUR)
    with office.store.lease("test") as lease:
        lease.execute("UPDATE coverage SET outcome = 'private' WHERE reason <> ''")
    assert standing(office) == {}


def test_a_few_of_thousands_are_no_alarm_and_one_in_a_hundred_is(office: Workspace):
    with office.store.lease("test") as lease:
        [one] = account_health(lease, NOW, office.rhythm.is_stale)[:1]
    fine = replace(one, looked_at=NOW, succeeded_at=NOW, stale=False)
    failing = replace(fine, problem=Problem.OTHER, stale=True)
    assert counted([failing] * 9 + [fine] * 991) == 0
    assert counted([failing] * 10 + [fine] * 990) == 10


def test_while_the_schedule_is_paused_neither_silence_nor_age_is_told(office: Workspace):
    look(office, ago=48 * HOUR)
    with office.store.lease("test") as lease:
        pauses.pause(lease, until=None, reason="uji", by="ketua", at=NOW - HOUR)
    assert (standing(office), found(office)[Alarm.ACCOUNTS_RED]) == ({}, None)


def test_answers_of_an_unknown_shape_and_silent_canaries_are_told_by_account_and_platform(office: Workspace):
    look(
        office,
        "x.example: JSON of another shape",
        "the canary @kami showed no posts: the platform may have changed its format",
    )
    assert standing(office) == {Alarm.FORMAT_DRIFT: 1, Alarm.CANARY: 1}


def test_a_broken_audit_chain_is_found_wherever_it_is_broken(office: Workspace):
    with office.store.lease("test") as lease:
        for number in range(5):
            audit.append(lease, actor="a", action="b.c", subject=str(number), detail={}, at=NOW)
    assert chain_faults(office) == 0
    with office.store.lease("test") as lease:
        lease.execute("UPDATE audit SET actor = 'x' WHERE seq = 2")
    assert chain_faults(office) == 1


def test_an_anchor_that_is_lost_breaks_the_chain_too(office: Workspace):
    (office.data / "audit.head").write_text("bukan")
    assert chain_faults(office)


def test_a_disk_with_less_than_a_tenth_free_is_low(office: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(condition, "FREE", 0.1)
    usage = type(condition.shutil.disk_usage(office.data))
    monkeypatch.setattr(condition.shutil, "disk_usage", lambda _: usage(100 * 2**30, 95 * 2**30, 5 * 2**30))
    assert found(office)[Alarm.DISK_LOW] == 5 * 1024


def test_what_stands_in_a_record_that_cannot_be_read_is_not_known(office: Workspace):
    (office.root / "data" / "scanner.duckdb").write_bytes(b"bukan basis data")
    closed = Workspace(office.root, office.settings)
    known = condition_of(closed, figures_of(closed, NOW), NOW)
    assert set(known) <= {Alarm.DISK_LOW, Alarm.CHAIN_BROKEN}


def test_a_schedule_is_heard_of_by_its_keeper_and_its_runs(office: Workspace):
    look(office, ago=5 * HOUR)
    with office.store.lease("test") as lease:
        before = read_signs(lease, NOW).seen_at
        keepers.claim(lease, machine="a", process=1, now=NOW - MINUTE)
        assert (before, read_signs(lease, NOW).seen_at) == (NOW - 5 * HOUR, NOW - MINUTE)


@pytest.mark.parametrize(
    ("signs", "minutes"),
    [
        (SIGNS, 0),
        (replace(SIGNS, seen_at=None), 0),
        (replace(SIGNS, seen_at=NOW - 3.5 * HOUR), 0),
        (replace(SIGNS, seen_at=NOW - 3.5 * HOUR - MINUTE), 211),
        (replace(SIGNS, seen_at=NOW + HOUR), 0),
        (replace(SIGNS, seen_at=NOW - 9 * HOUR, paused=True), 0),
    ],
)
def test_silence_begins_half_an_hour_behind_the_interval(signs: Signs, minutes: int):
    assert silent_minutes(signs, 3 * HOUR, NOW) == minutes


@pytest.mark.parametrize(
    ("ago", "daily", "hours"), [(26 * HOUR, True, 0), (27 * HOUR, False, 27), (None, False, 0), (None, True, 90 * 24)]
)
def test_a_backup_is_old_after_26_hours_where_one_was_made_or_is_due(ago: timedelta | None, daily: bool, hours: int):
    assert backup_hours(SIGNS, NOW - ago if ago else None, NOW, daily=daily) == hours


@pytest.mark.parametrize(
    ("code", "ended", "since", "number"),
    [
        (0, NOW, None, 0),
        (3, NOW, NOW - HOUR, 0),
        (1, NOW, None, 1),
        (0, NOW - HOUR, NOW, None),
        (None, None, None, None),
    ],
)
def test_only_a_run_that_ended_later_ends_the_alarm_of_a_failed_one(code, ended, since, number):
    assert failed(replace(SIGNS, exit_code=code, ended_at=ended), since) == number
