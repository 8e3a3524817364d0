"""scanner queue: what waits for a reviewer."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.cli.options import JsonOption, WorkspaceOption
from scanner.cli.output import err, print_json, print_table

if TYPE_CHECKING:
    from scanner.review.queue import Item


def queue(
    workspace: WorkspaceOption = Path(),
    reviewer: Annotated[str, typer.Option(help="Whose queue.")] = getpass.getuser(),
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    overlap: Annotated[int | None, typer.Option(min=2, help="Judgements per flag; default from scanner.toml.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits for a reviewer, the nearest deadline first. Neither scores nor other views are shown.

    Example: scanner queue --reviewer sari --limit 10
    """
    from scanner.review.queue import count_waiting, waiting
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    wanted = overlap or opened.settings.review.overlap
    items = waiting(opened.store, reviewer=reviewer, overlap=wanted, limit=limit)
    if as_json:
        print_json([_plain(item) for item in items])
        return
    show(items)
    total = count_waiting(opened.store, reviewer=reviewer, overlap=wanted)
    err.print(f"{len(items)} of {total} waiting for {reviewer}. Judge with `scanner label`.", markup=False)


def show(items: list[Item]) -> None:
    """Print queue items as a table."""
    rows = [
        (time_left(item.due), item.flag.phase, ", ".join(item.flag.codes), item.account.id, _short(item.post.text))
        for item in items
    ]
    print_table("Antrean telaah (dugaan)", ("sisa", "fase", "kode", "akun", "unggahan"), rows)


def time_left(due: datetime) -> str:
    """Say in Indonesian how much time is left until a deadline."""
    hours = (due - datetime.now(UTC)).total_seconds() / 3600
    if hours < 0:
        return "lewat waktu"
    return f"{hours / 24:.0f} hari" if hours >= 48 else f"{hours:.0f} jam"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89]}…"


def _plain(item: Item) -> dict[str, Any]:
    return {
        "flag": item.flag.id,
        "account": item.account.id,
        "posted_at": item.flag.posted_at,
        "phase": item.flag.phase,
        "due": item.due,
        "codes": list(item.flag.codes),
        "text": item.post.text,
        "url": item.post.url,
    }
