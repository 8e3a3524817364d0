"""Two domains, one head: written posts teach along with the real timeline, and keep their own habits to themselves.

Every feature exists once for all posts and once more for written posts (Daumé 2007, "Frustratingly easy domain
adaptation"). What both domains agree on lands in the shared weights; that written posts hold as many hashtags beside
news as beside support, to make keyword lists fail, lands in the others. A head serves with the shared weights and a
share of the written ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def design(matrix: csr_array, written: Bools) -> csr_array:
    """Put the features of written rows a second time beside all features (rows x 2 slots)."""
    from scipy.sparse import csr_array, diags_array, hstack

    copies = csr_array(diags_array(written.astype(np.float32)) @ matrix)
    return csr_array(hstack([matrix, copies], format="csr"))


def divided(coefficients: Floats) -> tuple[Floats, Floats]:
    """Return the shared weights and those of written posts alone (along the last axis)."""
    size = coefficients.shape[-1] // 2
    return coefficients[..., :size], coefficients[..., size:]


def balanced(weights: Floats, labels: Bools, groups: NDArray[np.int64]) -> Floats:
    """Let both classes weigh the same within every group, which keeps its weight as a whole.

    Files differ in their shares of positive posts and in their manner of writing: without this, the manner would
    tell the label. A group of one class stays as it is.
    """
    whole = np.bincount(groups, weights)
    sides = [np.bincount(groups, weights * side, minlength=len(whole)) for side in (~labels, labels)]
    both = (sides[0] > 0) & (sides[1] > 0)
    own = np.where(labels, sides[1][groups], sides[0][groups])
    return np.where(both[groups], weights * whole[groups] / (2 * np.where(own > 0, own, 1.0)), weights)
