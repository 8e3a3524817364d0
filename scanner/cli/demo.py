"""scanner demo: the whole way from gathering to the review queue, with no keys and no internet."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli import queue, scan
from scanner.cli import status as status_door
from scanner.cli.options import QuietOption
from scanner.cli.output import say

REVIEWER = "penelaah.satu"


def demo(
    folder: Annotated[Path, typer.Argument(help="Workspace to make or go on with.")] = Path("demo-workspace"),
    quiet: QuietOption = False,
) -> int:
    """Make a fictional province, serve its platform locally, and scan it for real. Run it again for the next day.

    Example: scanner demo
    """
    from scanner.demo.show import demo_day
    from scanner.report.status import read_status
    from scanner.review.queue import waiting

    with demo_day(folder) as day:
        workspace = day.workspace
        say("Second day: only what is new is gathered." if day.second_day else "First day in Nusa Rimba (fiktif).")
        with workspace.scan() as prepared:
            plan = prepared.plan(datetime.now(UTC))
            with scan.progress(len(plan.planned), quiet=quiet) as tick:
                summary = prepared.run(plan, kind="demo", progress=tick)
    scan.show(summary)
    overlap = workspace.settings.review.overlap
    status_door.show_coverage(read_status(workspace.store, overlap=overlap))
    queue.show(waiting(workspace.store, reviewer=REVIEWER, overlap=overlap, limit=8))
    program = _program()
    say(f"\nReview it:     {program} label --workspace {folder} --reviewer {REVIEWER}")
    say(f"See it all:    {program} status --workspace {folder}")
    say(f"The next day:  {program} demo {folder}")
    return summary.exit_code


def _program() -> str:
    """Return the command as the user can type it: the bare name where it is on the PATH, else the way to it."""
    started = Path(sys.argv[0])
    on_path = shutil.which("scanner")
    return "scanner" if on_path and Path(on_path).samefile(started) else str(started)
