"""How results are shown: tables for people on a terminal, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

err = Console(stderr=True, highlight=False)
"""For progress; messages go through `say`."""

_ROOMY = 100
"""Columns of a terminal from which nothing has to be shortened."""


def out() -> Console:
    """Return the console for data; wide when piped, so that nothing is cut off, unless COLUMNS says how wide."""
    console = Console(highlight=False)
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(highlight=False, width=200)


def say(message: str) -> None:
    """Write one message to stderr as one line, however long; what stands in files of others is made harmless."""
    err.print(Text(clean(message)), soft_wrap=True)


def print_json(value: object) -> None:
    """Write one JSON document to stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table to stdout. Cells are shown as they are: markup inside data is not obeyed."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        show_header=any(columns),
        box=None,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column, overflow="fold", justify="right" if column.startswith("#") else "left")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(clean(str(cell))) for cell in row))
    out().print(table)


def shortened(address: str, width: int = 38) -> str:
    """Return an account id or address, cut in the middle where the terminal is narrow; whole everywhere else."""
    if len(address) <= width or out().width >= _ROOMY:
        return address
    tail = width * 2 // 5
    return f"{address[: width - tail - 1]}…{address[-tail:]}"


def clean(text: str) -> str:
    """Make text of others safe for a terminal: control characters (escape sequences) become visible dots."""
    return "".join(char if char.isprintable() or char in "\n\t" else "·" for char in text)


def _plain(value: Any) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
