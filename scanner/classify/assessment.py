"""All that is asked of one head on labelled posts: ranking, decisions, calibration, capacity and slices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.classify import evaluate
from scanner.classify.curves import Bin, Capacity, Cut, capacities, cuts, reliability, roc_auc
from scanner.classify.evaluate import Interval
from scanner.classify.slices import Slice, slices
from scanner.domain.flags import Label

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stream:
    """The stream reviewers face, for the capacity curve."""

    volume: int = 1000
    """Posts a day that come in."""
    prevalence: float | None = None
    """Share of them that carries the label; None: as in the labelled posts."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """How a yes or no agrees with the labels."""

    flagged: int
    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True, slots=True)
class Judged:
    """Labelled posts of one head: the columns run side by side."""

    probabilities: Floats
    labels: Bools
    above: Bools
    """At or above the head's threshold."""
    queued: Bools
    """Put before reviewers: rules and head together."""
    keywords: Floats
    """Points of the keyword rule."""
    facets: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one head does. Every interval holds 95 % of bootstrap resamples of the posts."""

    label: Label
    posts: int
    positives: int
    average_precision: Interval
    keyword_average_precision: Interval
    """The keyword rule on the same posts."""
    roc_auc: Interval
    recall_at_precision_90: Interval
    brier: Interval
    ece: Interval
    at_threshold: Decisions
    queued: Decisions
    reliability: tuple[Bin, ...]
    cuts: tuple[Cut, ...]
    capacities: tuple[Capacity, ...]
    slices: tuple[Slice, ...]


def assess(label: Label, judged: Judged, stream: Stream, *, seed: int = 0, rounds: int = 200) -> Assessment:
    """Measure one head on posts that somebody labelled; at least one."""
    labels = judged.labels

    def interval(measure: Callable[[Floats, Bools], float], scores: Floats = judged.probabilities) -> Interval:
        return evaluate.bootstrap(measure, scores, labels, seed=seed, rounds=rounds)

    def decisions(made: Bools) -> Decisions:
        scores = made.astype(np.float64)
        return Decisions(
            flagged=int(made.sum()),
            precision=interval(_precision, scores),
            recall=interval(_recall, scores),
            f1=interval(_f1, scores),
        )

    return Assessment(
        label=label,
        posts=len(labels),
        positives=int(labels.sum()),
        average_precision=interval(evaluate.average_precision),
        keyword_average_precision=interval(evaluate.average_precision, judged.keywords),
        roc_auc=interval(roc_auc),
        recall_at_precision_90=interval(evaluate.recall_at_precision),
        brier=interval(evaluate.brier),
        ece=interval(evaluate.calibration_error),
        at_threshold=decisions(judged.above),
        queued=decisions(judged.queued),
        reliability=reliability(judged.probabilities, labels),
        cuts=cuts(judged.probabilities, labels),
        capacities=capacities(judged.probabilities, labels, volume=stream.volume, prevalence=stream.prevalence),
        slices=slices(judged.facets, judged.probabilities, labels, judged.queued, seed=seed),
    )


def _precision(made: Floats, labels: Bools) -> float:
    return _ratio(float(made @ labels), float(made.sum()))


def _recall(made: Floats, labels: Bools) -> float:
    return _ratio(float(made @ labels), float(labels.sum()))


def _f1(made: Floats, labels: Bools) -> float:
    return _ratio(2 * float(made @ labels), float(made.sum() + labels.sum()))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
