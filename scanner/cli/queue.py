"""scanner queue: what waits for a reviewer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from scanner.cli.options import JsonOption, OverlapOption, ReviewerOption, WorkspaceOption
from scanner.cli.output import clean, print_json, print_table, say, shortened

if TYPE_CHECKING:
    from scanner.review.items import Item

_SHOWN = 110
"""Characters of a post shown in the table."""


def queue(
    reviewer: ReviewerOption,
    workspace: WorkspaceOption = Path(),
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    overlap: OverlapOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what waits for a reviewer, the nearest deadline first. Neither scores nor other views are shown.

    Example: scanner queue --reviewer sari --limit 10
    """
    from scanner.review.clock import clock_for
    from scanner.review.queue import count_waiting, waiting
    from scanner.workspace import open_workspace

    opened = open_workspace(workspace)
    wanted = overlap or opened.settings.review.overlap
    clock = clock_for([opened.election])
    items = waiting(opened.store, reviewer=reviewer, overlap=wanted, limit=limit, clock=clock)
    if as_json:
        print_json([_plain(item) for item in items])
        return
    show(items)
    total = count_waiting(opened.store, reviewer=reviewer, overlap=wanted)
    say(f"{len(items)} of {total} waiting for {reviewer}. Judge with `scanner label`.")


def show(items: list[Item]) -> None:
    """Print queue items as a table, each over as few lines as an 80-column terminal allows."""
    rows = [(time_left(item.due.at), item.phase, _in_short(item)) for item in items]
    print_table("Antrean telaah (dugaan)", ("sisa", "fase", "kode · akun · unggahan"), rows)


def time_left(due: datetime) -> str:
    """Say in Indonesian how much time is left until a deadline."""
    hours = (due - datetime.now(UTC)).total_seconds() / 3600
    if hours < 0:
        return "lewat waktu"
    return f"{hours / 24:.0f} hari" if hours >= 48 else f"{hours:.0f} jam"


def one_line(text: str) -> str:
    """Return the beginning of a post as one line that is safe for a terminal."""
    line = " ".join(text.split())
    return clean(line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…")


def _in_short(item: Item) -> Text:
    return Text.assemble(
        (", ".join(_codes(item)), "bold"),
        f" · {shortened(item.account.id, 58)}\n",
        one_line(item.post.text),
    )


def _codes(item: Item) -> tuple[str, ...]:
    return item.flag.codes if item.flag else ()


def _plain(item: Item) -> dict[str, Any]:
    return {
        "flag": item.id,
        "account": item.account.id,
        "posted_at": item.post.posted_at,
        "phase": item.phase,
        "due": item.due.at,
        "timer": item.due.timer,
        "codes": list(_codes(item)),
        "text": item.post.text,
        "url": item.post.url,
    }
