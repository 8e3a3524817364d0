"""scanner roster: whom we may look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import DryRunOption, JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say, shortened

app = typer.Typer(no_args_is_help=True, help="The list of accounts that may be looked at, and its checks.")


@app.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(help="CSV with a header; see README for its columns.")],
    workspace: WorkspaceOption = Path(),
    dry_run: DryRunOption = False,
) -> int:
    """Read a roster CSV into the workspace. Rows that may not be listed are named and left out (exit 3).

    Example: scanner roster import roster.csv
    """
    from scanner.roster import read_roster
    from scanner.scan.listing import KeptOff, list_accounts
    from scanner.settings import mandate_of
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    mandate = mandate_of(opened.settings)
    roster = read_roster(file)
    for refusal in roster.refusals:
        say(str(refusal))
    off = KeptOff((), ())
    if not dry_run:
        off = list_accounts(opened.store, roster.accounts, mandate=mandate, by=operator())
    for account in off.removed:
        say(f"{account}: was taken off the list and stays off; `scanner roster restore` puts it back")
    for account in off.erased:
        say(f"{account}: its person was erased, so it is not listed; `scanner person relist` allows it again")
    verb = "would be listed" if dry_run else "listed"
    listed = len(roster.accounts) - len(off.removed) - len(off.erased)
    say(f"{listed} accounts {verb}, {len(roster.refusals)} rows refused.")
    return 3 if roster.refusals else 0


@app.command("list")
def list_roster(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show the listed accounts and how many stand on the list per unit.

    Example: scanner roster list --json
    """
    from scanner.roster import coverage_by_unit
    from scanner.store import audit
    from scanner.store.accounts import load_accounts
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("roster list") as lease:
        accounts = load_accounts(lease)
        detail = {"accounts": len(accounts)}
        audit.append(lease, actor=operator(), action="roster.show", subject="accounts", detail=detail)
    if as_json:
        print_json([{"id": a.id, "person_id": a.person_id, "unit": a.unit, "until": a.listed_until} for a in accounts])
        return
    rows = [(shortened(a.id), a.person_id, a.employment, a.confidence, a.listed_until) for a in accounts]
    print_table("Listed accounts", ("account", "person", "status", "confidence", "until"), rows)
    units = sorted(coverage_by_unit(accounts).items())
    print_table("Accounts per unit", ("unit", "# accounts"), units)


@app.command("check")
def check(
    workspace: WorkspaceOption = Path(),
    file: Annotated[Path | None, typer.Argument(help="A CSV to check instead of the list in the workspace.")] = None,
) -> int:
    """Say for each account whether it may be looked at today, and if not why (exit 3).

    Example: scanner roster check
    """
    from scanner.roster import read_roster, refuse_account, refuse_mandate
    from scanner.settings import mandate_of
    from scanner.store.accounts import load_accounts
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    today = opened.today()
    refusals = [refuse_mandate(mandate_of(opened.settings), today)]
    if file is None:
        with opened.store.lease("roster check") as lease:
            accounts = load_accounts(lease)
    else:
        roster = read_roster(file)
        accounts = list(roster.accounts)
        refusals += roster.refusals
    refusals += [refuse_account(account, today) for account in accounts]
    found = [refusal for refusal in refusals if refusal is not None]
    for refusal in found:
        say(str(refusal))
    say(f"{len(accounts)} accounts checked, {len(found)} problems.")
    return 3 if found else 0


Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.")]
ApprovedBy = Annotated[str, typer.Option(help="The second person; changing the list takes two.")]
ListedAccount = Annotated[str, typer.Argument(help="Account id as `scanner roster list` shows it.")]


@app.command("remove")
def remove(
    account: ListedAccount, reason: Reason, approved_by: ApprovedBy, workspace: WorkspaceOption = Path()
) -> None:
    """Take an account off the list. It is not looked at any more; what is stored waits for `purge`.

    Example: scanner roster remove mastodon:sari@server.id --reason "pensiun" --approved-by ketua
    """
    from scanner.store.accounts import remove_account
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("roster remove") as lease:
        remove_account(lease, account, reason=reason, by=operator(), approved_by=approved_by, at=datetime.now(UTC))
    say(f"{account} is off the list.")


@app.command("restore")
def restore(
    account: ListedAccount, reason: Reason, approved_by: ApprovedBy, workspace: WorkspaceOption = Path()
) -> None:
    """Put a removed account back on the list. Importing the roster again does not do that by itself.

    Example: scanner roster restore mastodon:sari@server.id --reason "salah hapus" --approved-by ketua
    """
    from scanner.store.accounts import restore_account
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("roster restore") as lease:
        restore_account(lease, account, reason=reason, by=operator(), approved_by=approved_by, at=datetime.now(UTC))
    say(f"{account} is on the list again.")
