"""scanner verify: whether the evidence still stands."""

from __future__ import annotations

from pathlib import Path

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, say


def verify(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Check every captured byte against its hash and every audit event against the chain and its anchor.

    Exit 1 when anything does not agree. Example: scanner verify
    """
    from scanner.report.integrity import check_integrity
    from scanner.workspace import open_workspace

    report = check_integrity(open_workspace(workspace).store)
    if as_json:
        print_json({"captures": report.captures, "events": report.events, "problems": report.problems})
    else:
        say(f"{report.captures} captures and {report.events} audit events checked.")
        for problem in report.problems:
            say(problem)
        say("Everything agrees." if not report.problems else f"{len(report.problems)} problems.")
    return 1 if report.problems else 0
