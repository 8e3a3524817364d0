"""Coefficients of agreement beyond chance, each with a bootstrap interval over items: pure arithmetic.

Ratings are whole numbers, items by raters: the category from 0, or `MISSING`. What is measured does not change with
the order of the items, the names of the categories or, but for kappa's two columns, who sat in which column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from scanner.classify.evaluate import Interval

Ratings = NDArray[np.int64]
"""Items by raters."""
Weights = NDArray[np.float64]
"""Replicates by patterns: how often each different row of ratings occurs."""
Floats = NDArray[np.float64]
Coefficient = Callable[[Ratings, Weights, int], Floats]
"""From patterns, weights and the number of categories one value for each replicate; NaN where chance alone decides."""

MISSING = -1


def cohen_kappa(patterns: Ratings, weights: Weights, categories: int) -> Floats:
    """Agreement of two raters against chance from each one's own habits; items with a missing rating are left out.

    J. Cohen (1960), A Coefficient of Agreement for Nominal Scales, Educational and Psychological Measurement 20,
    37-46. NaN where both gave one and the same category throughout.
    """
    both = (patterns != MISSING).all(axis=1)
    first, second = np.eye(categories)[patterns[both].T]
    weights = weights[:, both]
    total = weights.sum(axis=1)
    observed = _divided(weights @ (first * second).sum(axis=1), total)
    expected = _divided(((weights @ first) * (weights @ second)).sum(axis=1), total**2)
    return _divided(observed - expected, 1 - expected)


def krippendorff_alpha(patterns: Ratings, weights: Weights, categories: int) -> Floats:
    """Nominal alpha: any number of raters, missing ratings allowed; items with fewer than two ratings are left out.

    K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C. NaN where only one category occurs.
    """
    counts = _counts(patterns, categories)
    counts = np.where(counts.sum(axis=1, keepdims=True) >= 2, counts, 0)
    pairable = counts.sum(axis=1)
    within = (counts * (counts - 1)).sum(axis=1) / np.maximum(pairable - 1, 1)
    values = weights @ counts
    total = values.sum(axis=1)
    expected = total**2 - (values**2).sum(axis=1)
    return 1 - _divided((total - 1) * (total - weights @ within), expected)


def gwet_ac1(patterns: Ratings, weights: Weights, categories: int) -> Floats:
    """AC1: any number of raters, missing ratings allowed; stays meaningful where nearly all is of one category.

    K. L. Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement, British
    Journal of Mathematical and Statistical Psychology 61, 29-48; missing ratings as in his Handbook (2014), ch. 2.
    `categories` are those of the codebook, used or not.
    """
    counts = _counts(patterns, categories)
    rated = counts.sum(axis=1)
    several = rated >= 2
    within = (counts * (counts - 1)).sum(axis=1) / np.maximum(rated * (rated - 1), 1)
    observed = _divided(weights @ within, weights @ several)
    shares = _divided(weights @ (counts / np.maximum(rated, 1)[:, None]), (weights @ (rated >= 1))[:, None])
    expected = (shares * (1 - shares)).sum(axis=1) / (categories - 1)
    return _divided(observed - expected, 1 - expected)


@dataclass(frozen=True, slots=True)
class Resamples:
    """Ratings and bootstrap replicates of them. Items alike are drawn together: the cost does not grow with them."""

    patterns: Ratings
    weights: Weights
    """The ratings as they are in the first row, then the replicates."""
    categories: int

    def interval(self, coefficient: Coefficient) -> Interval | None:
        """Return a coefficient with its 95 % percentile interval over items; None where it is not defined.

        A replicate in which nothing varies tells nothing and counts as 0 (Krippendorff 2006, Bootstrapping
        Distributions for Krippendorff's Alpha): a label that hardly ever occurs cannot look reliable.
        """
        values = coefficient(self.patterns, self.weights, self.categories)
        if isnan(values[0]):
            return None
        low, high = np.quantile(np.nan_to_num(values[1:]), [0.025, 0.975])
        return Interval(value=float(values[0]), low=float(low), high=float(high))


def resampled(ratings: Ratings, categories: int, *, seed: int = 0, replicates: int = 1000) -> Resamples:
    """Draw replicates of one rating or more; the same ratings and seed give the same ones, in whatever order."""
    patterns, times = _distinct(ratings)
    drawn = np.random.default_rng(seed).multinomial(len(ratings), times / len(ratings), size=replicates)
    return Resamples(patterns, np.vstack([times, drawn]).astype(float), categories)


def _distinct(ratings: Ratings) -> tuple[Ratings, NDArray[np.int64]]:
    """Return the different rows in order and how often each occurs; np.unique(axis=0) takes eight times as long."""
    ordered = ratings[np.lexsort(ratings.T[::-1])]
    first = np.flatnonzero(np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)])
    return ordered[first], np.diff(first, append=len(ordered))


def _counts(patterns: Ratings, categories: int) -> Floats:
    """Count for each pattern how many raters chose each category."""
    counts: Floats = (patterns[:, :, None] == np.arange(categories)).sum(axis=1).astype(float)
    return counts


def _divided(above: Floats, below: Floats) -> Floats:
    """Divide, with NaN where there is nothing to divide by."""
    above, below = np.broadcast_arrays(above, below)
    quotients: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=np.abs(below) > 1e-12)
    return quotients
