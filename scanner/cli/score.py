"""scanner score: a table of posts in, the same rows with probabilities, flags, codes and signals out."""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.cli.output import say
from scanner.domain.flags import Phase

_NAMED = 20
"""Rows that could not be scored are named up to this number, then only counted."""


def score(
    table: Annotated[
        str, typer.Argument(metavar="INPUT", help="JSONL, CSV or Parquet with a `text` column; - is stdin.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="JSONL, CSV or Parquet; - is stdout.")] = "-",
    model: Annotated[str, typer.Option(help="Shipped model or model folder.")] = "default",
    election: Annotated[
        list[str] | None, typer.Option(help="Election id whose participants are known; may be repeated.")
    ] = None,
    phase: Annotated[Phase, typer.Option(help="Phase of rows without a `posted_at`.")] = Phase.KAMPANYE,
) -> int:
    """Score posts without a workspace: no roster, no store, nobody is looked up.

    Rows without text or with an unreadable time are named on stderr and left out (exit 3).
    Example: scanner score posts.jsonl -o scored.parquet --election pilgub-lampung-2024
    """
    from scanner.classify.bundle import load_model
    from scanner.detect.reader import Reader
    from scanner.rules.election_files import load_election
    from scanner.rules.ruleset import load_ruleset
    from scanner.scan.scoring import score_table
    from scanner.workspace import model_folder

    reader = Reader(
        ruleset=load_ruleset(),
        model=load_model(model_folder(model)),
        elections=tuple(load_election(name) for name in election or ()),
    )
    bad = 0
    for bad, row in enumerate(score_table(table, output, reader, phase=phase), start=1):
        if bad <= _NAMED:
            say(str(row))
    if bad:
        say(f"{bad} rows left out{f', the first {_NAMED} of them named above' if bad > _NAMED else ''}.")
    return 3 if bad else 0
