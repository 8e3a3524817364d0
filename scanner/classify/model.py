"""A trained model as it serves: a table of floats, a few rows per label, calibrated, with its thresholds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import FeatureParams
from scanner.classify.genres import log_odds
from scanner.classify.serving import Weights
from scanner.domain.flags import Label, Score
from scanner.rules.glance import Glance
from scanner.rules.matches import Matches

LABELS = tuple(Label)
"""Order of the columns of every score."""
_CHUNK = 1024  # posts hashed at once: bounds memory, and 1,024 short posts stay in cache


@dataclass(frozen=True, slots=True)
class Threshold:
    """Calibrated probabilities from which a post is worth a reviewer's time."""

    named: float
    """For posts that name a participant, party or number of a loaded election."""
    unnamed: float
    """For posts that name nobody we know: the model alone must be surer."""

    def at(self, *, named: bool) -> float:
        """Return the threshold that applies."""
        return self.named if named else self.unnamed


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's sigmoid: probability = 1 / (1 + exp(-(slope * margin + intercept))), slope > 0."""

    slope: float
    intercept: float

    def probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map margins (any shape) to probabilities; never reverses an order."""
        bounded: NDArray[np.float64] = np.clip(self.slope * margins + self.intercept, -60.0, 60.0)
        return 1.0 / (1.0 + np.exp(-bounded))


@dataclass(frozen=True, slots=True)
class Genre:
    """What a genre of posts needs beside its row of the table (see genres.py)."""

    name: str
    carries: bool
    """Whether posts of this genre carry the label."""
    intercept: float


@dataclass(frozen=True, slots=True)
class Head:
    """What one label needs beside its rows of the table."""

    label: Label
    genres: tuple[Genre, ...]
    """In the order of the rows. One more that does not carry the label is not listed: it weighs 0 for every post."""
    calibration: Calibration
    threshold: Threshold

    @property
    def carries(self) -> NDArray[np.bool_]:
        """Whether genres carry the label, the one that is not listed before them."""
        return np.array([False, *(genre.carries for genre in self.genres)])

    def margins(self, weighed: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the log-odds of the label by what posts weigh in the rows of this head (posts x rows)."""
        return log_odds(self._values(weighed), self.carries)

    def slopes(self, weighed: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return how much the log-odds of one post change with what it weighs in each row (float32)."""
        values = self._values(weighed[None])[0]
        sides = [np.where(side, values, -np.inf) for side in (self.carries, ~self.carries)]
        towards, away = (np.exp(side - np.logaddexp.reduce(side)) for side in sides)
        slopes: NDArray[np.float32] = (towards - away)[1:].astype(np.float32)
        return slopes

    def _values(self, weighed: NDArray[np.float64]) -> NDArray[np.float64]:
        values = np.zeros((len(weighed), len(self.genres) + 1))
        values[:, 1:] = weighed + [genre.intercept for genre in self.genres]
        return values


@dataclass(frozen=True, eq=False)
class Model:
    """Two independent heads over the hashed feature map. Needs numpy only."""

    id: str
    """Name and the first eight digits of the hash of everything that decides a score."""
    params: FeatureParams
    heads: tuple[Head, ...]
    """In the order of `LABELS`."""
    table: NDArray[np.float32]
    """rows x slots, those of the first head first: coefficient times inverse document frequency."""
    ruleset: str
    """Id of the rules it was trained with."""

    @property
    def thresholds(self) -> Mapping[Label, Threshold]:
        """Threshold by label."""
        return {head.label: head.threshold for head in self.heads}

    @property
    def rows(self) -> list[slice]:
        """Rows of the table that belong to each head."""
        ends = np.cumsum([0, *(len(head.genres) for head in self.heads)]).tolist()
        return [slice(first, last) for first, last in pairwise(ends)]

    def margins(self, batch: Sequence[Matches]) -> NDArray[np.float64]:
        """Uncalibrated log-odds, posts x labels."""
        chunks = [self._weights.margins(batch[start : start + _CHUNK]) for start in range(0, len(batch), _CHUNK)]
        return self._margins(np.concatenate(chunks) if chunks else np.empty((0, len(self.table))))

    @cached_property
    def _weights(self) -> Weights:
        return Weights(self.table, self.params)

    def _margins(self, weighed: NDArray[np.float64]) -> NDArray[np.float64]:
        heads = zip(self.heads, self.rows, strict=True)
        return np.stack([head.margins(weighed[:, rows]) for head, rows in heads], axis=1)

    def score(self, batch: Sequence[Matches]) -> NDArray[np.float32]:
        """Calibrated probabilities (posts x labels, float32), columns in the order of `Label`."""
        return self._probabilities(self.margins(batch))

    def score_quiet(self, glance: Glance) -> NDArray[np.float32]:
        """Return the same for the quiet texts of a glance, in their order."""
        margins = self._margins(self._weights.quiet_margins(glance))
        return self._probabilities(margins.take(np.flatnonzero(glance.quiet), axis=0))

    def _probabilities(self, margins: NDArray[np.float64]) -> NDArray[np.float32]:
        columns = [head.calibration.probabilities(margins[:, k]) for k, head in enumerate(self.heads)]
        return np.stack(columns, axis=1).astype(np.float32)

    def scores(self, batch: Sequence[Matches]) -> list[tuple[Score, ...]]:
        """Return the same as records, one tuple per post."""
        return list(map(self.records, self.score(batch)))

    def records(self, probabilities: NDArray[np.float32]) -> tuple[Score, ...]:
        """Return the probabilities of one post as records."""
        return tuple(
            Score(label=head.label, probability=float(value), model_id=self.id)
            for head, value in zip(self.heads, probabilities, strict=True)
        )
