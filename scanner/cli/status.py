"""scanner status: what ran, what was covered, what waits."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.domain.runs import Outcome

if TYPE_CHECKING:
    from scanner.report.status import Status

_SHOWN = 20
"""Accounts not covered completely that are named on the screen."""


def status(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show the last runs, the coverage of the roster, the queue, and the versions of model and rules.

    Example: scanner status --json
    """
    from scanner.report.status import read_status
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    found = read_status(opened.store, overlap=opened.settings.review.overlap)
    versions = {"model": opened.model.id, "rules": opened.ruleset.id, "election": opened.election.id}
    if as_json:
        print_json(asdict(found) | versions)
        return
    show_runs(found)
    show_coverage(found)
    rows = [
        ("posts on record", found.posts),
        ("put before reviewers", found.flagged),
        ("judged by all wanted", found.judged),
        ("judged, not yet by all", found.judged_once),
        ("in quarantine", found.quarantined),
        *versions.items(),
    ]
    print_table("Queue and versions", ("", ""), rows)


def show_runs(found: Status) -> None:
    """Print the last runs; a run without an end was killed or is still going."""
    rows = [
        (
            run.id,
            f"{run.started_at:%Y-%m-%d %H:%M}Z",
            "killed or going on" if run.ended_at is None else f"exit {run.exit_code}{run.note and f': {run.note}'}",
        )
        for run in found.runs
    ]
    print_table("Last runs", ("run", "started", "ended"), rows)


def show_coverage(found: Status) -> None:
    """Print how much of the roster was seen, and each account that was not seen completely."""
    counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(found.coverage.items()))
    say(f"{found.listed} accounts listed: {counts or 'none'}.")
    if found.gaps:
        rows = [
            (
                f"{shortened(gap.account_id)}\n  {gap.reason}",
                gap.outcome,
                f"{gap.last_complete:%Y-%m-%d}" if gap.last_complete else "never",
            )
            for gap in found.gaps[:_SHOWN]
        ]
        print_table("Not observed is not clean", ("account, and why", "coverage", "last complete"), rows)
        if len(found.gaps) > _SHOWN:
            say(f"and {len(found.gaps) - _SHOWN} more; `scanner status --json` names all.")
    elif found.coverage.get(Outcome.COMPLETE):
        say("Every listed account was covered completely by its last run.")
