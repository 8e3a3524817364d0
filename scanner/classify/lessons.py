"""What labelled posts teach one head: whether they are enough, and what the head becomes by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.calibrate import choose_threshold, fit_calibration
from scanner.classify.evaluate import evaluate
from scanner.classify.examples import LabelledPost
from scanner.classify.fitting import Wanted
from scanner.classify.folds import divide, group_posts
from scanner.classify.model import LABELS, Head, Model
from scanner.classify.refit import Posts, Rows, held_out, read_families, refit
from scanner.domain.flags import Label
from scanner.rules.matches import Matches

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST, FEWEST_OF_CLASS = 50, 10
"""Labels without which nothing is learnt; of a class near-duplicates count once."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """The posts that were judged for one label."""

    label: Label
    batch: Sequence[Matches]
    labels: Bools
    features: Posts
    groups: NDArray[np.int64]
    """Near-duplicates have the same number."""

    @property
    def missing(self) -> str:
        """Say what is missing to learn from them; empty when they are enough."""
        of_class = [len(np.unique(self.groups[self.labels == side])) for side in (True, False)]
        if len(self.labels) >= FEWEST and min(of_class) >= FEWEST_OF_CLASS:
            return ""
        return (
            f"{len(self.labels)} posts with {self.label}, {of_class[0]} different ones 1 and {of_class[1]} different "
            f"ones 0; at least {FEWEST} are needed, {FEWEST_OF_CLASS} different ones of either"
        )

    @property
    def named(self) -> Bools:
        """Whether a post names somebody we know; none where too few do not to choose a threshold by them."""
        named = np.array([one.has_object for one in self.batch])
        return named if np.count_nonzero(~named) >= FEWEST else np.zeros_like(named)


@dataclass(frozen=True, slots=True)
class Adapted:
    """One head as it was adapted."""

    rows: Rows
    probabilities: Floats
    """Of the posts it was judged for, held out."""
    figures: dict[str, Any]
    """Before and after on these posts; what the base gives them, it gives to posts it has not seen either."""

    @property
    def better(self) -> bool:
        """Tell whether held-out posts are ranked better than by the base."""
        after, before = (self.figures[when]["average_precision"]["value"] for when in ("after", "before"))
        return bool(after > before)


def read_lessons(
    posts: Sequence[LabelledPost], matches: Sequence[Matches], label: Label, base: Model, idf: NDArray[np.float32]
) -> Lessons:
    """Take the posts that were judged for a label, with their features; `matches` are those of all posts."""
    values = [getattr(post, label) for post in posts]
    judged = [row for row, value in enumerate(values) if value is not None]
    batch = [matches[row] for row in judged]
    features = read_families(batch, base.params, idf)
    return Lessons(
        label=label,
        batch=batch,
        labels=np.array([values[row] == 1 for row in judged], dtype=bool),
        features=features,
        groups=group_posts(features.worded, [str(row) for row in judged]) if batch else np.empty(0, np.int64),
    )


def adapt_head(base: Model, lessons: Lessons, wanted: Wanted, seed: int) -> Adapted:
    """Fit one head anew; its calibration and thresholds come from five folds that it had not seen."""
    number = LABELS.index(lessons.label)
    old = base.heads[number]
    start = Rows.of(base, lessons.label)
    folds = divide(lessons.labels, lessons.groups, seed)
    margins = held_out(lessons.features, start, lessons.labels, folds)
    calibration = fit_calibration(margins, lessons.labels, np.ones(len(margins)))
    probabilities = calibration.probabilities(margins)
    threshold = choose_threshold(
        probabilities, lessons.labels, lessons.named, precision=wanted.precision, capacity=wanted.capacity
    )
    rows = refit(lessons.features, start, lessons.labels, np.arange(len(margins)))
    slope = calibration.slope * rows.lead  # the model serves the log-odds of the genres
    head = replace(rows.head, calibration=replace(calibration, slope=slope), threshold=threshold)
    before = base.score(lessons.batch)[:, number].astype(np.float64)
    figures = {
        "before": _figures(before, lessons, old),
        "after": _figures(probabilities, lessons, head),
    }
    return Adapted(rows=replace(rows, head=head, lead=1.0), probabilities=probabilities, figures=figures)


def _figures(probabilities: Floats, lessons: Lessons, head: Head) -> dict[str, Any]:
    cuts = np.array([head.threshold.at(named=one.has_object) for one in lessons.batch])
    return asdict(evaluate(probabilities, lessons.labels, probabilities >= cuts))
