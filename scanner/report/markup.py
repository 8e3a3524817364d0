"""Small pieces of HTML: everything that comes from data passes `text` before it reaches a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

from scanner.classify.evaluate import Interval

NOTHING = "–"
"""Shown where a figure cannot be told."""


def text(value: object) -> str:
    """Make any value harmless inside an element or a quoted attribute; what no screen shows becomes a dot."""
    return escape("".join(char if char.isprintable() or char in "\n\t" else "·" for char in str(value)))


def number(value: float, digits: int = 3) -> str:
    """Write a figure the Indonesian way, with a decimal comma; a dash for none."""
    return f"{value:.{digits}f}".replace(".", ",") if isfinite(value) else NOTHING


def count(value: int) -> str:
    """Write a whole number the Indonesian way: 12.345."""
    return f"{value:,}".replace(",", ".")


def interval(one: Interval | None) -> str:
    """Write a figure with its interval, as HTML."""
    if one is None or not isfinite(one.value):
        return NOTHING
    return f"{number(one.value)} <small>({number(one.low)}–{number(one.high)})</small>"


def heading(level: int, indonesian: str, english: str, anchor: str = "") -> str:
    """Write a heading, Indonesian first; `anchor` is what links lead to."""
    place = f' id="{text(anchor)}"' if anchor else ""
    return f'<h{level}{place}>{text(indonesian)} <small lang="en">{text(english)}</small></h{level}>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Write a table; cells are HTML already. Columns that begin with # hold figures."""
    marks = [' class="figure"' if column.startswith("#") else "" for column in columns]
    head = "".join(
        f"<th{mark}>{text(column.removeprefix('#'))}</th>" for column, mark in zip(columns, marks, strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f"<td{mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)) + "</tr>\n"
        for row in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>\n'
