"""scanner refresh: what the platforms' terms demand of stored posts: asked for again in time, or erased."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.logged import begin_log
from scanner.cli.options import DryRunOption, JsonOption, WorkspaceOption
from scanner.cli.output import print_json, print_table, say
from scanner.domain.accounts import Platform

if TYPE_CHECKING:
    from scanner.scan.refresh import Refreshed


def refresh(
    workspace: WorkspaceOption = Path(),
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; may be repeated.")] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> int:
    """Ask again for stored posts whose platform wants that, and erase what it wants erased, from the bytes too.

    Run it daily, after `scanner scan`. Exit 3 when something due could not be refreshed.
    Example: scanner refresh --dry-run
    """
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    if not dry_run:
        begin_log(opened, "refresh")
    with opened.refresh(datetime.now(UTC)) as prepared:
        done = list(prepared.run(only=frozenset(platform or ()), dry_run=dry_run))
    if as_json:
        print_json([asdict(one) for one in done])
    else:
        _show(done, dry_run=dry_run)
    return 3 if any(one.notes for one in done) else 0


def _show(done: list[Refreshed], *, dry_run: bool) -> None:
    columns = ("platform", "due", "seen again", "missing", "to confirm", "erased", "held", "overdue")
    rows = [
        (
            one.platform,
            str(one.due),
            str(one.tally.changed + one.tally.unchanged),
            str(one.missing),
            str(one.waiting),
            f"{one.erased.posts} posts, {one.erased.captures} raw answers",
            str(one.held),
            str(one.overdue),
        )
        for one in done
    ]
    print_table("Would be refreshed" if dry_run else "Refreshed", columns, rows)
    for one in done:
        for note in one.notes:
            say(f"{one.platform}: {note}")
