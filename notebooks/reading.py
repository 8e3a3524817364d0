"""What the notebooks read with: an open snapshot, tables a person can read, and counts that cannot mislead."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from IPython.display import HTML

FEWEST = 10
"""Groups below this are not shown: too few to say anything, and few enough to recognise somebody."""
PHASES = {
    "NON": "di luar tahapan",
    "PRA": "sebelum penetapan",
    "TETAP": "penetapan",
    "KAMPANYE": "kampanye",
    "TENANG": "masa tenang",
    "HARI_H": "hari pemungutan",
    "REKAP": "rekapitulasi",
    "PSU": "pemungutan ulang",
}
"""In the order in which they come."""


@dataclass(frozen=True)
class Snapshot:
    """An open snapshot."""

    folder: Path
    about: dict[str, Any]
    """Its snapshot.json."""
    connection: duckdb.DuckDBPyConnection

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """Ask it something; it can be read and nothing else."""
        return self.connection.sql(query)

    @property
    def source(self) -> str:
        """What stands below every picture."""
        made, versions = self.about["made_at"][:10], self.about["versions"]
        return (
            f"snapshot {self.about['series']} {made}, {versions['election']}; "
            f"rules {versions['rules']}, model {versions['model']}"
        )


def open_snapshot(folder: str | Path | None = None) -> Snapshot:
    """Open a snapshot: the one named, else $SCANNER_SNAPSHOT, else the latest of the workspace around this folder."""
    chosen = Path(folder or os.environ.get("SCANNER_SNAPSHOT") or "../data/snapshots/latest").resolve()
    files = sorted(chosen.glob("snapshot*.duckdb"))
    if not files:
        raise FileNotFoundError(
            f"{chosen}: di sini tidak ada snapshot. No snapshot here: `scanner snapshot publish` makes one, "
            "and `scanner notebook` opens it; or set SCANNER_SNAPSHOT to its folder."
        )
    config = {"enable_external_access": False, "threads": 2}
    connection = duckdb.connect(str(files[0]), read_only=True, config=config)
    return Snapshot(chosen, json.loads((chosen / "snapshot.json").read_bytes()), connection)


def table(rows: duckdb.DuckDBPyRelation | Sequence[Sequence[Any]], columns: Sequence[str] = ()) -> HTML:
    """Show the rows of a query, or rows with names of columns, as a table."""
    if isinstance(rows, duckdb.DuckDBPyRelation):
        rows, columns = rows.fetchall(), rows.columns
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join("<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in rows)
    return HTML(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def _cell(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return f'<td style="text-align:left">{html.escape(text)}</td>'
    return f"<td>{f'{value:,}' if isinstance(value, int) else f'{value:.3f}'}</td>"


def counted(found: int, seen: int, days: int, withheld: int = 0) -> str:
    """Say a count so that it cannot mislead: none only beside what was looked at, and few not exactly.

    `seen` of `days` account days were seen; `withheld` were found, but not told of which group they are.
    """
    if found >= FEWEST:
        return f"{found:,}"
    if found:
        return f"< {FEWEST}"
    if not seen:
        return "tidak teramati"
    more = f"; + {withheld:,} tak dirinci" if withheld else ""
    return f"0 (teramati {seen:,} dari {days:,} hari akun{more})"


def in_order(phases: Iterable[str | None]) -> list[str]:
    """Return the phases that occur in the order in which they come."""
    found = set(phases)
    return [phase for phase in PHASES if phase in found]
