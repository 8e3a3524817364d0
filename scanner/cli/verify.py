"""scanner verify: whether the evidence still stands."""

from __future__ import annotations

import contextlib
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, say
from scanner.errors import StoreError


def verify(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Check offline every captured byte against its hash, and both chains, of captures and of audit events.

    What was changed or taken away is named, rows and files together too: exit 1. Example: scanner verify
    """
    from scanner.report.integrity import Verified, check_integrity, note_verified
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    report = check_integrity(opened.store, opened.authority.ca_file if opened.authority else None)
    if not report.problems and report.events:
        with contextlib.suppress(StoreError):  # whoever may only read may verify too
            note_verified(opened.data, Verified(report.events, datetime.now(UTC)))
    if as_json:
        print_json(asdict(report))
    else:
        say(f"{report.captures} captures and {report.events} audit events checked, {report.links} saved pages.")
        if report.timestamps:
            say(f"{report.timestamps} timestamps checked.")
        if report.erased:
            say(f"{report.erased} captures were erased by law; the audit chain says by whom and why.")
        if report.unnamed:
            say(f"{report.unnamed} evidence files have no capture, as after a kill; `scanner refresh` removes them.")
        for problem in report.problems:
            say(problem)
        say("Everything agrees." if not report.problems else f"{len(report.problems)} problems.")
    return 1 if report.problems else 0
