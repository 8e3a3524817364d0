"""One head with everything chosen on held-out folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scanner.classify.calibrate import choose_threshold, fit_calibration
from scanner.classify.genres import number_genres
from scanner.classify.heads import HeldOut, as_genres, fit_head, hold_out
from scanner.classify.material import Material
from scanner.classify.model import Head
from scanner.domain.flags import Label

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression


@dataclass(frozen=True, slots=True)
class Wanted:
    """What reviewers ask of the thresholds."""

    precision: float = 0.9
    """Share of flagged held-out posts that are rightly flagged."""
    capacity: tuple[int, int] | None = None
    """Instead: posts a day that can be read, of posts a day that come in."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """One head with everything chosen on held-out folds."""

    head: Head
    held_out: HeldOut
    regression: LogisticRegression


def fit(material: Material, label: Label, wanted: Wanted) -> Fitted:
    """Fit one head; its strength, share, calibration and thresholds come from rows its folds had not seen.

    Where lines of the timeline teach, they count four times as much as the written posts for strength and share: they
    are nearer to what the head will read. For calibration both count the same: posts are made to be puzzling, and
    few lines carry a label.
    """
    rows = np.flatnonzero(material.rows(label))
    matrix, labels, weights = material.matrix[rows], material.labels(label)[rows], material.balanced(label)[rows]
    genres = number_genres(labels, material.genres(label)[rows])
    written = material.written[rows]
    domains = None if written.all() else written
    held_out = hold_out(
        matrix,
        genres,
        weights,
        material.folds[rows],
        written=domains,
        domains=() if domains is None else (written, *[~written] * 4),
    )
    calibration = fit_calibration(held_out.margins, labels, material.even[rows])
    threshold = choose_threshold(
        calibration.probabilities(held_out.margins),
        labels,
        material.named[rows],
        precision=wanted.precision,
        capacity=wanted.capacity,
    )
    regression = fit_head(matrix, genres, weights, held_out.choice, written=domains)
    head = Head(label=label, genres=as_genres(genres, regression), calibration=calibration, threshold=threshold)
    return Fitted(head=head, held_out=held_out, regression=regression)
