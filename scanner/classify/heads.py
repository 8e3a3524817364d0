"""Two independent logistic regressions over the hashed feature map, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.evaluate import average_precision

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

STRENGTHS = (0.03, 0.1, 0.3, 1.0)
"""Inverse regularisation strengths to choose from by held-out folds."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A head's choice of strength and the margins its folds gave to posts they had not seen."""

    strength: float
    margins: Floats
    scores: tuple[tuple[float, float], ...]
    """Average precision by strength."""


def fit_head(matrix: csr_array, labels: Bools, weights: Floats, strength: float, seed: int) -> LogisticRegression:
    """Fit one head; both classes weigh the same. Coefficients are float32, as they are served."""
    from sklearn.linear_model import LogisticRegression

    head = LogisticRegression(C=strength, class_weight="balanced", solver="liblinear", random_state=seed)
    head.fit(matrix, labels, sample_weight=weights)
    head.coef_ = head.coef_.astype(np.float32)
    return head


def inverse_frequencies(frequencies: NDArray[np.uint32], posts: int) -> NDArray[np.float32]:
    """Smoothed inverse document frequency per slot, as scikit-learn computes it."""
    idf: NDArray[np.float32] = (np.log((1 + posts) / (1 + frequencies.astype(np.float64))) + 1).astype(np.float32)
    return idf


def document_frequencies(matrix: csr_array, posts: Ints) -> NDArray[np.uint32]:
    """In how many posts each slot occurs; tellings of one post count once."""
    coordinates = matrix.tocoo()
    pairs = np.unique(posts[coordinates.row] * np.int64(matrix.shape[1]) + coordinates.col)
    return np.bincount(pairs % matrix.shape[1], minlength=matrix.shape[1]).astype(np.uint32)


def weigh(matrix: csr_array, idf: NDArray[np.float32]) -> csr_array:
    """Multiply every column by its inverse document frequency."""
    weighed = matrix.copy()
    weighed.data = weighed.data * idf[weighed.indices]
    return weighed


def group_posts(matrix: csr_array, kinds: Sequence[str], similarity: float = 0.8) -> Ints:
    """Group posts that must not be divided between folds.

    Those of one kind (writer and category), and near-duplicates by cosine similarity of the weighed features:
    a fold is then judged on kinds of posts it has not seen from that writer.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from sklearn.preprocessing import normalize

    unit: Any = normalize(matrix)
    near = (unit @ unit.T).tocoo()
    alike = near.data >= similarity
    first = {kind: index for index, kind in reversed(list(enumerate(kinds)))}
    rows = np.concatenate([near.row[alike], np.arange(len(kinds))])
    columns = np.concatenate([near.col[alike], np.array([first[kind] for kind in kinds])])
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(kinds), len(kinds)))
    groups: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def divide(labels: Bools, groups: Ints, seed: int, count: int = 5) -> Ints:
    """Give every row the number of the fold that holds it out; groups stay together, classes are spread."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = np.empty(len(labels), dtype=np.int64)
    splitter = StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=seed)
    for number, (_, held) in enumerate(splitter.split(labels, labels, groups)):
        folds[held] = number
    return folds


def hold_out(matrix: csr_array, labels: Bools, weights: Floats, folds: Ints, seed: int) -> HeldOut:
    """Choose the strength by average precision on held-out folds and return its held-out margins."""
    tried = {strength: _margins(matrix, labels, weights, folds, strength, seed) for strength in STRENGTHS}
    scores = {strength: average_precision(margins, labels) for strength, margins in tried.items()}
    best = max(scores, key=lambda strength: (scores[strength], -strength))
    return HeldOut(strength=best, margins=tried[best], scores=tuple(scores.items()))


def _margins(matrix: csr_array, labels: Bools, weights: Floats, folds: Ints, strength: float, seed: int) -> Floats:
    margins = np.empty(len(labels))
    for number in np.unique(folds):
        held = folds == number
        head = fit_head(matrix[~held], labels[~held], weights[~held], strength, seed)
        margins[held] = head.decision_function(matrix[held])
    return margins
