"""scanner accounts: how well each listed account is seen, since when it is not, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.options import JsonOption, WorkspaceOption, operator
from scanner.cli.output import print_json, print_table, say, shortened
from scanner.domain.accounts import Platform
from scanner.domain.users import Language
from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report.health import Health


def accounts(
    workspace: WorkspaceOption = Path(),
    account: Annotated[list[str] | None, typer.Option(help="Only this account id; may be repeated.")] = None,
    platform: Annotated[list[Platform] | None, typer.Option(help="Only this platform; may be repeated.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Those that are seen completely too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the accounts that are not seen completely, or not lately: last success, error, and what to do.

    In order of id: nobody is ranked. Example: scanner accounts --platform tiktok
    """
    from scanner.report.health import account_health
    from scanner.store import audit
    from scanner.workspace import open_workspace

    opened, now = open_workspace(workspace), datetime.now(UTC)
    with opened.store.lease("accounts: how they are doing") as lease:
        found = account_health(lease, now, opened.rhythm.is_stale, account)
        detail = {"accounts": len(found)}
        audit.append(lease, actor=operator(), action="accounts.show", subject="accounts", detail=detail)
    if unknown := sorted(set(account or ()) - {one.account_id for one in found}):
        raise UsageError(f"--account {unknown[0]}: not on the list; `scanner roster list` shows the ids")
    shown = [one for one in found if not platform or one.platform in platform]
    ailing = [one for one in shown if one.problem or one.stale]
    chosen = shown if everybody or account else ailing
    if as_json:
        print_json([plain(one) for one in chosen])
        return
    show(chosen)
    say(f"{len(shown)} accounts listed, {len(ailing)} not seen completely or not lately. Not observed is not clean.")


def show(found: Sequence[Health]) -> None:
    """Print accounts with what is in the way and what to do."""
    if found:
        print_table("Accounts", ("account, and why", "last complete", "what to do"), [_row(one) for one in found])


def plain(one: Health) -> dict[str, Any]:
    """Return how an account is doing, for programs."""
    words = {"words": _words(one), "next": _next(one)}
    return asdict(one) | words | {"age": one.age.total_seconds() if one.age is not None else None}


def _row(one: Health) -> tuple[str, str, str]:
    seen = f"{ago(one.age)} ago" if one.age is not None else "never"
    why = "\n".join(f"  {line}" for line in (_words(one), one.reason) if line)
    return f"{shortened(one.account_id)}\n{why}", f"{seen}{' (stale)' if one.stale else ''}", _next(one)


def _words(one: Health) -> str:
    from scanner.web.language import say as words

    return words(Language.EN, f"health.{one.problem or 'fine'}")


def _next(one: Health) -> str:
    from scanner.web.language import say as words

    return words(Language.EN, f"health.{one.problem}_next") if one.problem else ""


def ago(age: timedelta) -> str:
    """Return a time in days, below two days hours, below two hours minutes."""
    for unit, size in (("days", timedelta(days=1)), ("h", timedelta(hours=1))):
        if age >= 2 * size:
            return f"{age // size} {unit}"
    return f"{age // timedelta(minutes=1)} min"
