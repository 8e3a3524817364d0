"""Whether a model does as well for every platform, register, language, kind and length of post."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from scanner.classify.evaluate import Interval, average_precision, bootstrap

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 10
"""Posts below which a figure says nothing and is not shown."""
_MOST = 25  # different values of one facet: beyond the most frequent ones a table is no longer read


@dataclass(frozen=True, slots=True)
class Slice:
    """How one head does on posts of one kind. None: fewer than `FEWEST` posts to tell it from."""

    facet: str
    value: str
    posts: int
    positives: int
    queued: int
    average_precision: Interval | None
    precision: Interval | None
    """Share of queued posts that carry the label."""
    recall: Interval | None
    false_alarms: Interval | None
    """Share of posts without the label that are queued all the same."""


def wilson(hits: int, count: int) -> Interval:
    """Return a share with its 95 % interval by Wilson, which holds for none and for all; `count` above 0."""
    z = 1.959964
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Interval(value=share, low=max(0.0, middle - half), high=min(1.0, middle + half))


def slices(
    facets: Sequence[Mapping[str, str]], scores: Floats, labels: Bools, queued: Bools, *, seed: int = 0
) -> tuple[Slice, ...]:
    """Measure every value of every facet that `FEWEST` posts or more share; the four arrays run side by side."""
    return tuple(
        _slice(facet, value, scores[rows], labels[rows], queued[rows], seed)
        for facet in dict.fromkeys(name for one in facets for name in one)
        for value, rows in _values([one.get(facet, "") for one in facets])
    )


def length_facets(texts: Sequence[str]) -> list[str]:
    """Name the quarter of lengths (in words) that each text falls into."""
    lengths = np.array([len(text.split()) for text in texts])
    if not len(lengths):
        return []
    edges = np.unique(np.quantile(lengths, [0.25, 0.5, 0.75], method="higher"))
    places = np.searchsorted(edges, lengths, side="left")
    names = {}
    for place in np.unique(places):
        inside = lengths[places == place]
        names[place] = f"{'–'.join(map(str, sorted({inside.min(), inside.max()})))} kata"
    return [names[place] for place in places]


def _values(values: Sequence[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    column = np.array(values)
    frequent = Counter(values).most_common(_MOST)
    for value, count in sorted(frequent, key=lambda one: _leading(one[0])):
        if value and count >= FEWEST:
            yield value, np.flatnonzero(column == value)


def _leading(value: str) -> int:
    """Return the number a value begins with, so that lengths come by length; 0 without one: most frequent first."""
    found = re.match(r"\d+", value)
    return int(found[0]) if found else 0


def _slice(facet: str, value: str, scores: Floats, labels: Bools, queued: Bools, seed: int) -> Slice:
    posts, positives, hits = len(labels), int(labels.sum()), int((queued & labels).sum())
    alarms = int(queued.sum()) - hits
    ranked = positives >= FEWEST and posts > positives
    return Slice(
        facet=facet,
        value=value,
        posts=posts,
        positives=positives,
        queued=hits + alarms,
        average_precision=bootstrap(average_precision, scores, labels, seed=seed, rounds=200) if ranked else None,
        precision=_share(hits, hits + alarms),
        recall=_share(hits, positives),
        false_alarms=_share(alarms, posts - positives),
    )


def _share(hits: int, count: int) -> Interval | None:
    return wilson(hits, count) if count >= FEWEST else None
