"""Searches of TikTok's Research API: over at most thirty days each, and how far each has been read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from scanner.collect.platforms.tiktok_answers import Films

_SPAN = timedelta(days=29)
"""From the first to the last day of one search: thirty days with both."""
_FIRST = 1_472_688_000
"""Unix seconds of 2016-09-01, TikTok's first month."""


@dataclass(frozen=True, slots=True)
class Place:
    """A search over some days, and how far it has been read."""

    start: date
    end: date
    cursor: int = 0
    search_id: str = ""

    @classmethod
    def of(cls, token: str) -> Place | None:
        """Read a page token back; None when it is none of ours."""
        try:
            start, end, cursor, search_id = token.split("/", 3)
            return cls(date.fromisoformat(start), date.fromisoformat(end), int(cursor), search_id)
        except ValueError:
            return None

    @classmethod
    def ending(cls, end: date, floor: date) -> Place:
        """Return the search over the last days up to `end`, none of them before `floor`."""
        return cls(max(floor, end - _SPAN), end)

    @property
    def token(self) -> str:
        """The place as a page token."""
        return f"{self.start}/{self.end}/{self.cursor}/{self.search_id}"

    def after(self, found: Films, floor: date) -> Place | None:
        """Return where to go on: the next page of this search, else the days before it, else None."""
        if found.has_more:
            return replace(self, cursor=found.cursor, search_id=found.search_id)
        return self.ending(self.start - timedelta(days=1), floor) if self.start > floor else None


def day_of(native_id: str) -> date | None:
    """Return the day a film was made: the upper half of its id counts Unix seconds."""
    if not (native_id.isascii() and native_id.isdigit()):
        return None
    seconds = int(native_id) >> 32
    return datetime.fromtimestamp(seconds, UTC).date() if _FIRST <= seconds < 1 << 32 else None


def by_month(native_ids: Sequence[str]) -> Iterator[tuple[Place, list[str]]]:
    """Yield ids that one search can ask for: at most a hundred, of at most thirty days."""
    dated = sorted((day, one) for one in native_ids if (day := day_of(one)))
    while dated:
        start = dated[0][0]
        batch = [(day, one) for day, one in dated[:100] if day <= start + _SPAN]
        dated = dated[len(batch) :]
        yield Place(start, batch[-1][0]), [one for _, one in batch]
