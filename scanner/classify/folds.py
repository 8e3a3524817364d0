"""Folds that are judged on kinds of posts that the others have not taught."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def group_posts(matrix: csr_array, kinds: Sequence[str], similarity: float = 0.8) -> Ints:
    """Group posts that must not be divided between folds.

    Those of one kind (writer and category), and near-duplicates by cosine similarity of the weighed features:
    a fold is then judged on kinds of posts it has not seen from that writer.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from sklearn.preprocessing import normalize

    unit: Any = normalize(matrix)
    near = (unit @ unit.T).tocoo()
    alike = near.data >= similarity
    first = {kind: index for index, kind in reversed(list(enumerate(kinds)))}
    rows = np.concatenate([near.row[alike], np.arange(len(kinds))])
    columns = np.concatenate([near.col[alike], np.array([first[kind] for kind in kinds])])
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(kinds), len(kinds)))
    groups: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def divide(labels: Bools, groups: Ints, seed: int, count: int = 5) -> Ints:
    """Give every row the number of the fold that holds it out; groups stay together, classes are spread."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = np.empty(len(labels), dtype=np.int64)
    splitter = StratifiedGroupKFold(n_splits=count, shuffle=True, random_state=seed)
    for number, (_, held) in enumerate(splitter.split(labels, labels, groups)):
        folds[held] = number
    return folds
