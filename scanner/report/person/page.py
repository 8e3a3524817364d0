"""index.html of a person's data: everything in it, escaped, Indonesian first, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from scanner.report.markup import heading, text
from scanner.report.person.texts import TABLES
from scanner.store.person_record import Rows


def page(tables: Mapping[str, Rows], at: str) -> str:
    """Return the page over tables that bear pseudonyms; `at` is when they were read."""
    template = Template(Path(__file__).parent.with_name("bundle.html").read_text(encoding="utf-8"))
    body = "\n".join([_opening(tables, at), *(_section(name, tables[name]) for name in ordered(tables))])
    return template.substitute(title="Data tentang Anda", body=body)


def ordered(tables: Mapping[str, Rows]) -> list[str]:
    """Return the names of tables in the order in which they are told."""
    return [*(name for name in TABLES if name in tables), *(name for name in tables if name not in TABLES)]


def _opening(tables: Mapping[str, Rows], at: str) -> str:
    links = "".join(f'<li><a href="#{text(name)}">{text(_titles(name)[0])}</a>' for name in ordered(tables))
    return (
        heading(1, "Data tentang Anda", "Data about you")
        + f"<p>{text(at)} UTC</p>"
        + '<p class="notice"><b>Dugaan, bukan putusan.</b> Mesin hanya meminta manusia melihat; yang menilai adalah '
        'manusia yang berwenang. <span lang="en"><b>Allegations, not verdicts.</b> The machine only asks people to '
        f"look; people with authority judge.</span></p><ul>{links}</ul>"
    )


def _section(name: str, rows: Rows) -> str:
    told = "".join(f"<article><table>{''.join(_cells(row))}</table></article>\n" for row in rows)
    return heading(2, *_titles(name), anchor=name) + told


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    for column, value in row.items():
        if value not in (None, "", "[]", "{}"):
            yield f"<tr><th>{text(column)}</th><td>{text(value)}</td></tr>"


def _titles(name: str) -> tuple[str, str]:
    return TABLES.get(name, (name, name))
