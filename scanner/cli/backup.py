"""scanner backup, scanner restore: copies against loss, encrypted, that do not bring back what was erased."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from scanner.cli.groups import DefaultedGroup
from scanner.cli.logged import begin_log
from scanner.cli.options import WorkspaceOption, operator
from scanner.cli.output import say

log = logging.getLogger(__name__)


class _Backup(DefaultedGroup):
    """`scanner backup FOLDER` makes one; the other steps are named."""

    default: ClassVar[str] = "make"
    own: ClassVar[frozenset[str]] = frozenset({"--help"})


app = typer.Typer(
    cls=_Backup, no_args_is_help=True, help="Copies against loss: encrypted with age, read back, gone after their days."
)

IdentityOption = Annotated[Path, typer.Option(help="File with the secret key that `keygen` wrote.")]
Backup = Annotated[Path, typer.Argument(help="File that `scanner backup` wrote.")]


@app.command("make")
def make(
    folder: Annotated[Path, typer.Argument(help="Folder for backups, better on another disk; made if needed.")],
    recipient: Annotated[str, typer.Option(help="Public key age1..., or a file in which it stands.")],
    workspace: WorkspaceOption = Path(),
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help="Keys of platforms too (secrets.toml).")] = False,
) -> None:
    """Write an encrypted backup, read it back and compare it, and remove those past their days.

    The desk may run meanwhile. Example: scanner backup make /mnt/cadangan --recipient age1qyq...
    """
    from scanner.report.backup.backup import Order, make_backup
    from scanner.report.backup.keys import recipient_of
    from scanner.store.erasures import NAME
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    begin_log(opened, "backup")
    order = Order(
        folder=folder,
        recipient=recipient_of(recipient),
        by=operator(),
        at=datetime.now(UTC),
        keep_days=opened.settings.backups.keep_days,
        secrets=with_secrets,
        model=opened.settings.model,
    )
    done = make_backup(opened.store, order)
    log.info("backup of %d files made, read back and compared; %d removed", done.checked.files, len(done.pruned))
    say(f"{done.path}: {done.checked.files} files, read back and compared; until {done.checked.expires_at:%Y-%m-%d}.")
    say(f"SHA-256: {done.sha256}. Keep {NAME}, which lies beside it, with the backups: restoring needs the newest one.")
    for name in done.pruned:
        say(f"{name}: past its days, removed")


@app.command("keygen")
def keygen(
    file: Annotated[Path, typer.Argument(help="File to write the secret key to; it must not be there.")],
) -> None:
    """Make a key for backups. Keep the file away from this machine: without it no backup can be read.

    Example: scanner backup keygen cadangan.key
    """
    from scanner.report.backup.keys import make_key

    public = make_key(file)
    say(f"{file} holds the secret key; keep it apart from workspace and backups. The public key, for --recipient:")
    typer.echo(public)


@app.command("verify")
def verify(backup: Backup, identity: IdentityOption) -> None:
    """Read a backup whole and compare every file with its manifest; needs no workspace.

    Example: scanner backup verify FILE.tar.zst.age --identity cadangan.key
    """
    from scanner.report.backup.backup import check
    from scanner.report.backup.keys import identity_of

    checked = check(_existing(backup), identity_of(identity))
    say(f"{checked.files} files, as its manifest says. Made {checked.made_at:%Y-%m-%d %H:%M} UTC by scanner")
    say(f"{checked.version}; expires {checked.expires_at:%Y-%m-%d}.")


def restore(
    backup: Backup,
    identity: IdentityOption,
    workspace: Annotated[Path, typer.Option("--workspace", "-w", help="New folder to restore into.")],
    erasures: Annotated[
        Path | None, typer.Option(help="The newest erasure list (erasures.log); it lies beside the backups.")
    ] = None,
    without_erasures: Annotated[
        str, typer.Option(help="Why there is no newer list; what was erased since comes back. Kept in the audit chain.")
    ] = "",
) -> None:
    """Restore a backup into an empty folder; what was erased since leaves again before anything can open it.

    Example: scanner restore FILE.tar.zst.age --identity cadangan.key -w baru --erasures erasures.log
    """
    from scanner.report.backup.keys import identity_of
    from scanner.report.backup.restore import restore as restored
    from scanner.report.backup.unpack import Order
    from scanner.workspace import LOGS, RESTORING

    done = restored(
        Order(
            backup=_existing(backup),
            identity=identity_of(identity),
            root=workspace,
            marker=RESTORING,
            by=operator(),
            at=datetime.now(UTC),
            erasures=erasures,
            without_erasures=without_erasures,
        )
    )
    (workspace / LOGS).mkdir(mode=0o700, exist_ok=True)  # no backup holds any; the doctor misses the folder
    say(f"{workspace}: {done.checked.files} files of {done.checked.made_at:%Y-%m-%d %H:%M} UTC restored and checked.")
    say(f"{done.replayed.accounts} accounts and {done.replayed.posts} posts, erased since, have left again.")
    say(f"The audit chain goes on behind event {done.head.seq} ({done.head.hash[:16]}): later events are not in it.")
    say("A later head seen elsewhere (timestamps, other copies) no longer fits this chain: note both, and why.")


def _existing(backup: Path) -> Path:
    from scanner.errors import UsageError

    if not backup.is_file():
        raise UsageError(f"{backup}: not there; a file that `scanner backup` wrote would be valid")
    return backup
