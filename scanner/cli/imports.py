"""scanner import: files that analysts already have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.logged import begin_log
from scanner.cli.options import WorkspaceOption, operator
from scanner.cli.output import say
from scanner.domain.accounts import Platform
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.scan.importing import FileSummary


def import_files(
    files: Annotated[list[Path], typer.Argument(help="Files of Zeeschuimer, 4CAT, twarc, yt-dlp, ... or any table.")],
    workspace: WorkspaceOption = Path(),
    column: Annotated[
        list[str] | None, typer.Option("--column", help="For tables: field=column, e.g. text=Isi; may be repeated.")
    ] = None,
    platform: Annotated[Platform | None, typer.Option(help="For tables without a platform column.")] = None,
) -> int:
    """Read files, keep what listed accounts wrote, score and flag it. Everybody else is counted and dropped.

    What cannot be read is quarantined with file, line and reason, and the exit code is 3.
    Example: scanner import zeeschuimer-export.ndjson
    """
    from scanner.scan.importing import Import
    from scanner.settings import mandate_of
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    begin_log(opened, "import")
    importing = Import(
        store=opened.store,
        detector=opened.detector,
        mandate=mandate_of(opened.settings),
        lookback_days=opened.settings.lookback_days,
        by=operator(),
        columns=_columns(column or []),
        platform=platform,
    )
    summary = importing.run(files, progress=_show)
    if summary.refused:
        say(
            f"{len(summary.refused)} accounts on the roster may not be looked at today, and their items were dropped: "
            "`scanner roster check` says why."
        )
    say(f"{summary.flagged.scored} versions scored, {summary.flagged.flagged} put before reviewers.")
    return summary.exit_code


def _show(done: FileSummary) -> None:
    say(f"{done.path}: {done.detected}")
    counts = done.ingested
    say(
        f"  {counts.tally.new} new, {counts.tally.changed} changed, {counts.tally.unchanged} known already · dropped: "
        f"{counts.unlisted} by people who are not listed, {counts.out_of_scope} out of service or window, "
        f"{counts.not_public} not public"
    )
    for rejected in done.examples:
        place = rejected.source if rejected.line is None else f"{rejected.source} line {rejected.line}"
        say(f"  {place}: {rejected.reason}")
    if counts.rejected:
        say(f"  {counts.rejected} items could not be read; all are in quarantine.")


def _columns(given: list[str]) -> dict[str, str]:
    columns = {}
    for item in given:
        name, found, column = item.partition("=")
        if not (found and name and column):
            raise UsageError(f"--column {item}: write field=column, for example text=Isi")
        columns[name] = column
    return columns
