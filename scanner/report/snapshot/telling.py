"""What lies beside the data: dictionary, README, and snapshot.json, by which a snapshot is checked years later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scanner import __version__
from scanner.report.snapshot.columns import View
from scanner.report.snapshot.generalise import Told
from scanner.report.snapshot.office import Office, Order
from scanner.store.migrations import MIGRATIONS

FORMAT = "scanner-snapshot/1"
ABOUT, README, SUMS = "snapshot.json", "README.md", "SHA256SUMS"
DICTIONARY, DICTIONARY_PAGE = "dictionary.json", "dictionary.md"
_TEMPLATE = Path(__file__).with_name("readme.md")


def about(
    order: Order, office: Office, counts: Mapping[str, int], told: Mapping[str, Told], left_out: int
) -> dict[str, Any]:
    """Return what a program has to know of a snapshot."""
    return {
        "format": FORMAT,
        "series": order.series,
        "made_at": order.at.isoformat(timespec="seconds"),
        "identifiable": order.with_text,
        "agreement": order.agreement or None,
        "smallest_group": order.smallest,
        "rows": dict(counts),
        "told": {name: asdict(one) for name, one in told.items()},
        "accounts_left_out": left_out,
        "versions": {
            "scanner": __version__,
            "schema": MIGRATIONS[-1].__name__,
            "rules": office.ruleset.id,
            "model": office.model.id,
            "election": office.election,
        },
    }


def dictionary(views: Iterable[View]) -> dict[str, Any]:
    """Return every column of every view: type, unit, meaning, and what an empty cell means."""
    return {view.name: {"row": view.row, "columns": [asdict(column) for column in view.columns]} for view in views}


def dictionary_page(views: Iterable[View], *, identifiable: bool) -> str:
    """Write the same for people."""
    lines = ["# Data dictionary", "", *(_WARNING if identifiable else [])]
    for view in views:
        lines += [f"## {view.name}", "", f"One row: {view.row}.", ""]
        lines += ["| column | type | meaning | unit or values | empty means |", "|---|---|---|---|---|"]
        lines += [
            _row((f"`{one.name}`", one.type, one.meaning, one.unit, one.null or "never empty")) for one in view.columns
        ]
        lines.append("")
    return "\n".join(lines)


_WARNING = ["**IDENTIFIABLE**: it holds people's own words, by which anybody can be found with a search engine.", ""]


def readme(told: Mapping[str, Any], file: str) -> str:
    """Write the page a researcher reads first."""
    values = {
        **{name: told[name] for name in ("series", "made_at", "smallest_group", "accounts_left_out")},
        **told["versions"],
        "file": file,
        "status": _status(told),
        "rows": "\n".join(_row((f"`{name}`", f"{rows:,}")) for name, rows in told["rows"].items()),
        "told": "\n".join(_steps(told["told"])),
    }
    return _TEMPLATE.read_text("utf-8").format(**values)


def dumped(value: object) -> bytes:
    """Write JSON that a person can read."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _status(told: Mapping[str, Any]) -> str:
    if told["identifiable"]:
        return f"**IDENTIFIABLE / DAPAT DIKENALI.** Given under the written agreement {told['agreement']}.\n\n{_MASKED}"
    return "Pseudonymous / pseudonim: no names, no handles, no words of anybody."


_MASKED = (
    "In the words these are replaced by `…`: handles, e-mail, addresses, numbers of eight digits and more (telephone, "
    "NIK, NIP), names of listed people, and names behind a form of address (*Pak*, *Ibu*, *H.* ...). **No model looked "
    "for names**: those of others without a form of address, or in small letters, stay. Names of those who take part "
    "in the election stay on purpose. A search engine finds whole sentences again: quote none, and pass nothing on."
)


def _steps(told: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    for name, one in told.items():
        for step, rows in one["steps"].items():
            if rows:
                yield _row((f"`{name}`", step, f"{rows:,}"))
        yield _row((f"`{name}`", "left out: too few alike", f"{one['left_out']:,}"))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
