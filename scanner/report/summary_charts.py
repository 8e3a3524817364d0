"""Charts of the summary as inline SVG: told apart by place and words, not by colour, and drawn in the text's colour.

Classes and presentation attributes only, no style: a strict content security policy shows them as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scanner.classify.slices import FEWEST
from scanner.report.markup import count, number, text
from scanner.report.summary import Row
from scanner.store.figures import Week

VOLUMES = {"gathered": "terkumpul", "scored": "diberi skor", "flagged": "ditandai", "judged": "dinilai"}
"""The volumes of a week in the order in which they follow from each other, with their Indonesian names."""

_WIDTH = 720
_LEFT, _RIGHT = 56, 704  # of the bars
_STRIP, _BAR = 88, 52  # heights of a strip and of its tallest bar
_FROM, _TO = 250, 560  # of the shares 0 and 1
_ROW = 26
_LONGEST = 36  # characters of a name that fit before the shares begin
_UNNAMED = "Tidak ditampilkan"


def volume_chart(weeks: Sequence[Week], title: str = "Volume per minggu", names: Mapping[str, str] = VOLUMES) -> str:
    """Draw each volume as a strip of bars, one for each week, all strips over the same weeks."""
    totals = {kind: sum(getattr(week, kind) for week in weeks) for kind in names}
    said = "; ".join(f"{name} {count(totals[kind])}" for kind, name in names.items())
    strips = (_strip(weeks, kind, name, place * _STRIP) for place, (kind, name) in enumerate(names.items()))
    bottom = len(names) * _STRIP
    return _picture(title, said, bottom + 18, "".join(strips) + _mondays(weeks, bottom + 12))


def share_chart(rows: Sequence[Row], title: str) -> str:
    """Draw the share of each group as a dot on its interval, from 0 to 1; a group that is not told says so."""
    height = len(rows) * _ROW
    said = "; ".join(f"{name_of(row)} {_told(row)}" for row in rows)
    drawn = "".join(_row(row, place * _ROW + _ROW / 2) for place, row in enumerate(rows))
    return _picture(title, said, height + 20, "".join(_scale(height)) + drawn)


def name_of(row: Row) -> str:
    """Return what a group is called; those of people that are not told have no names."""
    return row.name or _UNNAMED


def _picture(title: str, said: str, height: float, inside: str) -> str:
    """Put a drawing into its frame; title and description are read to those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" fill="currentColor" aria-label="{text(title)}">'
        f"<desc>{text(said)}</desc>{inside}</svg>"
    )


def _strip(weeks: Sequence[Week], kind: str, name: str, top: float) -> str:
    values = [getattr(week, kind) for week in weeks]
    most, base = max(values, default=0), top + _STRIP - 8
    bars = "".join(
        f'<rect class="bar" x="{x:.1f}" y="{base - _BAR * value / most:.1f}" width="{width:.1f}"'
        f' height="{_BAR * value / most:.1f}"><title>{week.monday}: {count(value)} {text(name)}</title></rect>'
        for week, value, (x, width) in zip(weeks, values, _places(len(weeks)), strict=True)
        if value
    )
    return (
        f'<text class="name" x="{_LEFT}" y="{top + 16}" font-size="13">{text(name)}</text>'
        f'<text class="tick" x="{_LEFT - 6}" y="{base - _BAR + 8}" font-size="11" text-anchor="end">'
        f"{count(most)}</text>"
        f'<path class="grid" d="M{_LEFT} {base}H{_RIGHT}" stroke="currentColor"/>{bars}'
    )


def _places(weeks: int) -> Iterator[tuple[float, float]]:
    """Yield left edge and width of the bar of each week."""
    step = (_RIGHT - _LEFT) / max(weeks, 1)
    width = min(0.8 * step, 40)
    yield from ((_LEFT + step * place + (step - width) / 2, width) for place in range(weeks))


def _mondays(weeks: Sequence[Week], y: float) -> str:
    """Write the date of every week, or of so many that they do not touch."""
    every = len(weeks) // 8 + 1
    marked = list(zip(weeks, _places(len(weeks)), strict=True))[::every]
    return "".join(
        f'<text class="tick" x="{x + width / 2:.1f}" y="{y}" font-size="11" text-anchor="middle">'
        f"{week.monday:%d-%m-%y}</text>"
        for week, (x, width) in marked
    )


def _scale(height: float) -> Iterable[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _at(share)
        yield f'<path class="grid" d="M{x:.1f} 0V{height}" stroke="currentColor" stroke-opacity="0.25"/>'
        yield (
            f'<text class="tick" x="{x:.1f}" y="{height + 14}" font-size="11" text-anchor="middle">'
            f"{number(share, 2)}</text>"
        )


def _row(row: Row, y: float) -> str:
    whole = name_of(row)
    short = whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"
    name = (
        f'<text class="name" x="{_FROM - 12}" y="{y + 4}" font-size="12" text-anchor="end">{text(short)}'
        f"<title>{text(whole)}</title></text>"
    )
    told = f'<text class="tick" x="{_TO + 12}" y="{y + 4}" font-size="12">{text(_told(row))}</text>'
    if row.suspected.share is None:
        return name + told
    low, value, high = (
        _at(share) for share in (row.suspected.share.low, row.suspected.share.value, row.suspected.share.high)
    )
    return (
        f'{name}<path class="line main" d="M{low:.1f} {y}H{high:.1f}" stroke="currentColor" stroke-width="2"/>'
        f'<circle class="dot" cx="{value:.1f}" cy="{y}" r="4.5"/>{told}'
    )


def _told(row: Row) -> str:
    """Say the share and of how many, or that there are too few."""
    if row.suspected.share is None or row.suspected.cases is None:
        return f"< {FEWEST}"
    return f"{number(row.suspected.share.value, 2)} (n = {count(row.suspected.cases)})"


def _at(share: float) -> float:
    return _FROM + (_TO - _FROM) * share
