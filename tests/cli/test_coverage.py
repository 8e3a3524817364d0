"""The ledger on the screen: one sign a day, and what the signs mean."""

from __future__ import annotations

import json
from pathlib import Path

from scanner.store import audit
from scanner.workspace import open_workspace
from tests.cli.conftest import Run


def test_each_day_has_a_sign_and_the_signs_are_explained(run: Run, office: Path):
    ended = run("coverage", "-w", office, "--days", "3")
    assert ended.code == 0
    assert "·" in ended.out or "●" in ended.out
    assert "not observed is not clean" in ended.err


def test_programs_get_days_and_outcomes(run: Run, office: Path):
    rows = json.loads(run("coverage", "-w", office, "--days", "2", "--json").out)
    assert rows
    assert all(len(row["days"]) == 2 for row in rows)


def test_an_account_that_is_not_listed_is_named(run: Run, office: Path):
    ended = run("coverage", "-w", office, "--account", "x:tidak_ada")
    assert ended.code == 2
    assert "x:tidak_ada: not on the list" in ended.err


def test_showing_the_ledger_is_one_event_that_names_nobody(run: Run, office: Path):
    run("coverage", "-w", office, "--days", "2")
    with open_workspace(office).store.lease("test") as lease:
        [event] = [one for one in audit.events(lease) if one.action.startswith("coverage.")]
    assert (event.action, event.subject, event.detail) == ("coverage.show", "coverage", {"accounts": 3, "days": 2})
