"""Accounts at the terminal: how well each is seen, why not, and what to do; who is suspended is not named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from scanner.domain.runs import Outcome
from scanner.roster import read_roster
from scanner.store import persons
from scanner.workspace import open_workspace
from tests.cli.conftest import Run
from tests.cli.test_status import cover, words


def test_what_is_not_seen_is_told_with_why_and_what_to_do(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    ended = run("accounts", "-w", office)
    shown = words(ended.out)
    assert ended.code == 0
    assert "never (stale) Nothing; what is not public stays closed." in shown
    assert "The account is not public. " in shown
    assert " dikunci " in shown
    assert "never (stale) Run a scan, or wait for its turn in the schedule. Never looked at yet." in shown
    assert read_roster(office / "roster.csv").accounts[0].id not in ended.out
    assert "3 accounts listed, 2 not seen completely or not lately." in ended.err


def test_all_can_be_shown_and_one_alone(run: Run, office: Path):
    cover(office, Outcome.COMPLETE, Outcome.PRIVATE)
    well = read_roster(office / "roster.csv").accounts[0].id
    found = json.loads(run("accounts", "--all", "--json", "-w", office).out)
    assert [one["account_id"] for one in found] == sorted(one["account_id"] for one in found)
    [one] = json.loads(run("accounts", "--account", well, "--json", "-w", office).out)
    assert (one["account_id"], one["problem"], one["stale"], one["words"]) == (well, None, False, "seen completely")
    assert one["age"] < 600
    assert json.loads(run("accounts", "--platform", "x", "--json", "-w", office).out) == []


def test_an_account_that_is_not_listed_is_refused(run: Run, office: Path):
    ended = run("accounts", "--account", "x:siapa", "-w", office)
    assert ended.code == 2
    assert "--account x:siapa: not on the list" in ended.refusal


def test_who_is_suspended_is_neither_named_nor_counted(run: Run, office: Path):
    hidden = read_roster(office / "roster.csv").accounts[1]
    with open_workspace(office).store.lease("test") as lease:
        persons.suspend(lease, hidden.person_id, reason="keberatan", by="dian", at=datetime.now(UTC))
    ended = run("accounts", "--all", "-w", office)
    assert hidden.handle not in ended.out + ended.err
    assert "2 accounts listed" in ended.err
    assert run("accounts", "--account", hidden.id, "-w", office).code == 2


def test_showing_accounts_is_one_event(run: Run, office: Path):
    run("accounts", "-w", office)
    with open_workspace(office).store.lease("test") as lease:
        assert lease.rows("SELECT count(*) FROM audit WHERE action = 'accounts.show'") == [(1,)]
