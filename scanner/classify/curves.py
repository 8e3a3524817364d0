"""What one number hides: calibration by bins, every cut of precision and recall, and what reviewers' time buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.classify.evaluate import precision_recall

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bin:
    """Posts of like probability: a tenth of all."""

    posts: int
    probability: float
    """Mean of the model's probabilities."""
    share: float
    """Share that carries the label."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One place to cut the ranking."""

    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class Capacity:
    """What reading so many posts a day would find."""

    read: int
    """Posts a day, those of the highest probability first."""
    precision: float
    recall: float


def roc_auc(scores: Floats, labels: Bools) -> float:
    """Probability that a positive post ranks above a negative one, ties half; NaN where one class is missing."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    positives = int(labels.sum())
    pairs = positives * (len(labels) - positives)
    above = float(ranks[labels].sum()) - positives * (positives + 1) / 2
    return above / pairs if pairs else float("nan")


def reliability(probabilities: Floats, labels: Bools, bins: int = 10) -> tuple[Bin, ...]:
    """Divide posts into equally filled bins by probability, lowest first."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        Bin(posts=len(part), probability=float(probabilities[part].mean()), share=float(labels[part].mean()))
        for part in parts
    )


def cuts(scores: Floats, labels: Bools, most: int = 200) -> tuple[Cut, ...]:
    """Precision and recall of at most `most` cuts, strictest first, spread evenly over the ranking."""
    precision, recall = precision_recall(scores, labels)
    kept = np.unique(np.linspace(0, len(recall) - 1, min(most, len(recall))).round().astype(int))
    return tuple(Cut(recall=float(recall[k]), precision=float(precision[k])) for k in kept)


def capacities(
    scores: Floats, labels: Bools, *, volume: int, prevalence: float | None = None, points: int = 20
) -> tuple[Capacity, ...]:
    """Expect precision and recall when `volume` posts a day come in and only the top of the ranking is read.

    `prevalence` is the share of positive posts in the real stream; without it, that of these posts. Posts are
    weighed so that they stand for such a stream. Empty where one class is missing.
    """
    share = float(labels.mean())
    wanted = share if prevalence is None else prevalence
    if not 0 < share < 1:
        return ()
    weights = np.where(labels, wanted / share, (1 - wanted) / (1 - share)) / len(labels)
    order = np.argsort(-scores, kind="stable")
    read, found = np.cumsum(weights[order]), np.cumsum((weights * labels)[order])
    loads = sorted({max(1, round(volume * (step / points) ** 2)) for step in range(1, points + 1)})
    caught = np.interp([load / volume for load in loads], [0.0, *read], [0.0, *found])
    return tuple(
        Capacity(read=load, precision=min(1.0, float(hits) * volume / load), recall=min(1.0, float(hits) / wanted))
        for load, hits in zip(loads, caught, strict=True)
    )
