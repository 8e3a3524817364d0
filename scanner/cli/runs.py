"""scanner runs: what ran, who began it, what it asked and brought, and how it ended. A killed run has no end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.groups import DefaultedGroup
from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.domain.runs import Coverage, Run

_SHOWN = 40
"""Accounts of one run that are named on the screen."""


class _Runs(DefaultedGroup):
    """`scanner runs` alone is `scanner runs list`."""

    default = "list"
    own = frozenset({"--help"})


app = typer.Typer(cls=_Runs, help="What ran and what it brought, kept 400 days; alone it lists the latest.")


@app.command("list")
def list_runs(
    last: Annotated[int, typer.Option(min=1, max=100_000, help="So many runs, the newest first.")] = 20,
    kind: Annotated[str | None, typer.Option(help="Only scan, import, refresh or demo.")] = None,
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """List the latest runs.

    Example: scanner runs list --last 50 --kind scan
    """
    from scanner.store import runs
    from scanner.store.locking import is_under_way
    from scanner.workspace import open_workspace

    store = open_workspace(workspace).store
    with store.lease("runs: list", reading=True) as lease:
        found, newest = runs.last_runs(lease, limit=last, kind=kind), runs.newest_scan(lease)
    told = list(with_states(found, newest if is_under_way(store.path.with_name("scan")) else None))
    if as_json:
        print_json([asdict(run) | {"state": state} for run, state in told])
        return
    rows = [_row(run, state) for run, state in told]
    columns = ("run", "began by", "#took", "ended", "accounts", "#new", "#asked")
    print_table("Runs", columns, rows)
    say("Accounts: complete / partial / failed / not tried. `scanner runs show RUN` tells of each.")


@app.command("show")
def show(
    run: Annotated[str, typer.Argument(help="Id of the run, or enough of its beginning.")],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show one run: who began it, for which posting times, what it asked and brought, and every account it missed.

    Example: scanner runs show scan-20261122T180000Z-1a2b3c
    """
    from scanner.store import audit, runs
    from scanner.store.covered import coverage_page
    from scanner.store.locking import is_under_way
    from scanner.workspace import open_workspace

    store = open_workspace(workspace).store
    with store.lease("runs: show one") as lease:
        found = runs.find_runs(lease, run)
        if len(found) != 1:
            raise UsageError(f"{run}: {_unclear(found)}; `scanner runs` lists the ids")
        newest = runs.newest_scan(lease)
        coverage = coverage_page(lease, found[0].id, hidden=(), limit=1_000_000)
        audit.append(lease, actor=operator(), action="run.show", subject=found[0].id, detail={})
    [(one, state)] = with_states(found, newest if is_under_way(store.path.with_name("scan")) else None)
    if as_json:
        print_json(asdict(one) | {"state": state, "coverage": [asdict(each) for each in coverage]})
        return
    print_table(f"Run {one.id}", ("", ""), list(_facts(one, state)))
    _show_gaps(coverage)


def with_states(found: Iterable[Run], scanning: str | None) -> Iterator[tuple[Run, str]]:
    """Yield runs with how they ended; `scanning` is the newest scan (`runs.newest_scan`) while one is under way.

    Whether an import without an end is under way, nobody knows.
    """
    for run in found:
        if run.exit_code is not None:
            yield run, f"exit {run.exit_code}"
        elif run.kind in ("scan", "demo"):
            yield run, "running" if run.id == scanning else "killed"
        else:
            yield run, "running or killed"


def _row(run: Run, state: str) -> tuple[str, ...]:
    accounts = "–" if run.complete is None else _accounts(run)
    return (
        shortened(run.id, 28),
        f"{run.trigger} {run.started_by}".strip(),
        took(run),
        state,
        accounts,
        _counted(run.new),
        _counted(run.requests),
    )


def _accounts(run: Run) -> str:
    return "/".join(_counted(one) for one in (run.complete, run.partial, run.failed, run.not_tried))


def _facts(run: Run, state: str) -> Iterator[tuple[str, str]]:
    yield "began", f"{_moment(run.started_at)}, {run.trigger}{run.started_by and f', by {run.started_by}'}"
    yield "ended", f"{_moment(run.ended_at)} after {took(run)}, {state}" if run.ended_at else state
    if run.note:
        yield "note", run.note
    if run.since or run.until:
        yield "posting times", f"{_moment(run.since)} to {_moment(run.until) if run.until else 'when the run began'}"
    if run.complete is not None:
        told = f"{run.complete:,} complete, {run.partial:,} partial, {run.failed:,} failed, {run.not_tried:,} not tried"
        yield "accounts", told
    if run.new is not None:
        yield "posts", f"{run.new:,} new, {_counted(run.changed)} changed, {_counted(run.missing)} gone"
    if run.requests is not None:
        later = f"{_counted(run.throttled)} asked us to come later"
        yield "requests", f"{run.requests:,}, {later}, {(run.bytes or 0) / 1e6:,.1f} MB received"
    yield "versions", run.versions


def _show_gaps(coverage: list[Coverage]) -> None:
    gaps = [one for one in coverage if one.reason]
    if gaps:
        rows = [(f"{shortened(one.account_id)}\n  {one.reason}", one.outcome) for one in gaps[:_SHOWN]]
        print_table("Not covered completely (not observed is not clean)", ("account, and why", "coverage"), rows)
    if len(gaps) > _SHOWN:
        say(f"and {len(gaps) - _SHOWN} more; `--json` names all.")


def took(run: Run) -> str:
    """Return how long a run took: 4:05 min or 1:02:09 h."""
    if run.ended_at is None:
        return "–"
    seconds = round((run.ended_at - run.started_at) / timedelta(seconds=1))
    return f"{seconds // 60}:{seconds % 60:02} min" if seconds < 3600 else f"{timedelta(seconds=seconds)} h"


def _unclear(found: list[Run]) -> str:
    if not found:
        return "there is no such run"
    return f"{len(found)} runs begin so: {', '.join(run.id for run in found[:3])}"


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}Z" if at else "–"


def _counted(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
