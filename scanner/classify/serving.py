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
from scanner.classify.weighed import Weighed, summed
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
        self._table = np.ascontiguousarray(np.column_stack([table.T, np.ones(table.shape[1], np.float32)]))
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
        self._shaped: dict[int | tuple[str, ...], int] = {}
        """Shapes seen, by their number or by the names of their cues, in the order of `_shown`."""
        self._shown = np.zeros((1024, self._table.shape[1] - 1))
        """What the cues of each shape weigh."""

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
        return self._said(laid.rows, self._numbers.take(laid.pieces), nothing) + self._weigh_shapes(glance)

    def _learn(self, pieces: Pieces) -> None:
        """Learn what pieces that the rules have read weigh and show."""
        first, self._known = self._known, len(pieces)
        reads = pieces.read[first:]
        if reads:
            self._numbers = grown(self._numbers, self._known)
            self._numbers[first : self._known] = self._pieces.number([reads])[1]
            self._shapes.learn(pieces.since(first), [len(read.split()) for read in reads])

    def _weigh_shapes(self, glance: Glance) -> F64:
        """Weigh the cues of quiet texts."""
        numbers, whole = self._shapes.numbers(glance.laid)
        shapes: list[int | tuple[str, ...]] = numbers.tolist()
        for row in np.flatnonzero(whole & glance.quiet).tolist():
            shapes[row] = tuple(dict.fromkeys(self._shapes.names(glance.laid, row, int(numbers[row]))))
        places = list(map(self._shaped.get, shapes))
        if None in places:
            self._learn_shapes(list(set(shapes) - self._shaped.keys()))
            places = list(map(self._shaped.get, shapes))
        return self._shown[np.array(places, np.int64)]

    def _learn_shapes(self, fresh: Sequence[int | tuple[str, ...]]) -> None:
        first, size = len(self._shaped), len(self._shaped) + len(fresh)
        self._shaped |= zip(fresh, range(first, size), strict=True)
        self._shown = grown(self._shown, size, axis=0)
        self._shown[first:size] = self._seen([names_of(one) if isinstance(one, int) else one for one in fresh])

    def _said(self, rows: I64, numbers: I64, named: NDArray[np.bool_]) -> F32:
        """Weigh the words, pairs of words, characters and classes of words of texts, some of which are `named`."""
        known, params, count = self._pieces, self._params, len(named)
        scales = np.array([params.word_scale, params.character_scale, params.class_scale], np.float32)
        if self._fast:
            from scanner.classify.kernels import weigh

            weighed: F32 = weigh(
                numbers,
                _per(rows, count),
                named,
                known.spoken,
                known.classes,
                known.holds,
                known.outer,
                self._table,
                params.bits,
                scales,
            )
            return weighed
        held = known.holds[0].take(numbers)
        rows, numbers = rows[held], numbers[held]
        near = np.flatnonzero(rows[1:] == rows[:-1])
        first, second = known.outer[1].take(numbers[near]), known.outer[0].take(numbers[near + 1])
        kinds = np.empty((count, 3, self._table.shape[1]), np.float32)
        kinds[:, :2] = summed(known.spoken.take(numbers, axis=0), rows, count)
        kinds[:, 0] += summed(self._table.take(pair_slots(first, second, params.bits), axis=0), rows[near], count)
        classed = known.holds[1].take(numbers)
        rows, numbers = rows[classed], numbers[classed]
        kinds[:, 2] = summed(known.classes[numbers, named[rows].astype(np.int64)], rows, count)
        said: F32 = np.einsum("tkr,tk->tr", kinds[..., :-1], scales / np.sqrt(np.maximum(kinds[..., -1], 1)))
        return said

    def _seen(self, named: Sequence[Collection[str]]) -> F64:
        """Weigh the different cues of posts."""
        known, count = self._cues, len(named)
        rows, numbers = known.number(named)
        seen = summed(known.spoken[numbers, 0], rows, count)
        return seen[:, :-1] * (self._params.cue_scale / np.sqrt(np.maximum(seen[:, -1:], 1)))


def _per(rows: I64, count: int) -> I64:
    return np.bincount(rows, minlength=count)
