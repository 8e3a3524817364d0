"""scanner scan: gather the public posts of the listed accounts, score them, put what met its elements before humans."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.evidence import stamp_after_scan
from scanner.cli.logged import begin_log
from scanner.cli.options import DryRunOption, JsonOption, QuietOption, WorkspaceOption, span
from scanner.cli.output import err, print_json, print_table, shortened
from scanner.cli.stopping import stopping
from scanner.domain.accounts import Platform
from scanner.domain.runs import Coverage, Cursor, Outcome
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.scan.plan import Plan
    from scanner.scan.run import Summary


def scan(
    workspace: WorkspaceOption = Path(),
    since: Annotated[str | None, typer.Option(help="Only posts from this time on (ISO 8601, UTC).")] = None,
    until: Annotated[str | None, typer.Option(help="Only posts before this time.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account id; may be repeated.")] = None,
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many accounts, longest unasked first.")] = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only who is due by [schedule], then the daily chores; for timers.")
    ] = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Gather, score and flag. Killed at any moment, the next scan goes on where this one stopped.

    With --due the record decides who is looked at: nobody due, a pause or another scan under way is exit 0 with the
    reason. Exit 3 when an account could not be covered completely. Example: scanner scan --platform mastodon
    """
    from scanner.collect.interface import Window
    from scanner.workspace import open_workspace

    if due:
        from scanner.cli.ticks import scan_due

        if since or until or account or platform or limit:
            raise UsageError("--due: the schedule decides who is looked at; it takes no other choice with it")
        return scan_due(workspace, dry_run=dry_run, as_json=as_json, quiet=quiet)
    first, last = span(since, until)
    window = Window(since=first, until=last)
    opened = open_workspace(workspace)
    if not dry_run:
        begin_log(opened, "scan")
    with opened.scan() as prepared:
        plan = prepared.plan(
            datetime.now(UTC),
            window=window,
            only=frozenset(account or ()),
            platforms=frozenset(platform or ()),
            limit=limit,
        )
        require_listed(account or [], plan)
        if dry_run:
            print_json(plain_plan(plan)) if as_json else show_plan(plan)
            return 0
        with progress(len(plan.planned), quiet=quiet or as_json) as tick, stopping() as stop:
            summary = prepared.run(plan, progress=tick, stop=stop)
    if as_json:
        print_json(plain(summary))
    else:
        show(summary)
    stamp_after_scan(opened)
    return summary.exit_code


@contextlib.contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Callable[[Coverage], None]]:
    """Show a bar on stderr that moves with every account that ends."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("Gathering"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[posts]} new posts"),
    )
    with Progress(*columns, console=err, disable=quiet) as bar:
        task = bar.add_task("accounts", total=total, posts=0)
        found = 0

        def tick(coverage: Coverage) -> None:
            nonlocal found
            found += coverage.tally.new
            bar.update(task, advance=1, posts=found)

        yield tick


def show_plan(plan: Plan) -> None:
    """Print what a scan would do: accounts, and what it would ask of each host at least."""
    rows = [
        (
            shortened(item.account.id),
            f"{item.window.since:%Y-%m-%d %H:%M}Z" if item.window.since else "",
            _from(item.cursor),
        )
        for item in plan.planned
    ]
    print_table("Would be gathered", ("account", "posts since", "goes on from"), rows)
    asked = [(one.host, one.platform, str(one.accounts), one.least, one.left) for one in plan.asked]
    print_table("Would be asked, at least", ("host", "platform", "accounts", "requests", "left for today"), asked)
    if plan.refused:
        refused = [(shortened(account.id), refusal.reason) for account, refusal in plan.refused]
        print_table("Would not be looked at", ("account", "why"), refused)


def _from(cursor: Cursor) -> str:
    if cursor.next_page is not None:
        return "a walk cut off"
    if cursor.sweep_began is not None:
        return "a full walk" if cursor.swept_at else "the beginning"
    return shortened(cursor.high_water or "what has changed", 16)


def plain_plan(plan: Plan) -> dict[str, Any]:
    """Return what a scan would do, for programs."""
    return {
        "accounts": [
            {"account": item.account.id, "host": item.host, "since": item.window.since, "until": item.window.until}
            for item in plan.planned
        ],
        "hosts": [asdict(one) for one in plan.asked],
        "not_tried": [{"account": account.id, "reason": refusal.reason} for account, refusal in plan.refused],
    }


def show(summary: Summary) -> None:
    """Print what a scan did: totals, and every account that was not covered completely."""
    tally, run = summary.tally, summary.run
    seconds = ((run.ended_at or run.started_at) - run.started_at).total_seconds()
    rows = [
        (
            "accounts",
            f"{len(summary.coverage)}, {sum(c.outcome is Outcome.COMPLETE for c in summary.coverage)} complete",
        ),
        ("posts", f"{tally.new} new, {tally.changed} changed, {tally.unchanged} as before"),
        ("scored", f"{summary.flagged.scored} versions, {summary.flagged.flagged} put before reviewers"),
        *_pictures(summary),
        ("took", f"{seconds:.1f} s, {sum(c.requests for c in summary.coverage)} requests"),
    ]
    print_table(f"Run {run.id}", ("", ""), rows)
    gaps = [
        (f"{shortened(item.account_id)}\n  {item.reason}", item.outcome)
        for item in summary.coverage
        if item.outcome is not Outcome.COMPLETE
    ]
    if gaps:
        print_table("Not covered completely (not observed is not clean)", ("account, and why", "coverage"), gaps)


def _pictures(summary: Summary) -> Iterator[tuple[str, str]]:
    """Tell of pictures only where flagged posts have any."""
    told = summary.pictures
    if told.fetched or told.missed or told.left:
        left = f", {told.left} left for the next scan" if told.left else ""
        yield "media", f"{told.fetched} pictures of flagged posts fetched, {told.missed} not fetched{left}"


def require_listed(asked: list[str], plan: Plan, done: Collection[str] = ()) -> None:
    """Raise UsageError for an account that is neither in a plan nor done before."""
    known = {item.account.id for item in plan.planned} | {account.id for account, _ in plan.refused} | set(done)
    if unknown := sorted(set(asked) - known):
        raise UsageError(f"--account {unknown[0]}: not on the list; `scanner roster list` shows the ids")


def plain(summary: Summary) -> dict[str, Any]:
    """Return what a scan did, for programs."""
    tally = summary.tally
    return {
        "run": summary.run.id,
        "versions": summary.run.versions,
        "started_at": summary.run.started_at,
        "ended_at": summary.run.ended_at,
        "exit_code": summary.exit_code,
        "posts": {"new": tally.new, "changed": tally.changed, "unchanged": tally.unchanged},
        "scored": summary.flagged.scored,
        "flagged": summary.flagged.flagged,
        "media": {
            "fetched": summary.pictures.fetched,
            "not_fetched": summary.pictures.missed,
            "left": summary.pictures.left,
        },
        "coverage": [
            {
                "account": c.account_id,
                "outcome": c.outcome,
                "reason": c.reason,
                "new": c.tally.new,
                "requests": c.requests,
            }
            for c in summary.coverage
        ],
    }
