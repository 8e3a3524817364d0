"""How much a feature counts: the rarer in the training posts, the more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Ints = NDArray[np.int64]


def inverse_frequencies(frequencies: NDArray[np.uint32], posts: int) -> NDArray[np.float32]:
    """Smoothed inverse document frequency per slot, as scikit-learn computes it."""
    idf: NDArray[np.float32] = (np.log((1 + posts) / (1 + frequencies.astype(np.float64))) + 1).astype(np.float32)
    return idf


def document_frequencies(matrix: csr_array, posts: Ints) -> NDArray[np.uint32]:
    """In how many posts each slot occurs; tellings of one post count once."""
    coordinates = matrix.tocoo()
    pairs = np.unique(posts[coordinates.row] * np.int64(matrix.shape[1]) + coordinates.col)
    return np.bincount(pairs % matrix.shape[1], minlength=matrix.shape[1]).astype(np.uint32)


def weigh(matrix: csr_array, idf: NDArray[np.float32]) -> csr_array:
    """Multiply every column by its inverse document frequency."""
    weighed = matrix.copy()
    weighed.data = weighed.data * idf[weighed.indices]
    return weighed
