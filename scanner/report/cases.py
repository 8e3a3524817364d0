"""The posts a model is most wrong about, each with what it saw in them: reading these teaches more than figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.classify.explain import Explanation, explain
from scanner.classify.judged import JudgedPost
from scanner.detect.reader import Reader, Reading, Text
from scanner.domain.flags import Label


@dataclass(frozen=True, slots=True)
class Case:
    """One post and what weighed in it."""

    text: str
    probability: float
    queued: bool
    facets: Mapping[str, str]
    note: str
    signals: tuple[str, ...]
    """Code and quote of what the rules saw, contexts that speak for the author included."""
    towards: tuple[tuple[str, float], ...]
    """Words that moved the margin towards the label, strongest first."""
    away: tuple[tuple[str, float], ...]
    cues: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Worst:
    """The gravest errors of one head."""

    label: Label
    false_alarms: tuple[Case, ...]
    """Posts without the label, the most probable first."""
    misses: tuple[Case, ...]
    """Posts with the label, the least probable first."""


def worst(
    label: Label,
    posts: Sequence[JudgedPost],
    texts: Sequence[Text],
    probabilities: NDArray[np.float64],
    reader: Reader,
    *,
    most: int = 10,
) -> Worst:
    """Find the gravest errors among judged posts and explain them; posts, texts, probabilities run side by side."""
    labels = np.array([post.labels[label] is True for post in posts], dtype=bool)
    order = np.argsort(-probabilities, kind="stable")
    alarms, misses = order[~labels[order]][:most], order[labels[order]][::-1][:most]
    return Worst(
        label=label,
        false_alarms=tuple(_case(label, posts[row], texts[row], reader) for row in alarms),
        misses=tuple(_case(label, posts[row], texts[row], reader) for row in misses),
    )


def _case(label: Label, post: JudgedPost, text: Text, reader: Reader) -> Case:
    [reading] = reader.read([text])
    explanation = next(one for one in explain(reader.model, reading.matches) if one.label is label)
    return Case(
        text=text.text,
        probability=reading.probability(label),
        queued=label in reading.labels,
        facets=post.facets,
        note=post.note,
        signals=_signals(reading),
        towards=_words(explanation, towards=True),
        away=_words(explanation, towards=False),
        cues=explanation.cues,
    )


def _signals(reading: Reading) -> tuple[str, ...]:
    seen = [f"{one.code} “{one.quote}”" for one in reading.matches.signals]
    seen += [f"{one.tag} “{one.quote}”" for one in reading.matches.exculpatory]
    return tuple(dict.fromkeys(seen))


def _words(explanation: Explanation, *, towards: bool) -> tuple[tuple[str, float], ...]:
    weights: dict[str, float] = {}
    for reason in explanation.towards if towards else explanation.away:
        weights[reason.quote] = weights.get(reason.quote, 0.0) + reason.weight
    return tuple(sorted(weights.items(), key=lambda word: -abs(word[1])))
