"""scanner config: whether the settings are in order, and what holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say

app = typer.Typer(no_args_is_help=True, help="The settings of a workspace: check them, show what holds and why.")


@app.command("check")
def check(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> int:
    """Check scanner.toml, secrets.toml and SCANNER_* in the environment; name all that is wrong, by file and line.

    Exit 1 when anything is. Example: scanner config check
    """
    from scanner.settings import problems_of

    problems = problems_of(workspace)
    if as_json:
        print_json(problems)
    for problem in () if as_json else problems:
        say(problem)
    if not problems and not as_json:
        say("The settings are in order; `scanner doctor` checks whether they fit this machine and this record.")
    return 1 if problems else 0


@app.command("show")
def show(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show every setting as it holds, and where it comes from: a line of a file, the environment, or the default.

    Secrets are shown as ***. Example: scanner config show --json
    """
    from scanner.effective import effective_settings

    found = effective_settings(workspace)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        print_table(
            "Settings", ("setting", "value", "from"), [(one.key, _text(one.value), one.source) for one in found]
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
