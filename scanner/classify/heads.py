"""Two independent logistic regressions over the hashed feature map, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.domains import design, divided
from scanner.classify.evaluate import average_precision

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

STRENGTHS = (0.03, 0.1, 0.3, 1.0)
"""Inverse regularisation strengths to choose from by held-out folds."""
SHARES = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)
"""Shares of the weights of written posts to choose from."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen by held-out folds."""

    strength: float
    share: float = 1.0
    """How much of the weights of written posts a head serves with (see domains.py)."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A head's choice and the margins its folds gave to posts they had not seen."""

    choice: Choice
    margins: Floats
    scores: tuple[tuple[Choice, float], ...]
    """Average precision of every choice, the mean over the domains."""


def fit_head(
    matrix: csr_array, labels: Bools, weights: Floats, choice: Choice, *, written: Bools | None = None
) -> LogisticRegression:
    """Fit one head. `written` tells rows of written posts from lines of the timeline; None: all are of one domain.

    Coefficients are float32, as they are served. Nothing is drawn: the same rows give the same head.
    """
    head = _fitted(matrix if written is None else design(matrix, written), labels, weights, choice.strength)
    if written is not None:
        shared, own = divided(head.coef_[0])
        head.coef_, head.n_features_in_ = (shared + choice.share * own)[None, :], len(shared)
    head.coef_ = head.coef_.astype(np.float32)
    return head


def _fitted(matrix: csr_array, labels: Bools, weights: Floats, strength: float) -> LogisticRegression:
    """Fit over the slots that occur: the others stay at zero whatever is done."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    head = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    head.fit(matrix[:, used], labels, sample_weight=weights)
    coefficients = np.zeros((1, matrix.shape[1]))
    coefficients[:, used] = head.coef_
    head.coef_, head.n_features_in_ = coefficients, matrix.shape[1]
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


def hold_out(
    matrix: csr_array,
    labels: Bools,
    weights: Floats,
    folds: Ints,
    *,
    written: Bools | None = None,
    domains: Sequence[Bools] = (),
) -> HeldOut:
    """Choose strength and share by average precision on held-out rows, and return their held-out margins.

    `domains` are sets of rows that count the same for the choice, however large they are; empty: all rows are one.
    """
    tried: dict[Choice, Floats] = {}
    for strength in STRENGTHS:
        shared, own = _margins(matrix, labels, weights, folds, strength, written)
        for share in SHARES if written is not None else (1.0,):
            tried[Choice(strength=strength, share=share)] = shared + share * own
    parts = domains or [np.ones(len(labels), dtype=bool)]
    scores = {
        choice: float(np.mean([average_precision(margins[rows], labels[rows]) for rows in parts]))
        for choice, margins in tried.items()
    }
    best = max(scores, key=lambda choice: (scores[choice], -choice.strength, -choice.share))
    return HeldOut(choice=best, margins=tried[best], scores=tuple(scores.items()))


def _margins(
    matrix: csr_array, labels: Bools, weights: Floats, folds: Ints, strength: float, written: Bools | None
) -> tuple[Floats, Floats]:
    """Held-out margins: the shared part with the intercept, and that of the weights of written posts."""
    shared, own = np.empty(len(labels)), np.zeros(len(labels))
    whole = matrix if written is None else design(matrix, written)
    for number in np.unique(folds):
        held = folds == number
        head = _fitted(whole[~held], labels[~held], weights[~held], strength)
        parts = (head.coef_[0], None) if written is None else divided(head.coef_[0])
        shared[held] = matrix[held] @ parts[0] + head.intercept_[0]
        if parts[1] is not None:
            own[held] = matrix[held] @ parts[1]
    return shared, own
