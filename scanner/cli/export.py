"""scanner export: flags, judgements, texts of posts and agreement as a table with its README and dictionary."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import WorkspaceOption, moment, operator
from scanner.cli.output import say

if TYPE_CHECKING:
    from scanner.report.export.export import Exported, Order
    from scanner.store.exporting import Wanted
    from scanner.workspace import Workspace

Moment = Annotated[str | None, typer.Option(help="ISO 8601, UTC; half open.")]


def export(
    kind: Annotated[str, typer.Argument(help="flags, reviews, posts or agreement.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File (.csv, .xlsx, ...), folder or .zip to write.")],
    workspace: WorkspaceOption = Path(),
    chosen: Annotated[
        str | None, typer.Option("--format", help="csv, tsv, xlsx, jsonl or parquet; default: what the name ends in.")
    ] = None,
    posted_since: Moment = None,
    posted_until: Moment = None,
    captured_since: Moment = None,
    captured_until: Moment = None,
    account: Annotated[list[str] | None, typer.Option(help="Id of an account, as platform:handle; repeatable.")] = None,
    unsettled: Annotated[
        bool, typer.Option("--unsettled", help="Judgements too of items that others still judge: breaks blindness.")
    ] = False,
    excel: Annotated[
        bool, typer.Option("--excel", help="Begin CSV and TSV with the mark by which Excel knows UTF-8.")
    ] = False,
) -> None:
    """Write a table for people and programs outside, with a README that tells what it holds and what it left out.

    Example: scanner export reviews -o telaah.xlsx --posted-since 2026-11-01
    """
    from scanner.report.export.export import Order
    from scanner.report.export.package import place_of
    from scanner.store.exporting import Wanted
    from scanner.workspace import open_workspace

    place = place_of(output, chosen)
    wanted = Wanted(
        posted_since=moment(posted_since, "--posted-since"),
        posted_until=moment(posted_until, "--posted-until"),
        captured_since=moment(captured_since, "--captured-since"),
        captured_until=moment(captured_until, "--captured-until"),
        accounts=tuple(account or ()),
        unsettled=unsettled,
    )
    _check(kind, wanted, place.format, excel=excel)
    opened = open_workspace(workspace)
    order = Order(
        place=place,
        by=operator(),
        at=datetime.now(UTC),
        wanted=wanted,
        versions=_versions(opened),
        excel=excel,
    )
    done = _export(opened, kind, order)
    left_out = ", ".join(f"{count} {reason}" for reason, count in done.left_out.items()) or "nothing"
    say(f"{output}: {done.rows} rows of {kind}; left out: {left_out}. SHA-256: {done.sha256}")
    say("It holds personal data and is noted in the audit log: keep it only as long as needed, then delete it.")


def _check(kind: str, wanted: Wanted, form: str, *, excel: bool) -> None:
    from scanner.errors import UsageError
    from scanner.report.export.kinds import KINDS

    if kind not in KINDS:
        raise UsageError(f"{kind}: nothing of this name is exported; valid: {', '.join(KINDS)}")
    if wanted.unsettled and kind != "reviews":
        raise UsageError(f"--unsettled: only reviews hold judgements, {kind} does not")
    if excel and form not in ("csv", "tsv"):
        raise UsageError(f"--excel: is for csv and tsv; {form} needs no mark")
    for name in ("posted", "captured"):
        since, until = getattr(wanted, f"{name}_since"), getattr(wanted, f"{name}_until")
        if since and until and since >= until:
            raise UsageError(f"--{name}-until {until.isoformat()}: not after --{name}-since; nothing lies between them")


def _export(opened: Workspace, kind: str, order: Order) -> Exported:
    from scanner.report.export.export import export_agreement, export_rows
    from scanner.review.agreement import flat, read_agreement
    from scanner.store.exporting import Rows

    if kind != "agreement":
        return export_rows(opened.store, Rows(kind), order)
    return export_agreement(
        opened.store, flat(read_agreement(opened.store, actor=order.by, ruleset=opened.ruleset)), order
    )


def _versions(opened: Workspace) -> dict[str, str]:
    from scanner import __version__

    return {"scanner": __version__, "rules": opened.ruleset.id, "model": opened.settings.model}
