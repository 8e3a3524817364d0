"""A head fitted anew on an office's own labels: what the base model says is one feature among the words of the posts.

Words, characters and cues are blocks of equal weight, so that the few cues of a post are heard among its many letters;
fitted on labels alone this carries further than shared scales. What classes of words weigh, few labels cannot tell:
there the base model is kept. What is learnt is added to the rows of the genres that carry the label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import FeatureParams, cue_family, families, join, matrix_of
from scanner.classify.frequencies import weigh
from scanner.classify.model import LABELS, Head, Model
from scanner.domain.flags import Label
from scanner.rules.matches import Matches

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STRENGTH = 10.0
"""Inverse regularisation strength. From 50 to 400 labels 3 to 100 differ by less than 0.01 average precision."""
LEAD = 3.0
"""Weight of what the base model says beside one block of words; 2 to 10 differ by less than 0.002."""
_LEAST = 0.7
"""What the base says counts at least so much (log-odds per log-odds): labels of one kind do not unlearn all others.

On a code word of one place 0.7 keeps average precision 0.95 on the frozen set, nothing 0.67; both learn the word (0.92,
0.90). On labels of a general timeline what is learnt is 1.4 and more: it changes nothing there.
"""

_COUNTS_OF_NAMES = ("named=1", "named=2", "named=3")
"""Cues that get one weight: a name that is also an ordinary word may count once more in a post about its bearer."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One head with its rows of the table."""

    head: Head
    table: NDArray[np.float32]
    """Genres x slots: coefficient times inverse document frequency."""
    lead: float = 1.0
    """Log-odds of the label by its last fit, per log-odds of its genres."""

    @classmethod
    def of(cls, model: Model, label: Label) -> Rows:
        """Return those of a model."""
        number = LABELS.index(label)
        return cls(head=model.heads[number], table=model.table[model.rows[number]])


@dataclass(frozen=True, slots=True)
class Posts:
    """The features of labelled posts, weighed, one matrix (posts x slots) per family."""

    families: tuple[csr_array, ...]
    idf: NDArray[np.float32]
    counts_of_names: NDArray[np.int64]
    """Their slots. A refitted head learns nothing there: what depends on who is named must carry no weight (G7)."""

    @property
    def whole(self) -> csr_array:
        """All families in the slots they share when served."""
        return sum(self.families[1:], self.families[0])

    @property
    def without_classes(self) -> tuple[csr_array, ...]:
        """Words, characters and cues."""
        words, characters, _, seen = self.families
        return words, characters, seen

    @property
    def worded(self) -> csr_array:
        """All families but classes of words, by which all praise is alike: what tells near-duplicates."""
        words, characters, seen = self.without_classes
        return words + characters + seen

    def margins(self, rows: Rows) -> Floats:
        """Log-odds of the label, by what is served."""
        return rows.lead * rows.head.margins(self.whole @ (rows.table / self.idf).T.astype(np.float64))


def read_families(batch: Sequence[Matches], params: FeatureParams, idf: NDArray[np.float32]) -> Posts:
    """Map posts to words, characters, classes of words and cues, each by itself."""
    parts = families(batch, params)
    matrices = (weigh(matrix_of(join([part], len(batch)), params), idf) for part in parts)
    slots = cue_family([_COUNTS_OF_NAMES], params).found.slots
    return Posts(families=tuple(matrices), idf=idf, counts_of_names=slots)


def refit(posts: Posts, base: Rows, labels: Bools, rows: NDArray[np.int64]) -> Rows:
    """Fit a head on some rows, starting from `base`. Nothing is drawn: the same rows give the same head."""
    from scipy.sparse import csr_array, hstack
    from sklearn.linear_model import LogisticRegression

    margins = posts.margins(base)[rows]
    middle, lead = float(margins.mean()), LEAD / max(float(margins.std()), 1e-6)
    picked = [family[rows] for family in posts.without_classes]
    scales = [1 / _length(block) for block in picked]
    used = [np.setdiff1d(block.indices, posts.counts_of_names) for block in picked]
    blocks = [block[:, slots] * scale for block, slots, scale in zip(picked, used, scales, strict=True)]
    design = hstack([csr_array((margins - middle)[:, None] * lead), *blocks], format="csr")
    head = LogisticRegression(C=STRENGTH, max_iter=300, tol=1e-3).fit(design, labels[rows])
    first, *rest = np.split(head.coef_[0], np.cumsum([1, *(len(slots) for slots in used[:-1])]))
    lead = max(lead * float(first[0]), _LEAST)
    learnt = np.zeros(base.table.shape[1])
    for weights, slots, scale in zip(rest, used, scales, strict=True):
        learnt[slots] += weights * scale * posts.idf[slots]
    return _added(base, learnt / lead, float(head.intercept_[0]) / lead - middle, posts.counts_of_names, lead)


def _added(base: Rows, learnt: Floats, intercept: float, level: NDArray[np.int64], lead: float) -> Rows:
    """Add what was learnt to the genres that carry the label; slots of `level` get their mean in every row."""
    genres = base.head.genres
    carries = np.array([genre.carries for genre in genres])
    table = base.table + carries[:, None] * learnt
    table[:, level] = table[:, level].mean(axis=1, keepdims=True)
    moved = (replace(genre, intercept=genre.intercept + genre.carries * intercept) for genre in genres)
    return Rows(head=replace(base.head, genres=tuple(moved)), table=table.astype(np.float32), lead=lead)


def held_out(posts: Posts, base: Rows, labels: Bools, folds: NDArray[np.int64]) -> Floats:
    """Margins of every post by a head that had not seen its fold."""
    margins = np.empty(len(labels))
    for number in np.unique(folds):
        held = folds == number
        margins[held] = posts.margins(refit(posts, base, labels, np.flatnonzero(~held)))[held]
    return margins


def _length(block: csr_array) -> float:
    """Root mean square of the lengths of the rows; 1 for a block without a feature."""
    return float(np.sqrt(block.multiply(block).sum() / block.shape[0])) or 1.0
