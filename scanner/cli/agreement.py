"""scanner agreement: how far reviewers agree who read the same post blind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption, SinceOption, UntilOption, WorkspaceOption, operator, span
from scanner.cli.output import print_json, print_table, say
from scanner.domain.flags import Label

if TYPE_CHECKING:
    from scanner.classify.evaluate import Interval
    from scanner.review.agreement import Agreement, Agreements

_USES = {"referral_statistics": "reports and referral statistics", "reports": "reports", "none": "nothing yet"}


def agreement(
    workspace: WorkspaceOption = Path(),
    since: SinceOption = None,
    until: UntilOption = None,
    csv: Annotated[Path | None, typer.Option(help="Write all figures as CSV (UTF-8) to this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how far reviewers agree: Cohen's kappa, Krippendorff's alpha, Gwet's AC1 with 95 % bootstrap intervals.

    A post counts when its second blind reading falls into the period. Example: scanner agreement --csv agreement.csv
    """
    from scanner.report.spreadsheet import csv_text
    from scanner.review.agreement import flat, read_agreement
    from scanner.store.files import write_durably
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    first, last = span(since, until)
    found = read_agreement(opened.store, actor=operator(), ruleset=opened.ruleset, since=first, until=last)
    rows = list(flat(found))
    if csv is not None:
        write_durably(csv, csv_text(rows).encode(), mode=0o600)
        say(f"{csv}: {len(rows)} rows.")
    if as_json:
        print_json({"doubles": found.doubles, "since": first, "until": last, "agreement": rows})
    elif csv is None:
        show(found)


def show(found: Agreements) -> None:
    """Print all questions over all reviewers, and by pair those about labels and verdict."""
    from scanner.classify.slices import FEWEST
    from scanner.review.agreement import ENOUGH

    columns = ("question", "#read twice", "#same", "alpha", "AC1")
    rows = [(*_figures(one), _USES[one.use]) for one in found.overall]
    print_table(f"{found.doubles} posts read twice, blind", (*columns, "may be used for"), rows)
    pairs = [one for one in found.pairs if one.items >= FEWEST and one.question in {*Label, "verdict"}]
    if pairs:
        rows = [(" · ".join(one.reviewers), *_figures(one), _interval(one.kappa)) for one in pairs]
        print_table(f"Pairs with {FEWEST} posts or more in common", ("reviewers", *columns, "kappa"), rows)
    say(f"The lower bound of alpha counts, and only from {ENOUGH} posts on: 0.67 for reports, 0.80 for referrals.")


def _figures(one: Agreement) -> tuple[str, ...]:
    same = "-" if one.same is None else f"{one.same:.0%}"
    return str(one.question).replace("_", " "), str(one.items), same, _interval(one.alpha), _interval(one.ac1)


def _interval(one: Interval | None) -> str:
    return "-" if one is None else f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"
