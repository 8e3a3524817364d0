"""Which entries and cues stand in a text: the longest ones, in the sense that is meant."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from scanner.domain.signals import Weight
from scanner.rules.participants import PLACEHOLDER_WIDTH, Masked, Segment
from scanner.rules.patterns import BLANK_BOX, PARTICIPANT, PARTY, Cue, Hit, Pattern, Patterns
from scanner.rules.senses import Senses
from scanner.rules.views import Reader, View

_REST = re.compile(r"[\w⟨]")
OBJECTS = frozenset({PARTICIPANT, BLANK_BOX, PARTY})


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as the matcher reads it."""

    masked: Masked
    view: View

    def segment(self, index: int) -> Segment | None:
        """Return the name at a word of the view."""
        return self.masked.segment_at(self.view.starts[index])

    def plain(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the normalised text of a range of words."""
        return self.masked.plain(self.view.starts[first], self.view.ends[last - 1])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the span of the original text of a range of words."""
        return self.masked.normalised.span(*self.plain(first, last))


@dataclass(frozen=True, slots=True)
class Find:
    """An entry at its place: words of the view, half open."""

    pattern: Pattern
    first: int
    last: int
    slots: tuple[int, ...]
    """The words that name an object."""


@dataclass(frozen=True, slots=True)
class CueFind:
    """A cue of an exculpatory tag at its place."""

    cue: Cue
    first: int
    last: int


def read(masked: Masked, reader: Reader) -> Reading:
    """Read a text: plain words with the names in it shown as what they name."""

    def known(place: int) -> str:
        segment = masked.segment_at(place)
        if segment is None or (segment.in_tag and not _alone(masked.text, place)):
            return ""
        if segment.name.kind == "region":  # a region is no object: its words stay words (putri Indonesia)
            return " ".join(masked.normalised.text[segment.start : segment.end].split())
        return {"blank_box": BLANK_BOX, "party": PARTY}.get(segment.name.kind, PARTICIPANT)

    return Reading(masked=masked, view=reader.read(masked.text, known=known))


def _alone(text: str, place: int) -> bool:
    """Tell whether the name in a hashtag is all of it."""
    return text[place - 1] == "#" and _REST.match(text, place + PLACEHOLDER_WIDTH) is None


def find_all(reading: Reading, patterns: Patterns, reader: Reader, senses: Senses) -> tuple[list[Find], list[CueFind]]:
    """Find entries and cues. A find inside a longer one, and a word meant in its ordinary sense, is dropped."""
    hits = list(patterns.hits(reading.view))
    lean = reader.without_fillers(reading.view)
    if lean is not None:
        hits += patterns.hits(lean)
    finds = list(_finds(hits, reading))
    cues = [cue for cue in _cue_finds(hits) if _signs(cue, reading)]
    outer, tagged = _Outermost.of(finds), _Outermost.of(cues)
    longest = [
        find
        for find in finds
        if not outer.holds(find)
        and not (find.pattern.entry.weight is not Weight.H and not find.slots and tagged.holds(find))
        and not (not find.slots and senses.ordinary(reading.view, find.first, find.last))
    ]
    serious = _Outermost.of([find for find in longest if find.pattern.entry.weight is not Weight.L or find.slots])
    return longest, [cue for cue in cues if not serious.holds(cue)]


@dataclass(frozen=True, slots=True)
class _Outermost:
    """Ranges that no other range holds: both their beginnings and their ends rise."""

    firsts: list[int]
    lasts: list[int]

    @classmethod
    def of(cls, finds: Iterable[Find | CueFind]) -> _Outermost:
        firsts: list[int] = []
        lasts: list[int] = []
        for first, last in sorted({(find.first, -find.last) for find in finds}):
            if not lasts or -last > lasts[-1]:
                firsts.append(first)
                lasts.append(-last)
        return cls(firsts=firsts, lasts=lasts)

    def holds(self, find: Find | CueFind) -> bool:
        """Tell whether a longer range holds this one."""
        index = bisect_right(self.firsts, find.first) - 1
        if index < 0 or self.lasts[index] < find.last:
            return False
        return (self.firsts[index], self.lasts[index]) != (find.first, find.last)


def _finds(hits: Iterable[Hit], reading: Reading) -> Iterable[Find]:
    best: dict[tuple[str, int, int], Find] = {}
    for hit in hits:
        for pattern in hit.found:
            if isinstance(pattern, Cue):
                continue
            key = (pattern.entry.code, hit.first, hit.last)
            if key not in best:
                best[key] = Find(
                    pattern=pattern, first=hit.first, last=hit.last, slots=_slots(reading.view, hit, pattern)
                )
    return best.values()


def _cue_finds(hits: Iterable[Hit]) -> list[CueFind]:
    found = {
        (cue.tag.tag, cue.condition, hit.first, hit.last): CueFind(cue=cue, first=hit.first, last=hit.last)
        for hit in hits
        for cue in hit.found
        if isinstance(cue, Cue)
    }
    return list(found.values())


def _slots(view: View, hit: Hit, pattern: Pattern) -> tuple[int, ...]:
    named = tuple(index for index in range(hit.first, hit.last) if view.words[index] in OBJECTS)
    if named or pattern.number is None:
        return named
    return tuple(
        index
        for index in range(hit.first, hit.last)
        if view.words[index].isdecimal() and int(view.words[index]) == pattern.number
    )[:1]


def _signs(find: CueFind, reading: Reading) -> bool:
    """Tell whether the signs that belong to a cue stand beside it: `sumber:`, `/s`."""
    if not (find.cue.lead or find.cue.tail):
        return True
    text = reading.masked.normalised.text
    start, end = reading.plain(find.first, find.last)
    return text[:start].endswith(find.cue.lead) and text.startswith(find.cue.tail, end)
