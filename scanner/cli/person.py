"""scanner person: what a listed person may ask for (UU 27/2022 art. 5 to 13): suspending, access, erasing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import DryRunOption, WorkspaceOption, operator
from scanner.cli.output import say

app = typer.Typer(no_args_is_help=True, help="The rights of the people on the list: suspend, resume, export, erase.")

Person = Annotated[str, typer.Argument(help="person_id as in the roster; all accounts of it are meant.")]
Reason = Annotated[str, typer.Option(help="Who asked and by which norm; kept in the audit chain, so name nobody.")]


@app.command("suspend")
def suspend(person: Person, reason: Reason, workspace: WorkspaceOption = Path()) -> None:
    """Hide a person everywhere at once: nothing is gathered, shown or exported until `resume`; nothing is erased.

    Example: scanner person suspend PEG-0042 --reason "keberatan 12/2026, UU 27/2022 ps. 10"
    """
    from scanner.store import persons
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("person suspend") as lease:
        done = persons.suspend(lease, person, reason=reason, by=operator(), at=datetime.now(UTC))
    say(f"{done} accounts suspended." if done else "Suspended before; nothing changed.")


@app.command("resume")
def resume(person: Person, reason: Reason, workspace: WorkspaceOption = Path()) -> None:
    """Let a suspended person be looked at and shown again.

    Example: scanner person resume PEG-0042 --reason "keberatan 12/2026 ditolak"
    """
    from scanner.store import persons
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("person resume") as lease:
        done = persons.resume(lease, person, reason=reason, by=operator(), at=datetime.now(UTC))
    say(f"{done} accounts are looked at and shown again." if done else "Not suspended; nothing changed.")


@app.command("export")
def export(
    person: Person,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder or .zip to write; it must not be there yet.")],
    workspace: WorkspaceOption = Path(),
) -> None:
    """Write everything on record about a person: for them to read (HTML) and to take along (JSON).

    Reviewers bear pseudonyms. Example: scanner person export PEG-0042 -o akses-0042.zip
    """
    from scanner.report.person.export import export_person
    from scanner.workspace import open_workspace

    store = open_workspace(workspace).store
    done = export_person(store, person, output, by=operator(), at=datetime.now(UTC))
    say(f"{output}: {sum(done.rows.values())} rows of {len(done.rows)} tables. SHA-256: {done.sha256}")
    say("It is personal data of one person: hand it to nobody else, and delete it once it is handed over.")


@app.command("erase")
def erase(
    person: Person,
    reason: Reason,
    workspace: WorkspaceOption = Path(),
    dry_run: DryRunOption = False,
    in_spite_of: Annotated[
        str, typer.Option(help="Reference of the decision by which what is referred or held goes all the same.")
    ] = "",
) -> int:
    """Erase a person: posts, listing and all that names them, from rows and bytes, and files handed out with them.

    Exit 3 when something is left to look after. Example: scanner person erase PEG-0042 --reason "permintaan 3/2026"
    """
    from scanner.store.erase import tidy
    from scanner.store.person_erase import Order, erase_person, preview
    from scanner.workspace import ROSTER, open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    holds = tuple(platform for platform, chosen in opened.settings.platforms.items() if chosen.legal_hold)
    order = Order(person=person, reason=reason, by=operator(), at=now, holds=holds, in_spite_of=in_spite_of)
    if not dry_run:
        tidy(opened.store, now, by=operator())  # the person of an earlier call that was killed is unknown by now
    done = preview(opened.store, order) if dry_run else erase_person(opened.store, order)
    verb = "would be erased" if dry_run else "erased; the database is written anew"
    say(f"{done.accounts} accounts, {done.posts} posts, {done.captures} raw answers {verb}.")
    for path in done.exports:
        say(f"{path}: {'would leave' if dry_run else 'has left'}, it may hold them")
    for path in done.left:
        say(f"{path}: may hold them and was altered since it was written, so it still lies there: look after it")
    for path in done.missing:
        say(f"{path}: may hold them and was not there any more; if somebody moved it, look after it")
    named = _names(opened.root / ROSTER, person)
    if named and not dry_run:
        say(f"{opened.root / ROSTER}: still names them; take out the rows, or the next import is told of it")
    return 3 if not dry_run and (done.left or done.missing or named) else 0


@app.command("relist")
def relist(
    account: Annotated[str, typer.Argument(help="Account id as `scanner roster import` tells it.")],
    reason: Reason,
    approved_by: Annotated[str, typer.Option(help="The second person; changing the list takes two.")],
    workspace: WorkspaceOption = Path(),
) -> None:
    """Let an account whose person was erased be listed again by the next `scanner roster import`.

    Example: scanner person relist x:sari --reason "SK-9/2027" --approved-by ketua
    """
    from scanner.store import person_marks
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("person relist") as lease:
        person_marks.relist(lease, account, reason=reason, by=operator(), approved_by=approved_by, at=datetime.now(UTC))
    say(f"{account} may be listed again.")


def _names(roster: Path, person: str) -> bool:
    """Tell whether the roster file still holds rows of a person."""
    return roster.exists() and person.strip().casefold() in roster.read_text("utf-8", errors="replace").casefold()
