"""Which words of a post weighed most, either way: shown to reviewers beside the signals, without the score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.classify.cues import Matches
from scanner.classify.features import Family, cue_family, cue_names, text_families, tokens
from scanner.classify.model import Model
from scanner.domain.flags import Label


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the original and how much it moved the margin: above 0 towards the label, below 0 away."""

    start: int
    """Code points into the original text, half open."""
    end: int
    quote: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a head scored a post as it did."""

    label: Label
    towards: tuple[Reason, ...]
    """Strongest first."""
    away: tuple[Reason, ...]
    """Strongest first."""
    cues: tuple[tuple[str, float], ...]
    """Cues of the rules and of the shape of the text, strongest first, either way."""


def explain(
    model: Model, matches: Matches, span: Callable[[int, int], tuple[int, int]], *, most: int = 5
) -> tuple[Explanation, ...]:
    """Explain one post for every head; at most `most` words and cues each way.

    `span` maps a span of the masked text to the original (`scanner.rules.participants.Masked.span`).
    """
    found = tokens(matches.masked)
    text = " ".join(token for token, _, _ in found)
    families, names = text_families([text], model.params), cue_names(matches)
    cue = cue_family([names], model.params)
    spread = [_spread(model, families, len(text) + 2, head) for head in range(len(model.heads))]
    places = _places([token for token, _, _ in found])
    explanations = []
    for number, head in enumerate(model.heads):
        reasons = [
            _reason(matches, span(start, end), float(spread[number][first:last].sum()))
            for (_, start, end), (first, last) in zip(found, places, strict=True)
        ]
        weights = model.table[number, cue.found.slots] * cue.values
        explanations.append(
            Explanation(
                label=head.label,
                towards=tuple(sorted((one for one in reasons if one.weight > 0), key=lambda one: -one.weight)[:most]),
                away=tuple(sorted((one for one in reasons if one.weight < 0), key=lambda one: one.weight)[:most]),
                cues=tuple(sorted(zip(names, map(float, weights), strict=True), key=lambda one: -abs(one[1]))[:most]),
            )
        )
    return tuple(explanations)


def _spread(model: Model, families: tuple[Family, ...], length: int, head: int) -> NDArray[np.float64]:
    """Spread the weight of every n-gram evenly over the characters it covers."""
    shares = np.zeros(length + 1)
    for family in families:
        found = family.found
        share = model.table[head, found.slots] * family.values / (found.ends - found.starts)
        np.add.at(shares, found.starts, share)
        np.subtract.at(shares, found.ends, share)
    spread: NDArray[np.float64] = np.cumsum(shares)[:length]
    return spread


def _places(words: list[str]) -> list[tuple[int, int]]:
    """Place of each token in the laid-out text, with the space before it."""
    ends = np.cumsum([len(word) + 1 for word in words]).tolist()
    return [(end - len(word) - 1, end) for word, end in zip(words, ends, strict=True)]


def _reason(matches: Matches, span: tuple[int, int], weight: float) -> Reason:
    start, end = span
    return Reason(start=start, end=end, quote=matches.original[start:end], weight=weight)
