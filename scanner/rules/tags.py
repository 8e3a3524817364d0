"""Hashtags and addressed accounts: signals from other channels than the words of a post."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from scanner.domain.signals import Channel, Signal, Weight
from scanner.rules.lexicon import HashtagPattern, Hashtags
from scanner.rules.participants import Masked

TAG = re.compile(r"#\w+")
"""A hashtag of a normalised text."""
_NUMBER = re.compile(r"(?<!\d)0?([1-9]\d?)$")


@dataclass(frozen=True, slots=True)
class Tagger:
    """Finds hashtags of the catalogue."""

    patterns: tuple[tuple[re.Pattern[str], HashtagPattern], ...]
    anything: re.Pattern[str]
    """Any of the patterns: most hashtags meet none."""
    numbers: frozenset[int]
    """Ballot numbers that name somebody: empty while several elections are active."""

    def signals(self, masked: Masked, near: Callable[[int, int], str]) -> Iterator[Signal]:
        """Yield one signal for each code a hashtag meets.

        Its object is the name or number in the tag, otherwise what `near` finds beside it in the post.
        """
        text = masked.normalised.text
        if "#" not in text:
            return
        for tag in TAG.finditer(text):
            if not self.anything.fullmatch(tag[0]):
                continue
            met: dict[str, HashtagPattern] = {}
            for regex, pattern in self.patterns:
                if regex.fullmatch(tag[0]):
                    met.setdefault(pattern.code, pattern)
            start, end = masked.normalised.span(tag.start(), tag.end())
            kind = self._kind(masked, tag) or near(start, end)
            for code, pattern in met.items():
                yield Signal(
                    code=code,
                    entry=pattern.pattern,
                    weight=pattern.weight,
                    channel=Channel.HASHTAG,
                    start=start,
                    end=end,
                    quote=masked.normalised.original[start:end],
                    object_kind=kind,
                )

    def _kind(self, masked: Masked, tag: re.Match[str]) -> str:
        first = bisect_left(masked.segments, tag.start(), key=lambda segment: segment.start)
        for segment in takewhile(lambda segment: segment.end <= tag.end(), islice(masked.segments, first, None)):
            if segment.name.kind != "region":
                return segment.name.kind
        number = _NUMBER.search(tag[0])
        return "number" if number and int(number[1]) in self.numbers else ""


def tagger_of(hashtags: Hashtags, numbers: Sequence[int]) -> Tagger:
    """Return the tagger for the ballot numbers that resolve a participant."""
    return Tagger(
        patterns=tuple((re.compile(one.pattern), one) for one in hashtags.patterns),
        anything=re.compile("|".join(f"(?:{one.pattern})" for one in hashtags.patterns)),
        numbers=frozenset(numbers),
    )


def target_signal() -> Signal:
    """Return the signal of a post made to or repeated from an account of a participant. It quotes nothing."""
    return Signal(
        code="MEDSOS-SEBAR",
        entry="@{P}",
        weight=Weight.M,
        channel=Channel.TARGET,
        start=0,
        end=0,
        quote="",
        object_kind="participant",
    )
