"""The additive feature map: words, in-word characters, classes of words and cues of a post, each a slot of one table.

A post's value is a sum over its occurrences, so a trained linear model is served as a table of floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.cues import cues
from scanner.classify.hashing import Occurrences, characters, lay_out, words
from scanner.classify.tokenise import tokenise
from scanner.classify.word_classes import class_occurrences

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from scanner.rules.matches import Matches


@dataclass(frozen=True, slots=True)
class FeatureParams:
    """What fixes the slots and scales of the map; stored with every model."""

    bits: int = 18
    """The table has 2^bits slots."""
    shortest: int = 3
    longest: int = 5
    """Shortest and longest in-word character sequence."""
    word_scale: float = 1.0
    character_scale: float = 1.0
    cue_scale: float = 1.0
    class_scale: float = 0.0
    """Weight of each family before 1/sqrt(number of its occurrences in the post)."""

    @property
    def size(self) -> int:
        """Number of slots."""
        return 1 << self.bits


@dataclass(frozen=True, slots=True)
class Features:
    """Occurrences of features in a batch of posts: rows, slots and values run side by side."""

    count: int
    """Posts in the batch."""
    rows: NDArray[np.int64]
    slots: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Family:
    """Occurrences of one kind of feature with their values."""

    found: Occurrences
    values: NDArray[np.float32]


def features(batch: Sequence[Matches], params: FeatureParams) -> Features:
    """Map posts to their features. Depends on nothing but the posts and the parameters."""
    return join(families(batch, params), len(batch))


def families(batch: Sequence[Matches], params: FeatureParams) -> tuple[Family, Family, Family, Family]:
    """Map posts to words, characters, classes of words and cues, each by itself."""
    texts, named = [tokenise(one.masked) for one in batch], [one.has_object for one in batch]
    return *text_families(texts, named, params), cue_family(cue_names(batch), params)


def join(parts: Sequence[Family], count: int) -> Features:
    """Lay families over each other in the slots they share."""
    return Features(
        count=count,
        rows=np.concatenate([part.found.rows for part in parts]),
        slots=np.concatenate([part.found.slots for part in parts]),
        values=np.concatenate([part.values for part in parts]),
    )


def counts(batch: Sequence[Matches], params: FeatureParams) -> csr_array:
    """Return the features as a sparse matrix (posts x slots, float32) for training."""
    return matrix_of(features(batch, params), params)


def matrix_of(found: Features, params: FeatureParams) -> csr_array:
    """Lay occurrences out as a sparse matrix, posts x slots."""
    from scipy.sparse import csr_array

    cells = (found.rows.astype(np.int32), found.slots.astype(np.int32))  # scikit-learn takes 32-bit indices only
    matrix: Any = csr_array((found.values, cells), shape=(found.count, params.size))
    matrix.sum_duplicates()
    return matrix


def cue_names(batch: Sequence[Matches]) -> list[list[str]]:
    """List the different cues of each post in a fixed order."""
    return [sorted(set(names)) for names in cues(batch)]


def text_families(texts: Sequence[str], named: Sequence[bool], params: FeatureParams) -> tuple[Family, Family, Family]:
    """Words, characters and classes of words of tokenised texts; `named`: whether a text names what is voted on."""
    laid = lay_out(texts)
    return (
        _family(words(laid, params.bits, pairs=True), params.word_scale, len(texts)),
        _family(
            characters(laid, params.bits, shortest=params.shortest, longest=params.longest),
            params.character_scale,
            len(texts),
        ),
        _family(class_occurrences(texts, named, laid, params.bits), params.class_scale, len(texts)),
    )


def cue_family(names: Sequence[Sequence[str]], params: FeatureParams) -> Family:
    """Cues of posts; the leading control character keeps them apart from anybody's words."""
    laid = lay_out([" ".join(f"\x01{name}" for name in one) for one in names])
    return _family(words(laid, params.bits, pairs=False), params.cue_scale, len(names))


def _family(found: Occurrences, scale: float, count: int) -> Family:
    number = np.maximum(np.bincount(found.rows, minlength=count), 1)
    return Family(found=found, values=(scale / np.sqrt(number))[found.rows].astype(np.float32))
