"""The nearest judged posts: what people said of posts most like this one, for a reviewer who has decided.

Alike is a weighed sum of two cosines: of the classifier's own features (words, characters, cues) and of the encoder.
Names, parties, numbers and places are masked in both, so who is named does not decide what is shown (guardrail G7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from scanner.classify.encoding import Encoder, Floats, unit
from scanner.classify.features import FeatureParams, counts
from scanner.classify.frequencies import inverse_frequencies, weigh
from scanner.classify.tokenise import tokenise
from scanner.rules.matches import Matches

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PARAMS = FeatureParams()
SHARE = 0.2
"""Share of the encoder in how alike two posts are.

Measured by `benchmarks/similar.py` on 7,338 written posts, neighbours sought among other writers' posts only. The
nearest one has the same labels (posts with a label alone; same category) in 74.2 % (67.1; 18.5) by the features alone,
in 70.1 % (67.0; 15.8) by the shipped encoder alone, in 74.4 % (69.7; 18.8) by both at this share; from 0.1 to 0.4
little changes.
"""
LEAST = 0.2
"""How alike a post must be to be shown. Of nearest ones at 0.2 to 0.3 70 % have the same labels, above 0.4 95 %."""


class Origin(StrEnum):
    """Where a judgement comes from."""

    WRITTEN = "written"
    """An example of the labelling codebook, with fictional names."""
    DECIDED = "decided"
    """Reviewers of this workspace agreed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A post and what people said of it."""

    id: str
    text: str
    suspected: bool
    about: tuple[str, ...]
    """Labels of a written post, codes of a decided one; empty when it is lawful."""
    origin: Origin


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A judged post, and how alike it is: 1 says the same in the same words."""

    post: Judged
    similarity: float


@dataclass(frozen=True, eq=False)
class Readings:
    """What is compared of posts, one row each."""

    features: csr_array
    """posts x slots, unweighed."""
    encoded: Floats
    """posts x dimensions."""

    def rows(self, numbers: Sequence[int]) -> Readings:
        """Return some rows, in this order."""
        return Readings(features=self.features[list(numbers)], encoded=self.encoded[list(numbers)])

    def __add__(self, other: Readings) -> Readings:
        """Put the rows of another encoder-alike reading below these."""
        from scipy.sparse import vstack

        return Readings(
            features=vstack([self.features, other.features], format="csr"),
            encoded=np.concatenate([self.encoded, other.encoded]),
        )


def read_posts(matches: Sequence[Matches], encoder: Encoder) -> Readings:
    """Read posts for comparing."""
    return Readings(features=counts(matches, PARAMS), encoded=encoder.encode([tokenise(one.masked) for one in matches]))


class JudgedPosts:
    """Judged posts made ready for looking up the nearest."""

    def __init__(self, posts: Sequence[Judged], readings: Readings, encoder: Encoder, *, share: float = SHARE) -> None:
        self.posts = tuple(posts)
        self.encoder = encoder
        self.share = share
        frequencies = np.bincount(readings.features.indices, minlength=PARAMS.size).astype(np.uint32)
        self._idf = inverse_frequencies(frequencies, len(self.posts))
        # A mean that all texts share makes everything look alike (Mu and Viswanath 2018): it is taken off.
        self._mean = readings.encoded.mean(axis=0) if len(self.posts) else np.zeros(encoder.dimensions, np.float32)
        self._features, self._encoded = self._ready(readings)

    def nearest(self, matches: Matches, *, most: int = 2, without: str = "") -> tuple[Neighbour, ...]:
        """Return up to `most` posts, the most alike first; the post with the id `without` is left out."""
        alike = self.similarities(read_posts([matches], self.encoder))[0]
        order = np.argsort(-alike, kind="stable")[: most + 1].tolist()
        rows = [row for row in order if alike[row] >= LEAST and self.posts[row].id != without][:most]
        return tuple(Neighbour(post=self.posts[row], similarity=float(alike[row])) for row in rows)

    def similarities(self, readings: Readings) -> Floats:
        """Compare posts with every judged one: posts x judged posts, from -1 to 1."""
        features, encoded = self._ready(readings)
        said = (features @ self._features.T).toarray() * np.float32(1 - self.share)
        alike: Floats = said + encoded @ self._encoded.T * np.float32(self.share)
        return alike

    def _ready(self, readings: Readings) -> tuple[csr_array, Floats]:
        """Weigh, centre and scale rows to length one; a text the encoder does not know stays zero."""
        weighed: Any = weigh(readings.features, self._idf)
        sizes = np.sqrt(weighed.multiply(weighed).sum(axis=1))
        weighed.data /= np.repeat(np.maximum(sizes, 1e-9), np.diff(weighed.indptr))
        known = readings.encoded.any(axis=1, keepdims=True)
        return weighed, unit((readings.encoded - self._mean) * known)
