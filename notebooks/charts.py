"""One style for all pictures of the notebooks: colours anybody can tell apart, and what stands around a picture."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

PAGE, INK, SOFT, RULE = "#ffffff", "#1a1f24", "#5b6670", "#d5dade"
BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW = (
    *("#0072B2", "#E69F00", "#009E73", "#CC79A7"),
    *("#56B4E9", "#D55E00", "#F0E442"),
)
"""Okabe and Ito (2008): told apart with any kind of colour vision. Shapes and hatches say it a second time."""


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


def _wrapped(text: str, letters: int) -> list[str]:
    return textwrap.wrap(text, letters)
