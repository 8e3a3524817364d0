"""The table as it serves: what a piece of text weighs is worked out once and remembered, for people repeat themselves.

A token never reaches across a blank, and in-word characters never leave their token. So a post weighs what its pieces
between blanks weigh, and the pairs of words across the blanks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.classify.cues import cues
from scanner.classify.features import FeatureParams
from scanner.classify.hashing import pair_slots
from scanner.classify.shapes import Shapes, names_of
from scanner.classify.tokenise import tokenise
from scanner.classify.weighed import Weighed
from scanner.rules.glance import Glance
from scanner.rules.matches import Matches
from scanner.rules.pieces import Pieces, fast, grown

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_REMEMBERED = 1 << 17
"""Pieces remembered at most: about 40 MB."""


class Weights:
    """What posts weigh by a table (rows x slots), equal to the product with the feature map to float precision."""

    def __init__(self, table: F32, params: FeatureParams) -> None:
        self._table = np.column_stack([table.T, np.ones(table.shape[1], np.float32)])
        """Slots x rows, so that what a feature weighs lies together, and a last column that counts features."""
        self._params = params
        self._fast = fast()
        self._forget()

    def _forget(self) -> None:
        self._pieces = Weighed(self._table, self._params, tokenise)
        self._cues = Weighed(self._table, self._params, "\x01{}".format)
        self._glanced: Pieces | None = None
        self._known = 0
        self._numbers = np.zeros(1024, np.int64)
        """For each piece the rules have read the number of what it reads as."""
        self._shapes = Shapes()
        self._shaped: dict[int, F64] = {}
        """What the cues of a shape weigh, by its number."""

    def margins(self, batch: Sequence[Matches]) -> F64:
        """Return the weights of the features of posts, summed: posts x rows of the table, without intercepts."""
        if len(self._pieces.numbers) > _REMEMBERED:
            self._forget()
        rows, numbers = self._pieces.number([one.masked.split() for one in batch])
        named = np.array([one.has_object for one in batch], np.bool_)
        return self._said(rows, numbers, named) + self._seen([dict.fromkeys(names) for names in cues(batch)])

    def quiet_margins(self, glance: Glance) -> F64:
        """Return the same for the quiet texts of a glance; rows of other texts mean nothing."""
        if glance.pieces is not self._glanced or max(len(self._pieces.numbers), len(self._shaped)) > _REMEMBERED:
            self._forget()
            self._glanced = glance.pieces
        self._learn(glance.pieces)
        laid = glance.laid
        nothing = np.zeros(len(laid.texts), np.bool_)
        return self._said(laid.rows, self._numbers[laid.pieces], nothing) + self._shown(glance)

    def _learn(self, pieces: Pieces) -> None:
        """Learn what pieces that the rules have read weigh and show."""
        first, self._known = self._known, len(pieces)
        reads = pieces.read[first:]
        if reads:
            self._numbers = grown(self._numbers, self._known)
            self._numbers[first : self._known] = self._pieces.number([reads])[1]
            self._shapes.learn(pieces.since(first), [len(read.split()) for read in reads])

    def _shown(self, glance: Glance) -> F64:
        """Weigh the cues of quiet texts."""
        shapes, whole = self._shapes.numbers(glance.laid)
        different, places = np.unique(shapes, return_inverse=True)
        fresh = [shape for shape in different.tolist() if shape not in self._shaped]
        self._shaped |= zip(fresh, self._seen(list(map(names_of, fresh))), strict=True)
        weighed = [self._shaped[shape] for shape in different.tolist()]
        shown = np.array(weighed).reshape(len(weighed), self._table.shape[1] - 1)[places]
        odd = np.flatnonzero(whole & glance.quiet).tolist()
        shown[odd] = self._seen([dict.fromkeys(self._shapes.names(glance.laid, row, int(shapes[row]))) for row in odd])
        return shown

    def _said(self, rows: I64, numbers: I64, named: NDArray[np.bool_]) -> F64:
        """Weigh the words, pairs of words, characters and classes of words of texts, some of which are `named`."""
        known, params, count = self._pieces, self._params, len(named)
        scales = np.array([params.word_scale, params.character_scale, params.class_scale])
        if self._fast:
            from scanner.classify.kernels import weigh

            weighed: F64 = weigh(
                numbers, _per(rows, count), named, known.sums, known.outer, self._table, params.bits, scales
            )
            return weighed
        holds = known.sums[numbers, 0, -1] > 0
        rows, numbers = rows[holds], numbers[holds]
        near = np.flatnonzero(rows[1:] == rows[:-1])
        slots = pair_slots(known.outer[1, numbers[near]], known.outer[0, numbers[near + 1]], params.bits)
        kinds = _summed(known.sums[:, : 4 if named.any() else 3][numbers], rows, count)
        kinds[:, 0] += _summed(self._table[slots], rows[near], count)
        kinds[named, 2] = kinds[named, -1]
        said: F64 = np.einsum("tkr,tk->tr", kinds[:, :3, :-1], scales / np.sqrt(np.maximum(kinds[:, :3, -1], 1)))
        return said

    def _seen(self, named: Sequence[Collection[str]]) -> F64:
        """Weigh the different cues of posts."""
        known, count = self._cues, len(named)
        rows, numbers = known.number(named)
        seen = _summed(known.sums[numbers, 0], rows, count)
        return seen[:, :-1] * (self._params.cue_scale / np.sqrt(np.maximum(seen[:, -1:], 1)))


def _summed(weights: F32, rows: I64, count: int) -> F32:
    """Sum weights (pieces x ...) over the pieces of each text; `rows` are their texts, in order."""
    sums = np.zeros((count, *weights.shape[1:]), np.float32)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    if len(starts):
        sums[rows[starts]] = np.add.reduceat(weights, starts, axis=0)
    return sums


def _per(rows: I64, count: int) -> I64:
    return np.bincount(rows, minlength=count)
