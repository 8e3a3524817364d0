"""scanner dev: what is needed to work on the scanner itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scanner.cli.options import operator
from scanner.cli.output import say

app = typer.Typer(no_args_is_help=True, help="For work on the scanner itself: nothing here is about real people.")


@app.callback()
def about() -> None:
    """Keep the verb a group although it has one member."""


@app.command("make-posts")
def make_posts(
    posts: Annotated[int, typer.Argument(min=1, max=20_000_000, help="How many to add.")],
    folder: Annotated[Path, typer.Option("--workspace", "-w", help="Made when it is not there.")] = Path("ramai"),
) -> None:
    """Fill a workspace of its own with made-up posts, flags, judgements and runs of fictional people.

    Example: scanner dev make-posts 20000 -w ramai
    """
    from scanner.demo import many
    from scanner.demo.show import open_province

    opened = open_province(folder)
    order = many.Order(
        posts=posts,
        election=opened.election,
        codes=[code for code, known in opened.ruleset.codes.items() if known.enabled][:3],
        ruleset=opened.ruleset.id,
        model=opened.model.id,
        now=many.now(),
    )
    for done in many.make_posts(opened.store, order, by=operator()):
        say(f"{done:,} posts")
    say(f"{folder}: nobody in it is real. Publish it with `scanner snapshot publish -w {folder}`.")
