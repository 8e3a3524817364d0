"""scanner backfill: posts of past times, within what the law allows, with requests of their own, behind all scans."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.evidence import stamp_after_scan
from scanner.cli.logged import begin_log
from scanner.cli.options import DryRunOption, JsonOption, QuietOption, WorkspaceOption, moment, operator
from scanner.cli.output import print_json, say
from scanner.cli.scan import plain, plain_plan, progress, require_listed, show, show_plan
from scanner.cli.stopping import stopping
from scanner.domain.accounts import Platform
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.scan.backfill import Backfill


def backfill(
    first: Annotated[str, typer.Option("--from", help="Only posts from this time on (ISO 8601, UTC).")],
    last: Annotated[str, typer.Option("--to", help="Only posts before this time.")],
    max_requests: Annotated[int, typer.Option(min=1, help="So many requests in all, beside the daily budgets.")],
    workspace: WorkspaceOption = Path(),
    account: Annotated[list[str] | None, typer.Option(help="Only this account id; may be repeated.")] = None,
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; may be repeated.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Those too of whom a backfill saw all of it.")] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Look for posts of past times that were not gathered then; what may not be looked at is cut off and told.

    Killed or out of requests (exit 3), the same command goes on with the accounts that are left. It does not begin
    while a scan is under way (exit 11), all is paused or accounts are due (exit 75), and lets go when that comes about.
    Example: scanner backfill --from 2026-09-25 --to 2026-10-01 --max-requests 500 --dry-run
    """
    from scanner.collect.interface import Window
    from scanner.scan.backfill import plan_backfill
    from scanner.schedule.backfill import run_backfill
    from scanner.schedule.tick import utc_now
    from scanner.workspace import open_workspace

    asked, opened = Window(since=moment(first, "--from"), until=moment(last, "--to")), open_workspace(workspace)
    if asked.since and asked.until and asked.since >= asked.until:
        raise UsageError(f"--to {last}: not after --from {first}; nothing lies between them")
    if not dry_run:
        begin_log(opened, "backfill")
    seconds = opened.settings.schedule.account_seconds
    with opened.scan(account_seconds=seconds, max_requests=max_requests) as scan:
        only, platforms = frozenset(account or ()), frozenset(platform or ())
        planned = plan_backfill(scan, asked, datetime.now(UTC), only=only, platforms=platforms, again=again)
        require_listed(account or [], planned.plan, done=planned.seen)
        for line in planned.cut:
            say(line)
        if dry_run or not planned.plan.planned:
            _show(planned, max_requests, as_json=as_json)
            return 3 if planned.plan.refused and not dry_run else 0
        with progress(len(planned.plan.planned), quiet=quiet or as_json) as tick, stopping() as stop:
            summary = run_backfill(opened, scan, planned, by=operator(), stop=stop, clock=utc_now, progress=tick)
    print_json(plain(summary) | {"cut": planned.cut}) if as_json else show(summary)
    stamp_after_scan(opened)
    return summary.exit_code


def _show(planned: Backfill, max_requests: int, *, as_json: bool) -> None:
    """Tell what would be done: hosts, requests at least, accounts, and what is on record of these times already."""
    if as_json:
        window = asdict(planned.plan.window)
        told = {"window": window, "cut": planned.cut, "done_before": len(planned.seen), "posts_known": planned.known}
        print_json(plain_plan(planned.plan) | told | {"max_requests": max_requests})
        return
    show_plan(planned.plan)
    say(
        f"{len(planned.plan.planned)} accounts, {max_requests} requests at most; {planned.known} posts of these times "
        f"are on record; {len(planned.seen)} accounts left out, seen by an earlier backfill (--again takes them too)."
    )
