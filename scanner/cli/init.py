"""scanner init: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.output import say


def init(folder: Annotated[Path, typer.Argument(help="Folder to make.")] = Path()) -> None:
    """Make a workspace: settings, secrets, roster and folders.

    Example: scanner init pengawasan-2026
    """
    from scanner.scaffold import create_workspace

    workspace = create_workspace(folder)
    say(f"Workspace made in {workspace.root}.")
    say("Next: fill in [mandate] and election in scanner.toml, write roster.csv, then `scanner roster import`.")
