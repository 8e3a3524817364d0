"""What a model must beat: the keyword rule, and a plain TF-IDF model on the same folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.domain.signals import Weight
from scanner.rules.matches import Matches

Floats = NDArray[np.float64]
_POINTS = {Weight.H: 3.0, Weight.M: 1.0, Weight.L: 0.0}


def keyword_scores(batch: Sequence[Matches]) -> Floats:
    """Score posts by their signals alone: three points for a strong one, one for a medium one."""
    return np.array([sum(_POINTS[one.weight] for one in matches.signals if not one.quoted) for matches in batch])


def tfidf_margins(texts: Sequence[str], labels: NDArray[np.bool_], folds: NDArray[np.int64]) -> Floats:
    """Held-out margins of words (1, 2) and in-word characters (3, 5) with logistic regression, names unmasked."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    margins = np.empty(len(texts))
    documents = np.array(texts, dtype=object)
    for number in np.unique(folds):
        held = folds == number
        vectors = make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
        )
        plain = make_pipeline(vectors, LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear"))
        plain.fit(documents[~held], labels[~held])
        margins[held] = plain.decision_function(documents[held])
    return margins
