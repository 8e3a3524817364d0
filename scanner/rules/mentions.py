"""Who and what a text names: where it stands, how near a deed is to it, and what of it conditions ask for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scanner.domain.signals import Mention, Signal, Weight
from scanner.rules.finds import Reading

REACH = 12
"""Words between a deed and the participant it is about, at most (rules catalogue, section 2d)."""

_FAR = 300
"""Code points that REACH words never fill: beyond them nothing is counted."""


def named_in(reading: Reading) -> Iterator[Mention]:
    """Yield who and what is named by name; a region is nobody."""
    original = reading.masked.normalised.original
    for segment in reading.masked.segments:
        if segment.name.kind != "region":
            start, end = reading.masked.normalised.span(segment.start, segment.end)
            yield Mention(ref=segment.name.ref, kind=segment.name.kind, start=start, end=end, quote=original[start:end])


def mention(reading: Reading, index: int, ref: str, kind: str) -> Mention:
    """Return the mention that one word of a reading is."""
    start, end = reading.span(index, index + 1)
    return Mention(ref=ref, kind=kind, start=start, end=end, quote=reading.masked.normalised.original[start:end])


def near(original: str, start: int, end: int, named: Sequence[Mention]) -> str:
    """Return the kind of the nearest object named within reach of a find that names none itself."""
    index = bisect_left(named, end, key=lambda one: one.start)
    gaps = [
        (len(original[max(one.end, end - _FAR) : start].split()), one.kind)
        for one in named[max(index - 1, 0) : index]
        if start - one.end < _FAR
    ]
    gaps += [
        (len(original[end : one.start].split()), one.kind) for one in named[index : index + 1] if one.start - end < _FAR
    ]
    gap, kind = min(gaps, default=(REACH + 1, ""))
    return kind if gap <= REACH else ""


def present(mentions: Sequence[Mention], signals: Sequence[Signal]) -> frozenset[str]:
    """Return what is there, in the letters of conditions: P participant, N number, B party, H strong signal."""
    letters = {"participant": "P", "blank_box": "P", "number": "N", "party": "B"}
    strong = any(one.weight is Weight.H and not one.negated and not one.quoted for one in signals)
    return frozenset({letters[mention.kind] for mention in mentions} | ({"H"} if strong else set()))
