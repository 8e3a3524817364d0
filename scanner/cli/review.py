"""scanner review: judging without server and network, by a file that goes out and a file that comes back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.options import JsonOption, ReviewerOption, WorkspaceOption, operator
from scanner.cli.output import print_json, say
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report.export.returned import Returned
    from scanner.review.offline.export import Rules
    from scanner.review.offline.taking import Taken
    from scanner.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="Offline review: one file for a person, judged anywhere, taken back in.")


@app.command("export")
def export(
    reviewer: ReviewerOption,
    html: Annotated[Path | None, typer.Option(help="Page to write; needs neither server nor network.")] = None,
    labelstudio: Annotated[Path | None, typer.Option(help="Tasks for Label Studio (.json); settings beside.")] = None,
    doccano: Annotated[Path | None, typer.Option(help="Examples for doccano (.jsonl); categories beside.")] = None,
    workspace: WorkspaceOption = Path(),
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many posts at most.")] = 50,
) -> None:
    """Write what waits for a reviewer as one file: a page of our own, or for an annotation tool.

    The posts are kept for them for seven days; so long the file is valid. It is blind: no scores, no suggestions, no
    other views. Example: scanner review export --html telaah-sari.html --reviewer sari
    """
    from scanner.review.offline.export import Order, export_review
    from scanner.review.offline.forms import FORMS
    from scanner.workspace import open_workspace

    form, target = _form(html=html, labelstudio=labelstudio, doccano=doccano)
    opened = open_workspace(workspace)
    order = Order(reviewer=reviewer, by=operator(), at=datetime.now(UTC), limit=limit)
    done = export_review(opened.store, target, order, _rules(opened), form=FORMS[form])
    if not done.items:
        say(f"Nothing waits for {reviewer}; no file was written.")
        return
    until = f"{done.ticket.valid_until:%Y-%m-%d %H:%M} UTC"
    say(f"{target}: {done.items} posts, kept for {done.ticket.reviewer} until {until}. SHA-256: {done.sha256}")
    for ending in FORMS[form].beside:
        say(f"{target.with_suffix(ending)}: the settings of the tool; no personal data.")
    say("It holds personal data, and whoever has it judges in that name: hand it over in person, delete it afterwards.")


def _form(**targets: Path | None) -> tuple[str, Path]:
    """Return the one form that was asked for, and its file."""
    chosen = [(name, target) for name, target in targets.items() if target is not None]
    if len(chosen) != 1:
        raise UsageError(f"{len(chosen)} files named; name one: {', '.join(f'--{name} FILE' for name in targets)}")
    return chosen[0]


@app.command("import")
def import_judgements(
    files: Annotated[list[Path], typer.Argument(help="Files of the page or tool, or of `scanner export`.")],
    workspace: WorkspaceOption = Path(),
    as_json: JsonOption = False,
) -> int:
    """Take judgements back in: each is checked, appended once, and told what became of it.

    What comes too late is kept as a draft. An export of `scanner export reviews` changes nothing: it is compared.
    Exit 3 when something was refused; the rest goes in.
    Example: scanner review import putusan-sari-1a2b3c4d.json
    """
    from scanner.report.export.returned import is_export, take_back
    from scanner.review.keys import open_codes
    from scanner.review.offline.taking import Desk, take_file
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    exported = [path for path in files if is_export(path)]
    back = [take_back(opened.store, path, by=operator(), at=datetime.now(UTC)) for path in exported]
    desk = Desk(
        store=opened.store,
        codes={code.code for code in open_codes(opened.ruleset)},
        overlap=opened.settings.review.overlap,
        by=operator(),
        now=datetime.now(UTC),
    )
    done = [take_file(desk, path) for path in files if path not in exported]
    if as_json:
        print_json([*map(_plain, done), *map(asdict, back)])
    else:
        for one in done:
            show(one)
        for export in back:
            show_back(export)
    return 0 if all(one.whole for one in done) and all(one.whole for one in back) else 3


def show(done: Taken) -> None:
    """Say what became of a file, line by line."""
    if done.problem:
        say(f"{done.path}: refused: {done.problem}")
        return
    for line in done.lines:
        reason = f": {line.reason}" if line.reason else ""
        say(f"{done.path} {line.number} {line.item[:80]} {line.outcome}{reason}")
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.counts.items())) or "no judgements"
    say(f"{done.path}: {counts}, by {done.reviewer}.")


def show_back(back: Returned) -> None:
    """Say what became of an export that came back, row by row that was refused."""
    for one in back.refused:
        say(f"{back.path} {one.row} {one.id[:80]} refused: {one.reason}")
    if back.problem:
        say(f"{back.path}: refused: {back.problem}")
    refused = f", {len(back.refused)} refused" if back.refused else ""
    say(f"{back.path}: 0 new, {back.known} known{refused}.")


def _plain(done: Taken) -> dict[str, Any]:
    lines = [{"line": one.number, "item": one.item, "outcome": one.outcome, "reason": one.reason} for one in done.lines]
    return {"file": done.path, "reviewer": done.reviewer, "problem": done.problem, "judgements": lines}


def _rules(opened: Workspace) -> Rules:
    from zoneinfo import ZoneInfo

    from scanner.resources import data_folder
    from scanner.review.clock import clock_for
    from scanner.review.offline.export import Rules

    return Rules(
        overlap=opened.settings.review.overlap,
        clock=clock_for([opened.election]),
        ruleset=opened.ruleset,
        zone=ZoneInfo(opened.election.region.tz),
        guideline=(data_folder("keywords") / "pedoman.md").read_text("utf-8"),
    )
