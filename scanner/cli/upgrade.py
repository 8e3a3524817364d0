"""scanner upgrade: bring a workspace of an older scanner up to this one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import DryRunOption, WorkspaceOption, operator
from scanner.cli.output import say

if TYPE_CHECKING:
    from scanner.report.backup.backup import Order
    from scanner.report.backup.upgrade import Upgraded
    from scanner.workspace import Workspace

_PATIENCE = 5.0
"""Seconds to wait for the database: the desk, which keeps it, has to be stopped by hand."""


def upgrade(
    workspace: WorkspaceOption = Path(),
    dry_run: DryRunOption = False,
    backup: Annotated[
        Path | None, typer.Option(help="Folder for an encrypted backup first; needs --recipient.")
    ] = None,
    recipient: Annotated[str, typer.Option(help="Public key age1..., or a file in which it stands.")] = "",
) -> None:
    """Bring the database up to this scanner, behind a backup; stop the desk and the timer before.

    Without --backup and [backups] the database as it is stays in data/before-upgrade until the next erasing, at most
    seven days.
    Killed anywhere, it is as it was or wholly upgraded. Example: scanner upgrade --dry-run
    """
    from scanner.report.backup import upgrade as upgrading
    from scanner.store.upgrading import read_schema
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    order = _order(opened, backup, recipient, now)
    store = replace(opened.store, wait=_PATIENCE)
    schema = read_schema(store)
    if not schema.pending:
        say(f"Nothing to upgrade: the database is at {schema.old}.")
        return
    say(f"Schema {schema.old} -> {schema.new}: {', '.join(schema.pending)}.")
    if dry_run:
        say("Nothing was written.")
        return
    _show(upgrading.upgrade(store, order, by=operator(), at=now))


def _order(opened: Workspace, folder: Path | None, recipient: str, now: datetime) -> Order | None:
    """Return which backup is made first; none: the database is copied beside itself."""
    from scanner.errors import UsageError
    from scanner.report.backup.backup import Order
    from scanner.report.backup.keys import recipient_of

    kept = opened.settings.backups
    if (folder is None) != (not recipient):
        raise UsageError("--backup and --recipient go together: where to, and for whose key")
    if folder is None and not (kept.folder and kept.recipient):
        return None
    return Order(
        folder=folder or opened.root / kept.folder,
        recipient=recipient_of(recipient or kept.recipient),
        by=operator(),
        at=now,
        keep_days=kept.keep_days,
        model=opened.settings.model,
    )


def _show(done: Upgraded) -> None:
    if done.backup is not None:
        say(f"{done.backup.path}: as it was before, read back and compared.")
    if done.kept is not None:
        say(f"{done.kept}: the database as it was, until the next erasing, at most seven days.")
    say("Upgraded. Next: `scanner doctor`, then start the desk and the timer again.")
