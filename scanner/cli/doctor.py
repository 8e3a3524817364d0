"""scanner doctor: what is wrong, and what to do next."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say

_MARKS = {"ok": "ok", "warning": "WARN", "failed": "FIX", "unchecked": "-"}


def doctor(
    workspace: WorkspaceOption = Path(),
    deep: Annotated[
        bool, typer.Option("--deep", help="Look at everything instead of a sample; takes minutes.")
    ] = False,
    probe: Annotated[bool, typer.Option("--probe", help="Ask the platforms too whether they answer.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Check the machine, the settings, the record and what runs by itself; say what to do next. Repairs nothing.

    Exit 0: all is well, 3: warnings only, 1: something is broken. Nothing leaves this machine without --probe.
    Example: scanner doctor
    """
    from scanner.doctor import examine

    checks = list(examine(workspace, deep=deep, probe=probe))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        rows = [(_MARKS[check.state], check.name, check.next_step or check.found) for check in checks]
        print_table("Doctor", ("", "check", "found, or what to do next"), rows)
        counts = Counter(check.state for check in checks)
        say(", ".join(f"{count} {state}" for state, count in counts.items()) + ".")
    states = {check.state.value for check in checks}
    return 1 if states & {"failed", "unchecked"} else 3 if "warning" in states else 0
