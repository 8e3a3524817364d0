"""How well a model does: ranking, decisions and calibration, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % bootstrap interval over posts."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one head does on one set of posts."""

    posts: int
    positives: int
    average_precision: Interval
    recall_at_precision_90: Interval
    """Largest recall of any cut with precision of at least 0.9."""
    brier: Interval
    ece: Interval
    """Expected calibration error over ten equally filled bins."""
    flagged: int
    """Posts at or above the threshold."""
    precision: float
    recall: float
    f1: float


def evaluate(probabilities: Floats, labels: Bools, flagged: Bools, *, seed: int = 0, rounds: int = 200) -> Figures:
    """Measure a head. `flagged` are its decisions, because thresholds depend on who is named."""
    hits = int((flagged & labels).sum())
    precision = hits / max(int(flagged.sum()), 1)
    recall = hits / max(int(labels.sum()), 1)

    def interval(measure: Callable[[Floats, Bools], float]) -> Interval:
        return bootstrap(measure, probabilities, labels, seed=seed, rounds=rounds)

    return Figures(
        posts=len(labels),
        positives=int(labels.sum()),
        average_precision=interval(average_precision),
        recall_at_precision_90=interval(recall_at_precision),
        brier=interval(brier),
        ece=interval(calibration_error),
        flagged=int(flagged.sum()),
        precision=precision,
        recall=recall,
        f1=2 * hits / max(int(flagged.sum()) + int(labels.sum()), 1),
    )


def bootstrap(
    measure: Callable[[Floats, Bools], float], scores: Floats, labels: Bools, *, seed: int, rounds: int
) -> Interval:
    """Measure once on all posts and on `rounds` resamples of them for the interval."""
    random = np.random.default_rng(seed)
    draws = []
    for _ in range(rounds):
        picked = random.integers(0, len(labels), len(labels))
        if labels[picked].any():
            draws.append(measure(scores[picked], labels[picked]))
    known = [draw for draw in draws if not np.isnan(draw)]  # a resample of one class alone has no ROC, for example
    low, high = np.quantile(known, [0.025, 0.975]) if known else (float("nan"), float("nan"))
    return Interval(value=measure(scores, labels), low=float(low), high=float(high))


def precision_recall(scores: Floats, labels: Bools) -> tuple[Floats, Floats]:
    """Precision and recall of every cut between different scores, strictest first."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    cuts = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return hits[cuts] / (cuts + 1), hits[cuts] / max(int(labels.sum()), 1)


def average_precision(scores: Floats, labels: Bools) -> float:
    """Mean precision over the recalled positives, as scikit-learn defines it."""
    precision, recall = precision_recall(scores, labels)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def recall_at_precision(scores: Floats, labels: Bools, wanted: float = 0.9) -> float:
    """Largest recall of a cut whose precision reaches `wanted`; 0 when none does."""
    precision, recall = precision_recall(scores, labels)
    return float(recall[precision >= wanted].max(initial=0.0))


def brier(probabilities: Floats, labels: Bools) -> float:
    """Mean squared distance between probability and label."""
    return float(np.mean((probabilities - labels) ** 2))


def calibration_error(probabilities: Floats, labels: Bools, bins: int = 10) -> float:
    """Mean distance between probability and share of positives, over equally filled bins."""
    order = np.argsort(probabilities, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [len(part) * abs(probabilities[part].mean() - labels[part].mean()) for part in parts]
    return float(np.sum(gaps) / len(labels))
