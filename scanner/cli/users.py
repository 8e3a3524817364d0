"""scanner users: who may use the review desk."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import err, print_json, print_table, say
from scanner.domain.users import Language, Role, folded
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.review.users import Issued
    from scanner.store.connection import Store

app = typer.Typer(no_args_is_help=True, help="People who use the review desk: their roles, sign-in and recusals.")

Name = Annotated[str, typer.Argument(help="Name to sign in with; also the reviewer of judgements.")]
Prompt = Annotated[bool, typer.Option("--prompt", help="Ask for a chosen password instead of drawing one.")]


@app.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the person may do; one role each.")],
    agency: Annotated[str, typer.Option(help="The person's own agency (instansi): its people's posts are not shown.")],
    workspace: WorkspaceOption = Path(),
    display: Annotated[str, typer.Option(help="Name as shown; default: the name.")] = "",
    language: Annotated[Language, typer.Option(help="Language of the desk.")] = Language.ID,
    prompt: Prompt = False,
    as_json: JsonOption = False,
) -> None:
    """Add a person, and show once what they sign in with: a password and the code for an authenticator.

    Example: scanner users add sari --role reviewer --agency "Bawaslu Kabupaten Contoh"
    """
    from scanner.domain.users import User
    from scanner.review.users import add_user
    from scanner.workspace import open_workspace

    user = User(
        name=folded(name),
        display=display.strip() or name.strip(),
        role=role,
        agency=agency.strip(),
        created_at=datetime.now(UTC),
        language=language,
    )
    store = open_workspace(workspace).store
    issued = add_user(store, user, by=operator(), password=_asked() if prompt else None)
    _show(issued, as_json=as_json, chosen=prompt)
    _warn_of_unlisted(store, user.agency)


@app.command("reset")
def reset(name: Name, workspace: WorkspaceOption = Path(), prompt: Prompt = False, as_json: JsonOption = False) -> None:
    """Give a person a new password and a new authenticator code; all their sessions end at once.

    Example: scanner users reset sari
    """
    from scanner.review.users import reset_user
    from scanner.workspace import open_workspace

    store, now = open_workspace(workspace).store, datetime.now(UTC)
    issued = reset_user(store, name, by=operator(), now=now, password=_asked() if prompt else None)
    _show(issued, as_json=as_json, chosen=prompt)


@app.command("disable")
def disable(name: Name, workspace: WorkspaceOption = Path()) -> None:
    """Shut a person out at once. What they judged stays, under their name.

    Example: scanner users disable sari
    """
    from scanner.review.users import disable_user
    from scanner.workspace import open_workspace

    disable_user(open_workspace(workspace).store, name, by=operator(), now=datetime.now(UTC))
    say(f"{folded(name)} is shut out, and signed out everywhere.")


@app.command("enable")
def enable(name: Name, workspace: WorkspaceOption = Path()) -> None:
    """Let a person in again who was shut out.

    Example: scanner users enable sari
    """
    from scanner.review.users import enable_user
    from scanner.workspace import open_workspace

    enable_user(open_workspace(workspace).store, name, by=operator(), now=datetime.now(UTC))
    say(f"{folded(name)} may sign in again.")


@app.command("role")
def change_role(
    name: Name, role: Annotated[Role, typer.Argument(help="The new role.")], workspace: WorkspaceOption = Path()
) -> None:
    """Give a person another role; all their sessions end at once.

    Example: scanner users role sari adjudicator
    """
    from scanner.review import users
    from scanner.workspace import open_workspace

    users.change_role(open_workspace(workspace).store, name, role, by=operator(), now=datetime.now(UTC))
    say(f"{folded(name)} is {role.value} from the next sign-in on.")


@app.command("sign-out")
def sign_out(name: Name, workspace: WorkspaceOption = Path()) -> None:
    """End all sessions of a person at once.

    Example: scanner users sign-out sari
    """
    from scanner.review.users import end_sessions
    from scanner.workspace import open_workspace

    ended = end_sessions(open_workspace(workspace).store, name, by=operator(), now=datetime.now(UTC))
    say(f"{ended} sessions of {folded(name)} ended.")


@app.command("recuse")
def recuse(
    name: Name,
    workspace: WorkspaceOption = Path(),
    person: Annotated[list[str] | None, typer.Option(help="person_id of a listed relative; may be repeated.")] = None,
    agency: Annotated[list[str] | None, typer.Option(help="A further agency; may be repeated.")] = None,
    lift: Annotated[bool, typer.Option("--lift", help="Take these recusals back.")] = False,
) -> None:
    """Never show a person the posts of a listed relative or of a further agency. Their own agency is always hidden.

    Example: scanner users recuse sari --person PEG-0017
    """
    from scanner.review.users import recuse_user
    from scanner.workspace import open_workspace

    named = [*(person or ()), *(agency or ())]
    if not named:
        raise UsageError("recuse: nobody named; --person PEG-0017 or --agency 'Dinas Contoh' would be valid")
    store, now = open_workspace(workspace).store, datetime.now(UTC)
    more, off = ([], named) if lift else (named, [])
    held = recuse_user(store, name, by=operator(), now=now, add=more, lift=off)
    say(f"{folded(name)} is recused from {len(held)} persons or agencies besides their own agency.")
    _warn_of_unlisted(store, *more)


@app.command("list")
def list_users(workspace: WorkspaceOption = Path(), as_json: JsonOption = False) -> None:
    """Show everybody who may use the desk, and who may no more. From whom they are recused is counted, not named.

    Example: scanner users list --json
    """
    from scanner.store.users import load_users
    from scanner.workspace import open_workspace

    with open_workspace(workspace).store.lease("users list", reading=True) as lease:
        found = load_users(lease)
    if as_json:
        names = ("name", "display", "role", "language", "agency", "created_at", "disabled_at")
        print_json([{**{key: getattr(user, key) for key in names}, "recused": len(user.recused)} for user in found])
        return
    rows = [(user.name, user.role, user.agency, len(user.recused), user.disabled_at or "") for user in found]
    print_table("Pengguna meja telaah", ("nama", "peran", "instansi", "# benturan", "ditutup"), rows)


def _asked() -> str:
    """Ask for a password twice on the terminal; it never is an argument, which others could see."""
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _show(issued: Issued, *, as_json: bool, chosen: bool) -> None:
    if as_json:
        password = None if chosen else issued.password
        print_json({"name": issued.name, "password": password, "otpauth": issued.otpauth})
        return
    say(f"Shown once, for {issued.name} alone:")
    if not chosen:
        say(f"  password       {issued.password}")
    say(f"  authenticator  {issued.otpauth}")
    if err.is_terminal:
        import segno

        segno.make(issued.otpauth).terminal(out=sys.stderr, compact=True)


def _warn_of_unlisted(store: Store, *ones: str) -> None:
    """Say which recusals hide nothing, for a misspelt one would never be noticed."""
    from scanner.review.users import unlisted

    for one in unlisted(store, ones):
        say(f"No listed account is of {one!r}, so this hides nothing yet; if it should, write it as the roster does.")
