"""scanner coverage: the ledger of what was seen of each account on each day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.domain.runs import Outcome
from scanner.errors import UsageError

_SIGNS = {
    Outcome.COMPLETE: "●",
    Outcome.PARTIAL: "◐",
    Outcome.PRIVATE: "p",
    Outcome.GONE: "g",
    Outcome.BLOCKED: "b",
    Outcome.NOT_TRIED: "-",
    None: "·",
}


def coverage(
    workspace: WorkspaceOption = Path(),
    days: Annotated[int, typer.Option(min=1, max=92, help="How many days, up to today (UTC).")] = 14,
    account: Annotated[list[str] | None, typer.Option(help="Only this account id; may be repeated.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show per account and day the best that any run saw. A day without a sign of its own was not observed.

    Example: scanner coverage --days 30 --account mastodon:sari@desa.example
    """
    from scanner.report.ledger import read_ledger
    from scanner.store import audit
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    with opened.store.lease("coverage: the ledger") as lease:
        ledger = read_ledger(lease, now.date(), days=days, only=account or ())
        detail = {"accounts": len(ledger.rows), "days": days}
        audit.append(lease, actor=operator(), action="coverage.show", subject="coverage", detail=detail, at=now)
    if unknown := sorted(set(account or ()) - {row.account_id for row in ledger.rows}):
        raise UsageError(f"--account {unknown[0]}: not on the list; `scanner roster list` shows the ids")
    if as_json:
        print_json(
            [
                {"account": row.account_id, "days": dict(zip(map(str, ledger.days), row.days, strict=True))}
                for row in ledger.rows
            ]
        )
        return
    rows = [(shortened(row.account_id), "".join(_SIGNS[day] for day in row.days)) for row in ledger.rows]
    span = f"{ledger.days[0]:%d %b} to {ledger.days[-1]:%d %b}"
    print_table(f"Coverage, {span} (UTC)", ("account", "days"), rows)
    say("● complete  ◐ partial  p private  g gone  b blocked  - not tried  · no run: not observed is not clean")
