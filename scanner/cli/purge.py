"""scanner purge: what is past its days leaves every store, and the bytes too."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.logged import begin_log
from scanner.cli.options import DryRunOption, JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from scanner.scan.receipt import Receipt
    from scanner.store.connection import Store

log = logging.getLogger(__name__)


def purge(
    workspace: WorkspaceOption = Path(),
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    new_key: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="The key of the tombstones is lost for good: begin anew with another."),
    ] = None,
    after_pause: Annotated[
        bool, typer.Option("--after-pause", help="The clock is right: nobody worked here for 60 days or more.")
    ] = False,
) -> int:
    """Erase what is past its days by the settings: posts, raw answers, pictures, exports, run history, logs.

    Run it daily, after `scanner scan`. What stays of a post is a keyed mark and a count. Exit 3 when an exported file
    was altered since and left alone, 75 when the disk has no room to write the database anew.
    Example: scanner purge --dry-run
    """
    from scanner.workspace import open_workspace

    now = datetime.now(UTC)
    opened = open_workspace(workspace)
    if not dry_run:
        begin_log(opened, "purge")
    if new_key is not None and not dry_run:
        _begin_anew(opened.store, new_key, now)
    prepared = opened.purge(now, by=operator())
    if not dry_run and not after_pause:
        prepared.require_clock()
    receipt = prepared.foresee() if dry_run else prepared.run()
    if not dry_run:
        log.info("%d stores rid of %d things", len(receipt.counts), sum(receipt.counts.values()))
    if as_json:
        print_json(receipt.told)
    else:
        _show(receipt, dry_run=dry_run)
    return 3 if receipt.left_alone else 0


def _begin_anew(store: Store, reason: str, now: datetime) -> None:
    from scanner.errors import UsageError
    from scanner.store import marks

    if not reason.strip():
        raise UsageError("--new-key: say how the key was lost")
    with store.lease("purge: a new key") as lease:
        marks.new_key(lease, reason=reason, by=operator(), at=now)


def _show(receipt: Receipt, *, dry_run: bool) -> None:
    title = "Would leave" if dry_run else "Left"
    print_table(
        title, ("", "#"), [(store, str(count)) for store, count in receipt.counts.items()] or [("nothing", "0")]
    )
    if receipt.held:
        print_table("Stays though past its days", ("", "#"), [(why, str(count)) for why, count in receipt.held.items()])
    for path in receipt.left_alone:
        say(f"{path}: {_why(Path(path))}")
    for path in receipt.missing:
        say(f"{path}: was not there any more; if somebody moved it, remove it yourself")
    if receipt.event is not None:
        say(f"Told by audit event {receipt.event}; the receipt is in data/receipts.")


def _why(path: Path) -> str:
    """Tell why an export still lies there, and what to do about it."""
    if not path.parent.is_dir():
        return "its folder is not there: mount the disk, or make the folder anew if all in it is gone for good"
    return "altered since it was exported, or not to be removed: remove it yourself if it holds posts"
