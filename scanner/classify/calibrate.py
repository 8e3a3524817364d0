"""From margins to probabilities, and from probabilities to the point where a human is asked to look."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner.classify.model import Calibration, Threshold
from scanner.errors import ModelError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def fit_calibration(margins: Floats, labels: Bools, weights: Floats) -> Calibration:
    """Fit Platt's sigmoid on held-out margins. Raises ModelError when they rank no better than the reverse order."""
    from sklearn.linear_model import LogisticRegression

    platt = LogisticRegression(C=1e4).fit(margins[:, None], labels, sample_weight=weights)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    if slope <= 0:
        raise ModelError("held-out posts are ranked no better than by chance: the corpus teaches nothing; add posts")
    return Calibration(slope=slope, intercept=intercept)


def threshold_for_precision(probabilities: Floats, labels: Bools, precision: float) -> float:
    """Lowest probability from which held-out posts reach the wanted precision (0 to 1).

    Where no cut reaches it, just above the highest probability: then nothing is flagged by this head alone.
    """
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    reached = np.cumsum(labels[order]) / np.arange(1, len(order) + 1) >= precision
    last_of_ties = np.append(ranked[1:] < ranked[:-1], True)
    good = np.flatnonzero(reached & last_of_ties)
    return float(ranked[good[-1]]) if len(good) else float(np.nextafter(probabilities.max(initial=0.0), 2.0))


def threshold_for_capacity(probabilities: Floats, capacity: int, volume: int) -> float:
    """Probability above which `capacity` of `volume` posts lie, if the stream is like the held-out posts."""
    if not 0 < capacity <= volume:
        raise ModelError(f"capacity {capacity} of volume {volume}: 0 < capacity <= volume would be valid")
    return float(np.quantile(probabilities, 1 - capacity / volume))


def choose_threshold(
    probabilities: Floats, labels: Bools, named: Bools, *, precision: float, capacity: tuple[int, int] | None = None
) -> Threshold:
    """Choose both thresholds of a head on held-out posts.

    Posts that name nobody we know must be twice as sure: half the false alarms of `precision`, and never
    a lower threshold. `capacity` is posts a day that can be read, and posts a day that come in.
    """
    if capacity is None:
        first = threshold_for_precision(probabilities, labels, precision)
    else:
        first = threshold_for_capacity(probabilities, *capacity)
    unnamed = ~named
    strict = threshold_for_precision(probabilities[unnamed], labels[unnamed], (1 + precision) / 2)
    return Threshold(named=first, unnamed=max(first, strict))
