"""scanner label: a reviewer judges by keyboard, blind to the score and to the other reviewer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import OverlapOption, ReviewerOption, WorkspaceOption


def label(
    reviewer: ReviewerOption,
    workspace: WorkspaceOption = Path(),
    overlap: OverlapOption = None,
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
