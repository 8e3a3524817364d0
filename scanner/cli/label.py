"""scanner label: a reviewer judges by keyboard, blind to the score and to the other reviewer."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import OverlapOption, ReviewerOption, WorkspaceOption
from scanner.cli.output import say
from scanner.errors import ModelError

if TYPE_CHECKING:
    from scanner.review.similar import Finder
    from scanner.workspace import Workspace


def label(
    reviewer: ReviewerOption,
    workspace: WorkspaceOption = Path(),
    overlap: OverlapOption = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Stop after so many.")] = None,
) -> None:
    """Judge what waits for you: a suspected, x not a violation, space unsure, u undo, h guideline, q quit.

    What the machine saw and how similar posts were judged is shown after each judgement, never before.
    Example: scanner label --reviewer sari
    """
    from scanner.cli.labelling import Session
    from scanner.review.clock import clock_for
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    wanted = overlap or opened.settings.review.overlap
    finder = _finder(opened, wanted)
    session = Session(
        store=opened.store,
        reviewer=reviewer,
        overlap=wanted,
        zone=opened.election.region.tz,
        codes={code.code: code.name for code in opened.ruleset.codes.values()},
        clauses={clause.id: clause.text_id for clause in opened.ruleset.clauses.values()},
        clock=clock_for([opened.election]),
        similar=partial(finder.nearest, opened.store, reviewer=reviewer) if finder else lambda _item: (),
    )
    session.run(limit)


def _finder(opened: Workspace, overlap: int) -> Finder | None:
    """Return what finds similar posts; None when its encoder cannot be used, for judging does not need it."""
    from scanner.classify.written import is_kept

    try:
        finder = opened.finder(overlap)
    except ModelError as error:
        say(f"Unggahan serupa tidak ditampilkan: {error}")
        return None
    if not is_kept(opened.corpus, opened.ruleset, finder.encoder, opened.models):
        say(f"Contoh tertulis dibaca sekali dengan {finder.encoder.id}, setelah penilaian pertama; tunggu sebentar.")
    return finder
