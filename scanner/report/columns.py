"""Labelled posts read by rules and model, as columns from which figures are made."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.classify.anchors import keyword_scores
from scanner.classify.assessment import Judged
from scanner.classify.judged import JudgedPost
from scanner.classify.slices import length_facets
from scanner.detect.reader import Reader, Text
from scanner.domain.flags import Label

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_BATCH = 1000  # posts read at once: what the matcher finds in them is forgotten afterwards


@dataclass(frozen=True, slots=True)
class Columns:
    """What reader and model make of the posts, side by side."""

    probabilities: Mapping[Label, Floats]
    above: Mapping[Label, list[bool]]
    queued: Mapping[Label, list[bool]]
    keywords: Floats
    seconds: float


def read_texts(texts: Sequence[Text], reader: Reader) -> Columns:
    """Read texts in batches; nothing of them is kept but what the figures need."""
    probabilities: dict[Label, list[float]] = {label: [] for label in Label}
    above: dict[Label, list[bool]] = {label: [] for label in Label}
    queued: dict[Label, list[bool]] = {label: [] for label in Label}
    keywords, seconds = [np.empty(0)], 0.0
    reader.read(texts[:1])  # compiles the rules, which is not part of reading
    for first in range(0, len(texts), _BATCH):
        began = time.perf_counter()
        readings = reader.read(texts[first : first + _BATCH])
        seconds += time.perf_counter() - began
        keywords.append(keyword_scores([reading.matches for reading in readings]))
        for reading in readings:
            for score in reading.scores:
                threshold = reader.model.thresholds[score.label].at(named=reading.matches.has_object)
                probabilities[score.label].append(score.probability)
                above[score.label].append(score.probability >= threshold)
                queued[score.label].append(score.label in reading.labels)
    return Columns(
        probabilities={label: np.array(values) for label, values in probabilities.items()},
        above=above,
        queued=queued,
        keywords=np.concatenate(keywords),
        seconds=seconds,
    )


def judged_rows(posts: Sequence[JudgedPost], label: Label) -> Rows:
    """Return the indices of the posts that somebody judged for this label."""
    return np.array([row for row, post in enumerate(posts) if post.labels.get(label) is not None], dtype=np.int64)


def judged_columns(
    label: Label,
    rows: Rows,
    posts: Sequence[JudgedPost],
    texts: Sequence[Text],
    columns: Columns,
) -> Judged:
    """Return the columns of one head for these rows."""
    lengths = length_facets([texts[row].text for row in rows])
    return Judged(
        probabilities=columns.probabilities[label][rows],
        labels=np.array([posts[row].labels[label] is True for row in rows]),
        above=np.array(columns.above[label])[rows],
        queued=np.array(columns.queued[label])[rows],
        keywords=columns.keywords[rows],
        facets=[{**posts[row].facets, "length": length} for row, length in zip(rows, lengths, strict=True)],
    )
