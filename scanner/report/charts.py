"""Charts as inline SVG: no library, no script, no request; colours come from the page's style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from scanner.classify.curves import Bin, Capacity, Cut
from scanner.classify.evaluate import Interval
from scanner.report.markup import count, number, text

_WIDTH, _HEIGHT = 360, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 18, 18, 44
_QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axes:
    """A frame from 0 to `right` by 0 to 1."""

    horizontal: str
    vertical: str
    right: float = 1.0

    def place(self, point: Point) -> Point:
        """Return where a point lies in the picture."""
        x, y = point
        return (
            _LEFT + x / self.right * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - y * (_HEIGHT - _TOP - _BOTTOM),
        )

    def path(self, points: Iterable[Point], kind: str) -> str:
        """Draw a line through points."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.place, points))
        return f'<polyline class="line {kind}" points="{places}"/>'

    def dot(self, point: Point, radius: float, kind: str, title: str) -> str:
        """Draw a dot that says what it is when pointed at."""
        x, y = self.place(point)
        return (
            f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{text(title)}</title></circle>'
        )

    def note(self, point: Point, words: str, kind: str, *, below: bool = False) -> str:
        """Write words beside a point, on the side where there is room."""
        x, y = self.place(point)
        left = point[0] > 0.7 * self.right
        x, y = x - 7 if left else x + 7, y + 16 if below else y - 6
        anchor = ' text-anchor="end"' if left else ""
        return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}"{anchor}>{text(words)}</text>'

    def picture(self, title: str, inside: str) -> str:
        """Put a drawing into its frame; `title` is read to those who cannot see it."""
        return (
            f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{text(title)}">'
            f"{self._grid()}{inside}{self._names()}</svg>"
        )

    def _grid(self) -> str:
        lines = []
        for share in _QUARTERS:
            (x, bottom), (_, top) = self.place((share * self.right, 0)), self.place((share * self.right, 1))
            (left, y), (right, _) = self.place((0, share)), self.place((self.right, share))
            lines += [
                f'<path class="grid" d="M{x:.1f} {bottom:.1f}V{top:.1f}M{left:.1f} {y:.1f}H{right:.1f}"/>',
                f'<text class="tick" x="{x:.1f}" y="{bottom + 14:.1f}" text-anchor="middle">{self._tick(share)}</text>',
                f'<text class="tick" x="{left - 6:.1f}" y="{y + 3.5:.1f}" text-anchor="end">{number(share, 2)}</text>',
            ]
        return "".join(lines)

    def _tick(self, share: float) -> str:
        value = share * self.right
        return number(value, 2) if self.right <= 1 else count(round(value))

    def _names(self) -> str:
        (left, _), (right, bottom) = self.place((0, 0)), self.place((self.right, 0))
        middle = _TOP + (_HEIGHT - _TOP - _BOTTOM) / 2
        return (
            f'<text class="name" x="{(left + right) / 2:.1f}" y="{bottom + 34:.1f}" text-anchor="middle">'
            f"{text(self.horizontal)}</text>"
            f'<text class="name" transform="translate(12 {middle:.1f}) rotate(-90)" text-anchor="middle">'
            f"{text(self.vertical)}</text>"
        )


def reliability_chart(bins: Sequence[Bin]) -> str:
    """Draw how often posts of a probability really carry the label; on the diagonal the model is honest."""
    axes = Axes("Peluang menurut model", "Bagian yang benar positif")
    most = max(one.posts for one in bins)
    dots = [
        axes.dot(
            (one.probability, one.share),
            3 + 3 * one.posts / most,
            "dot",
            f"{count(one.posts)} unggahan: peluang {number(one.probability)}, nyatanya {number(one.share)}",
        )
        for one in bins
    ]
    line = axes.path([(one.probability, one.share) for one in bins], "main")
    return axes.picture("Diagram keandalan", axes.path([(0, 0), (1, 1)], "ideal") + line + "".join(dots))


def precision_recall_chart(cuts: Sequence[Cut], threshold: Point, queued: Point, base: float) -> str:
    """Draw every cut of the ranking, and where threshold and queue stand on it (recall, precision)."""
    axes = Axes("Recall: bagian yang ditemukan", "Presisi: bagian yang tepat")
    points = [(cuts[0].recall, cuts[0].precision), *((cut.recall, cut.precision) for cut in cuts)]
    marks = [
        axes.dot(point, 5, f"dot {kind}", words) + axes.note(point, words, f"mark {kind}-mark", below=kind == "second")
        for point, kind, words in ((threshold, "first", "ambang"), (queued, "second", "antrean"))
        if all(map(isfinite, point))
    ]
    drawn = axes.path([(0, base), (1, base)], "ideal") + axes.path(points, "main")
    return axes.picture("Kurva presisi dan recall", drawn + "".join(marks))


def capacity_chart(capacities: Sequence[Capacity], volume: int) -> str:
    """Draw precision and recall by the number of posts a day that are read."""
    axes = Axes("Unggahan yang dibaca per hari", "Presisi dan recall yang diharapkan", right=volume)
    precision = [(one.read, one.precision) for one in capacities]
    recall = [(0.0, 0.0), *((one.read, one.recall) for one in capacities)]
    place = 3 * len(capacities) // 4
    notes = axes.note(precision[place], "presisi", "mark first-mark")
    notes += axes.note(recall[place], "recall", "mark second-mark", below=True)
    return axes.picture(
        "Kurva kapasitas penelaah", axes.path(precision, "main") + axes.path(recall, "second-line") + notes
    )


def whisker(one: Interval | None, width: int = 130) -> str:
    """Draw a share with its interval as a dot on a line, to run the eye down a column."""
    if one is None or not isfinite(one.low):
        return ""
    inner = width - 8
    low, middle, high = (4 + inner * min(max(value, 0.0), 1.0) for value in (one.low, one.value, one.high))
    return (
        f'<svg class="whisker" viewBox="0 0 {width} 14" width="{width}" height="14" aria-hidden="true">'
        f'<path class="grid" d="M4 7H{width - 4}M{4 + inner / 2:.0f} 3V11"/>'
        f'<path class="line main" d="M{low:.1f} 7H{high:.1f}"/>'
        f'<circle class="dot" cx="{middle:.1f}" cy="7" r="3.5"/></svg>'
    )
