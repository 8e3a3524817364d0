"""scanner doctor: what is wrong, and what to do next."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table

_MARKS = {True: "ok", False: "FIX", None: "-"}


def doctor(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Check settings, mandate, rules, model, database, audit chain, roster and disk; say what to do next (exit 1).

    Example: scanner doctor
    """
    from scanner.doctor import examine

    checks = list(examine(workspace))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        rows = [(_MARKS[check.ok], check.name, check.next_step or check.found) for check in checks]
        print_table("Doctor", ("", "check", "found, or what to do next"), rows)
    return 0 if all(check.ok for check in checks) else 1
