"""scanner label: a reviewer judges by keyboard, blind to the score and to the other reviewer."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import WorkspaceOption


def label(
    workspace: WorkspaceOption = Path(),
    reviewer: Annotated[str, typer.Option(help="Name under which judgements are recorded.")] = getpass.getuser(),
    overlap: Annotated[int | None, typer.Option(min=2, help="Judgements per flag; default from scanner.toml.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
) -> None:
    """Judge what waits for you: a suspected, x not a violation, space unsure, u undo, h guideline, q quit.

    Example: scanner label --reviewer sari
    """
    from scanner.cli.labelling import Session
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    session = Session(
        store=opened.store,
        reviewer=reviewer,
        overlap=overlap or opened.settings.review.overlap,
        zone=opened.election.region.tz,
        codes={code.code: code.name for code in opened.ruleset.codes.values()},
        clauses={clause.id: clause.text_id for clause in opened.ruleset.clauses.values()},
    )
    session.run(limit)
