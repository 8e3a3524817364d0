"""Purge and backup once per local day, as the record says; what fails stops nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from scanner.report.backup.keys import make_key
from scanner.schedule import chores
from scanner.schedule.chores import do_chores, is_due
from scanner.store import audit, locking
from scanner.workspace import Workspace, open_workspace
from tests.conftest import Keep
from tests.offices import make_office, with_store

TWO = time(2, 0)
TODAY = date(2026, 11, 20)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def local(hour: int, minute: int = 0, day: date = TODAY) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def tried(day: date, *, done: bool = True, at: datetime | None = None) -> chores._Tried:
    return chores._Tried(day, at or local(2, day=day), done)


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        (None, local(1, 59), False),
        (None, local(2), True),
        (tried(TODAY - DAY), local(1, 59), False),
        (tried(TODAY - DAY), local(23), True),
        (tried(TODAY), local(23), False),
        (tried(TODAY - 3 * DAY), local(0, 1), True),
        (tried(TODAY, done=False), local(2, 59), False),
        (tried(TODAY, done=False), local(3), True),
    ],
    ids=[
        "before its time",
        "from its time on",
        "done yesterday, before its time",
        "done yesterday, late",
        "done today",
        "missed for days",
        "failed just now",
        "failed an hour ago",
    ],
)
def test_a_chore_is_due_once_a_day_from_its_time_on(last: chores._Tried | None, at: datetime, due: bool):
    assert is_due(TWO, last, at) is due
    assert not is_due(None, last, at)


@pytest.fixture
def office(tmp_path: Path, keep: Keep) -> Workspace:
    workspace = make_office(tmp_path / "w")
    config = workspace.root / "scanner.toml"
    config.write_text(config.read_text() + '\n[schedule]\npurge_at = "00:00"\n')
    return with_store(open_workspace(workspace.root), keep(workspace.store))


def events(workspace: Workspace, action: str) -> list[bool]:
    with workspace.store.lease("test") as lease:
        return [one.detail["done"] for one in reversed(audit.events(lease)) if one.action == action]


def test_a_purge_is_done_once_however_often_it_is_asked_for(office: Workspace):
    now = datetime.now(UTC)
    assert [do_chores(office, now) for _ in range(3)] == [()] * 3
    assert events(office, "schedule.purge") == [True]
    assert do_chores(office, now + DAY) == ()
    assert events(office, "schedule.purge") == [True, True]
    assert do_chores(office, now) == ()  # a clock set back by a day
    assert events(office, "schedule.purge") == [True, True]


def test_where_a_machine_is_never_on_at_the_time_of_a_chore_the_first_one_is_made_up_for_too(office: Workspace):
    config = office.root / "scanner.toml"
    config.write_text(config.read_text().replace('purge_at = "00:00"', 'purge_at = "23:59"'))
    evening = with_store(open_workspace(office.root), office.store)
    morning = datetime.combine(datetime.now(evening.zone).date(), time(9), evening.zone)
    assert [do_chores(evening, morning + days * DAY) for days in (0, 1)] == [(), ()]
    assert events(evening, "schedule.purge") == []
    do_chores(evening, morning + 2 * DAY)
    assert events(evening, "schedule.purge") == [True]


def test_a_clock_that_is_far_ahead_purges_nothing_and_says_so(office: Workspace):
    [said] = do_chores(office, datetime.now(UTC) + 3650 * DAY)
    assert said.startswith("purge: the clock says")
    assert events(office, "schedule.purge") == [False]
    assert do_chores(office, datetime.now(UTC)) == ()
    assert events(office, "schedule.purge") == [False, True]


def test_a_backup_that_cannot_be_made_keeps_no_purge_from_being_done(office: Workspace):
    config = office.root / "scanner.toml"
    config.write_text(config.read_text() + 'backup_at = "00:00"\n')
    opened = with_store(open_workspace(office.root), office.store)
    [said] = do_chores(opened, datetime.now(UTC))
    assert said.startswith("backup: scanner.toml [backups]: folder and recipient are not set")
    assert (events(office, "schedule.backup"), events(office, "schedule.purge")) == ([False], [True])


def test_a_backup_is_made_where_the_settings_say(office: Workspace, tmp_path: Path):
    public = make_key(tmp_path / "key")
    config = office.root / "scanner.toml"
    config.write_text(
        f'{config.read_text()}backup_at = "00:00"\n[backups]\nfolder = "../copies"\nrecipient = "{public}"\n'
    )
    opened = with_store(open_workspace(office.root), office.store)
    assert do_chores(opened, datetime.now(UTC)) == ()
    assert len(list((tmp_path / "copies").glob("*.age"))) == 1


def test_what_another_process_does_is_left_to_it(office: Workspace):
    with locking.held(office.store.path.with_name("chores"), "chores", wait=0):
        assert do_chores(office, datetime.now(UTC)) == ()
    assert events(office, "schedule.purge") == []
