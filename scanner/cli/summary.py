"""scanner summary: volumes, precision, time and what is overdue over a period, without names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption, SinceOption, UntilOption, WorkspaceOption, span
from scanner.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scanner.report.summary import Row, Share, Summary

_FEW = "< 10"
_UNNAMED = "not shown"


def summary(
    workspace: WorkspaceOption = Path(),
    since: SinceOption = None,
    until: UntilOption = None,
    html: Annotated[Path | None, typer.Option(help="Write one page with charts to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Sum a period up: volumes by week, precision by code, dismissed, reversed, time to decide, overdue.

    What is told of fewer than ten is hidden, and nothing is told by person or participant.
    Example: scanner summary --since 2026-11-01 --html summary.html
    """
    from scanner.report.summary import read_summary
    from scanner.report.summary_page import write_summary
    from scanner.review.clock import clock_for
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    first, last = span(since, until)
    due = clock_for([opened.election]).at
    found = read_summary(opened.store, due=due, now=datetime.now(UTC), since=first, until=last)
    if html is not None:
        write_summary(html, found)
        say(f"{html}: written.")
    if as_json:
        print_json(asdict(found))
    elif html is None:
        show(found)


def show(found: Summary) -> None:
    """Print the summary as tables."""
    weeks = [(week.monday, week.gathered, week.scored, week.flagged, week.judged) for week in found.weeks]
    print_table("Volumes", ("week from", "#gathered", "#scored", "#flagged", "#judged"), weeks)
    rows = [
        ("flagged", found.flagged, ""),
        ("suspected, of those settled", *_share(found.suspected)),
        ("dismissed, of those settled", *_share(found.dismissed)),
        ("reversed, of those adjudicated", *_share(found.reversed)),
        ("missed, of unflagged posts drawn", *_share(found.missed)),
        ("days to decide, median", "", _days(found.days_median)),
        ("days to decide, 90 of 100", "", _days(found.days_p90)),
        ("overdue", found.overdue, ""),
        ("settled late", found.late, ""),
    ]
    print_table("Decisions", ("measure", "#of", "#"), rows)
    for title, groups in (("Code", found.codes), ("Platform", found.platforms), ("Phase", found.phases)):
        _show_groups(title, groups)
    _show_groups("Unit", found.units)


def _show_groups(title: str, groups: Sequence[Row]) -> None:
    rows = [
        (row.name or _UNNAMED, _FEW if row.flagged is None else row.flagged, *_share(row.suspected)) for row in groups
    ]
    if rows:
        print_table(title, ("", "#flagged", "#settled", "#suspected"), rows)


def _share(share: Share) -> tuple[str, str]:
    if share.share is None:
        return _FEW, _FEW
    one = share.share
    return str(share.cases), f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def _days(value: float | None) -> str:
    return _FEW if value is None else f"{value:.1f}"
