"""The additive feature map: words, in-word characters and cues of a post, each a slot of one table.

A post's value is a sum over its occurrences, so a trained linear model is served as a table of floats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scanner.classify.cues import Matches, cues
from scanner.classify.hashing import Occurrences, characters, lay_out, words

if TYPE_CHECKING:
    from scipy.sparse import csr_array


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


_TOKEN = re.compile(r"⟨\w+⟩|[^\W\d_]+|\d+|[#?!\"%]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_NUMBER_WORDS = frozenset({"satu", "dua", "tiga", "empat", "lima", "kesatu", "kedua", "ketiga", "keempat", "kelima"})


def tokenise(masked: str) -> str:
    """Divide a masked text into tokens joined by single spaces.

    Digits and number words all read `0`: which number was meant must not carry weight (guardrail G7).
    """
    return " ".join(_neutral(token) for token in _TOKEN.findall(masked))


def _neutral(token: str) -> str:
    return "0" if token[0].isdigit() or token in _NUMBER_WORDS else token


def features(batch: Sequence[Matches], params: FeatureParams) -> Features:
    """Map posts to their features. Depends on nothing but the posts and the parameters."""
    parts = list(_families(batch, params))
    return Features(
        count=len(batch),
        rows=np.concatenate([part.rows for part, _ in parts]),
        slots=np.concatenate([part.slots for part, _ in parts]),
        values=np.concatenate([_values(part, scale, len(batch)) for part, scale in parts]),
    )


def counts(batch: Sequence[Matches], params: FeatureParams) -> csr_array:
    """Return the features as a sparse matrix (posts x slots, float32) for training."""
    from scipy.sparse import csr_array

    found = features(batch, params)
    matrix: Any = csr_array((found.values, (found.rows, found.slots)), shape=(found.count, params.size))
    matrix.sum_duplicates()
    return matrix


def _families(batch: Sequence[Matches], params: FeatureParams) -> Iterator[tuple[Occurrences, float]]:
    text = lay_out([tokenise(one.masked) for one in batch])
    yield words(text, params.bits, pairs=True), params.word_scale
    yield characters(text, params.bits, shortest=params.shortest, longest=params.longest), params.character_scale
    seen = lay_out([" ".join(f"\x01{cue}" for cue in sorted(set(cues(one)))) for one in batch])
    yield words(seen, params.bits, pairs=False), params.cue_scale


def _values(part: Occurrences, scale: float, count: int) -> NDArray[np.float32]:
    number = np.maximum(np.bincount(part.rows, minlength=count), 1)
    return (scale / np.sqrt(number))[part.rows].astype(np.float32)
