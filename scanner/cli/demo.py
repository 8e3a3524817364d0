"""scanner demo: the whole way from gathering to the review queue, with no keys and no internet."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli import queue, scan
from scanner.cli import status as status_door
from scanner.cli.options import QuietOption
from scanner.cli.output import print_table, say

if TYPE_CHECKING:
    from scanner.workspace import Workspace

REVIEWER = "penelaah.satu"


def demo(
    folder: Annotated[Path, typer.Argument(help="Workspace to make or go on with.")] = Path("demo-workspace"),
    quiet: QuietOption = False,
    serve: Annotated[bool, typer.Option("--serve", help="Open the review desk afterwards, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(help="Port of the desk; 0: any that is free.")] = 8000,
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
    seen = read_status(workspace.store, overlap=overlap, now=datetime.now(UTC), is_stale=workspace.rhythm.is_stale)
    status_door.show_coverage(seen)
    queue.show(waiting(workspace.store, reviewer=REVIEWER, overlap=overlap, limit=8))
    program = _program()
    say(f"\nReview it:     {program} demo {folder} --serve    (in a browser, http://127.0.0.1:{port})")
    say(f"In a terminal: {program} label --workspace {folder} --reviewer {REVIEWER}")
    say(f"See it all:    {program} status --workspace {folder}")
    say(f"The next day:  {program} demo {folder}")
    if serve:
        _open_desk(workspace, port)
    return summary.exit_code


def _open_desk(workspace: Workspace, port: int) -> None:
    """Let the demo's people in and serve the desk on this machine alone."""
    from scanner.demo.people import let_in
    from scanner.web.bind import check_bind
    from scanner.web.desk import open_desk
    from scanner.web.serving import serve

    passes = list(let_in(workspace.store, now=datetime.now(UTC)))
    columns = ("nama", "peran", "kata sandi", "kode saat ini", "kunci autentikator")
    print_table("Masuk ke meja telaah", columns, [(p.name, p.role, p.password, p.code, p.secret) for p in passes])
    serve(open_desk(workspace), check_bind(port=port), ready=lambda address: say(f"Meja telaah: {address}  (Ctrl-C)"))


def _program() -> str:
    """Return the command as the user can type it: the bare name where it is on the PATH, else the way to it."""
    started = Path(sys.argv[0])
    on_path = shutil.which("scanner")
    return "scanner" if on_path and Path(on_path).samefile(started) else str(started)
