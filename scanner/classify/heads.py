"""Two independent multinomial regressions over the hashed feature map, fitted by scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scanner.classify.domains import design, divided
from scanner.classify.evaluate import average_precision
from scanner.classify.genres import Genres, log_odds
from scanner.classify.model import Genre, Head

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

STRENGTHS = (0.1, 0.3)
"""Inverse regularisation strengths to choose from by held-out folds."""
SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
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
    matrix: csr_array, genres: Genres, weights: Floats, choice: Choice, *, written: Bools | None = None
) -> LogisticRegression:
    """Fit one head. `written` tells rows of written posts from lines of the timeline; None: all are of one domain.

    Its classes are the numbers of the genres, and its coefficients those against the first, in float32, as they are
    served. Nothing is drawn: the same rows give the same head.
    """
    head = _fitted(matrix if written is None else design(matrix, written), genres.rows, weights, choice.strength)
    if written is not None:
        shared, own = divided(head.coef_)
        head.coef_, head.n_features_in_ = shared + choice.share * own, shared.shape[1]
    if len(genres.names) > 2:  # of two classes scikit-learn keeps the difference only
        head.coef_, head.intercept_ = head.coef_ - head.coef_[0], head.intercept_ - head.intercept_[0]
    head.coef_ = head.coef_.astype(np.float32)
    return head


def served(head: LogisticRegression) -> tuple[NDArray[np.float32], Floats]:
    """Return coefficients (genres x slots) and intercepts of the genres after the first, against the first."""
    count = len(head.classes_) - 1
    return head.coef_[-count:], head.intercept_[-count:]


def as_genres(genres: Genres, head: LogisticRegression) -> tuple[Genre, ...]:
    """Return the genres of a fitted head as they serve: all but the first."""
    listed = zip(genres.names[1:], genres.carries[1:].tolist(), served(head)[1].tolist(), strict=True)
    return tuple(Genre(name=name, carries=carries, intercept=intercept) for name, carries, intercept in listed)


def as_regression(head: Head, coefficients: NDArray[np.float32]) -> LogisticRegression:
    """Return the regression that decides as a served head does; `coefficients` are those of its genres."""
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression()
    regression.classes_, regression.n_features_in_ = np.arange(len(head.genres) + 1), coefficients.shape[1]
    regression.coef_, regression.intercept_ = coefficients, np.array([genre.intercept for genre in head.genres])
    if len(head.genres) > 1:
        regression.coef_ = np.concatenate([np.zeros_like(coefficients[:1]), coefficients])
        regression.intercept_ = np.append(0.0, regression.intercept_)
    return regression


def _fitted(matrix: csr_array, targets: Ints, weights: Floats, strength: float) -> LogisticRegression:
    """Fit over the slots that occur: the others stay at zero whatever is done."""
    from sklearn.linear_model import LogisticRegression

    used = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    head = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    head.fit(matrix[:, used], targets, sample_weight=weights)
    coefficients = np.zeros((len(head.coef_), matrix.shape[1]))
    coefficients[:, used] = head.coef_
    head.coef_, head.n_features_in_ = coefficients, matrix.shape[1]
    return head


def hold_out(
    matrix: csr_array,
    genres: Genres,
    weights: Floats,
    folds: Ints,
    *,
    written: Bools | None = None,
    domains: Sequence[Bools] = (),
) -> HeldOut:
    """Choose strength and share by average precision on held-out rows, and return their held-out margins.

    `domains` are sets of rows that count the same for the choice, however large they are; empty: all rows are one.
    """
    labels, tried = genres.labels, dict[Choice, Floats]()
    for strength in STRENGTHS:
        shared, own = _values(matrix, genres, weights, folds, strength, written)
        for share in SHARES if written is not None else (1.0,):
            tried[Choice(strength=strength, share=share)] = log_odds(shared + share * own, genres.carries)
    parts = domains or [np.ones(len(labels), dtype=bool)]
    scores = {
        choice: float(np.mean([average_precision(margins[rows], labels[rows]) for rows in parts]))
        for choice, margins in tried.items()
    }
    best = max(scores, key=lambda choice: (scores[choice], -choice.strength, -choice.share))
    return HeldOut(choice=best, margins=tried[best], scores=tuple(scores.items()))


def _values(
    matrix: csr_array, genres: Genres, weights: Floats, folds: Ints, strength: float, written: Bools | None
) -> tuple[Floats, Floats]:
    """Held-out values (rows x genres): the shared part with the intercepts, and that of the weights of written posts.

    A genre that the other folds lack cannot be answered: minus infinity.
    """
    shape = (len(genres.rows), len(genres.names))
    shared, own = np.full(shape, -np.inf), np.zeros(shape)
    whole = matrix if written is None else design(matrix, written)
    for number in np.unique(folds):
        held = folds == number
        head = _fitted(whole[~held], genres.rows[~held], weights[~held], strength)
        parts = (head.coef_, None) if written is None else divided(head.coef_)
        there, told = np.ix_(held, head.classes_), np.ix_(held, head.classes_[-len(head.coef_) :])
        shared[there] = 0.0  # of two classes only the second has coefficients
        shared[told] = matrix[held] @ parts[0].T + head.intercept_
        if parts[1] is not None:
            own[told] = matrix[held] @ parts[1].T
    return shared, own
