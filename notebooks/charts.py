"""What the notebooks share: opening a snapshot, tables a person can read, and one style for pictures."""

from __future__ import annotations

import html
import json
import os
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import matplotlib.pyplot as plt
from IPython.display import HTML
from matplotlib.figure import Figure

FEWEST = 10
"""Groups below this are not shown: too few to say anything, and few enough to recognise somebody."""
PAGE, INK, SOFT, RULE = "#ffffff", "#1a1f24", "#5b6670", "#d5dade"
BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7"),
    *("#56B4E9", "#D55E00", "#F0E442"),
)
"""Okabe and Ito (2008): told apart with any kind of colour vision. Shapes and hatches say it a second time."""
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


def use_style() -> None:
    """Set type, colours and grid for all pictures."""
    plt.rcParams.update(
        {
            "figure.facecolor": PAGE,
            "figure.figsize": (8, 4.2),
            "figure.dpi": 110,
            "savefig.dpi": 200,
            "font.family": "DejaVu Sans",
            "font.size": 9.5,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": SOFT,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "grid.color": RULE,
            "grid.linewidth": 0.7,
            "xtick.color": SOFT,
            "ytick.color": SOFT,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "legend.frameon": False,
            "hatch.linewidth": 0.6,
            "svg.fonttype": "none",
        }
    )


def finish(figure: Figure, name: str, *, title: str, english: str, source: str, shown: int = 1) -> None:
    """Put title, translation and source around a picture, show it, and keep it as pictures/<name>.png.

    Where nothing is to be shown (`shown` 0) it says so instead: an empty picture looks like a finding.
    """
    if "n = " not in source:
        raise ValueError(f"{name}: sebutkan banyaknya. Say of how many: the source needs 'n = ...'")
    if not shown:
        plt.close(figure)
        print(f"{title}: terlalu sedikit untuk ditampilkan. / {english} Too few to show.")
        return
    width, height = figure.get_size_inches()
    letters = int(width * 16)
    above, below = _wrapped(title, int(width * 9.3)), _wrapped(f"Sumber / source: {source}", letters)
    under = _wrapped(english, int(width * 14))
    top = 1 - (0.1 + 0.23 * len(above) + 0.17 * len(under) + 0.1) / height
    figure.tight_layout(rect=(0, (0.12 + 0.15 * len(below)) / height, 1, top))
    figure.text(0.012, 1 - 0.1 / height, "\n".join(above), va="top", fontsize=12.5, fontweight="bold", linespacing=1.25)
    start = 1 - (0.12 + 0.23 * len(above)) / height
    figure.text(0.012, start, "\n".join(under), va="top", fontsize=9.5, color=SOFT, linespacing=1.25)
    figure.text(0.012, 0.05 / height, "\n".join(below), va="bottom", fontsize=7.5, color=SOFT, linespacing=1.25)
    folder = Path("pictures")
    folder.mkdir(exist_ok=True)
    figure.savefig(folder / f"{name}.png")
    plt.show()


def interval(axes: Any, low: float, value: float, high: float, at: float, **style: Any) -> None:
    """Draw a figure with its interval as a dot on a horizontal line."""
    style = {"color": BLUE, "marker": "o", "markersize": 7, **style}
    axes.plot([low, high], [at, at], color=style["color"], linewidth=2, solid_capstyle="butt")
    axes.plot([value], [at], linestyle="none", **style)


def in_order(phases: Iterable[str | None]) -> list[str]:
    """Return the phases that occur in the order in which they come."""
    found = set(phases)
    return [phase for phase in PHASES if phase in found]


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters)
