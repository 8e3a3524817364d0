"""Which words of a post weighed most, either way: shown to reviewers beside the signals, without the score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import Family, cue_family, cue_names, text_families
from scanner.classify.model import Model
from scanner.classify.tokenise import tokens
from scanner.domain.flags import Label
from scanner.rules.matches import Matches
from scanner.text.normalise import normalise


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


def explain(model: Model, matches: Matches, *, most: int = 5) -> tuple[Explanation, ...]:
    """Explain one post for every head; at most `most` words and cues each way.

    A word weighs what the margin changes by with it: its weight in the genres that carry the label, each as much as
    the post is likely of it, less that in the others.
    """
    found = tokens(matches.masked)
    text = " ".join(token for token, _, _ in found)
    families = text_families([text], [matches.has_object], model.params)
    names = cue_names([matches])[0]
    cue = cue_family([names], model.params)
    weighed = np.sum([model.table[:, one.found.slots] @ one.values for one in (*families, cue)], axis=0)
    places, spans = _places([token for token, _, _ in found]), _spans(matches)
    explanations = []
    for head, rows in zip(model.heads, model.rows, strict=True):
        line = head.slopes(weighed[rows]) @ model.table[rows]
        spread = _spread(line, families, len(text) + 2)
        reasons = [
            _reason(matches, span, float(spread[first:last].sum()))
            for span, (first, last) in zip(spans, places, strict=True)
        ]
        weights = line[cue.found.slots] * cue.values
        explanations.append(
            Explanation(
                label=head.label,
                towards=tuple(sorted((one for one in reasons if one.weight > 0), key=lambda one: -one.weight)[:most]),
                away=tuple(sorted((one for one in reasons if one.weight < 0), key=lambda one: one.weight)[:most]),
                cues=tuple(sorted(zip(names, map(float, weights), strict=True), key=lambda one: -abs(one[1]))[:most]),
            )
        )
    return tuple(explanations)


def _spread(line: NDArray[np.float32], families: Sequence[Family], length: int) -> NDArray[np.float64]:
    """Spread the weight of every n-gram evenly over the characters it covers."""
    shares = np.zeros(length + 1)
    for family in families:
        found = family.found
        share = line[found.slots] * family.values / (found.ends - found.starts)
        np.add.at(shares, found.starts, share)
        np.subtract.at(shares, found.ends, share)
    spread: NDArray[np.float64] = np.cumsum(shares)[:length]
    return spread


def _places(words: list[str]) -> list[tuple[int, int]]:
    """Place of each token in the laid-out text, with the space before it."""
    ends = np.cumsum([len(word) + 1 for word in words]).tolist()
    return [(end - len(word) - 1, end) for word, end in zip(words, ends, strict=True)]


def _spans(matches: Matches) -> list[tuple[int, int]]:
    """Span of the original for every token of the masked text.

    The masked text is the normalised one with placeholders for names: tokens both share map one to one,
    a placeholder maps to the words it stands for.
    """
    normalised = normalise(matches.original)
    plain, masked = tokens(normalised.text), tokens(matches.masked)
    spans: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, [one[0] for one in masked], [one[0] for one in plain], autojunk=False)
    for kind, first, last, start, end in matcher.get_opcodes():
        whole = (plain[start][1], plain[end - 1][2]) if start < end else (0, 0)
        for index in range(first, last):
            here = plain[start + index - first][1:] if kind == "equal" else whole
            spans.append(normalised.span(*here))
    return spans


def _reason(matches: Matches, span: tuple[int, int], weight: float) -> Reason:
    start, end = span
    return Reason(start=start, end=end, quote=matches.original[start:end], weight=weight)
