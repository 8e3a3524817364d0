"""Texts as vectors, for finding posts that say the same: the shipped encoder by numpy alone, or one swapped in.

An encoder reads tokenised masked text, never the original: whom a post names must not weigh (guardrail G7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scanner.classify.encoder import WEIGHTS, load_vectors
from scanner.classify.vectors import Vectors

Floats = NDArray[np.float32]


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def id(self) -> str:
        """Name and eight digits of the hash of its files; the same id gives the same vectors."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Encode tokenised masked texts: texts x dimensions, each row of length one, or zero for an unknown text."""


@dataclass(frozen=True, eq=False)
class StaticEncoder:
    """Sums of word vectors. Needs numpy only."""

    id: str
    vectors: Vectors

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.vectors.weights.shape[1])

    def encode(self, texts: Sequence[str]) -> Floats:
        """Sum the vectors of each text's known words; a text without any gets zeros."""
        found = [[self._rows[word] for word in text.split() if word in self._rows] for text in texts]
        sums = np.array([self.vectors.weights[rows].sum(axis=0) for rows in found], dtype=np.float32)
        return unit(sums.reshape(len(texts), self.dimensions))

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return {word: row for row, word in enumerate(self.vectors.words)}


def load_static(folder: Path) -> StaticEncoder:
    """Read a folder written by `scanner train encoder`. Raises ModelError when it is none."""
    vectors = load_vectors(folder)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    return StaticEncoder(id=f"{folder.name}-{digest[:8]}", vectors=vectors)


def unit(rows: Floats) -> Floats:
    """Scale rows to length one; rows of zeros stay."""
    scaled: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.float32(1e-9))
    return scaled
