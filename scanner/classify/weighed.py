"""What pieces of text weigh by the table, worked out when a piece is first met."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import FeatureParams
from scanner.classify.hashing import characters, lay_out, outer_words, words
from scanner.classify.word_classes import class_occurrences
from scanner.rules.pieces import grown

I64 = NDArray[np.int64]


class Weighed:
    """Pieces of text by number, and what each weighs: arrays with room to grow.

    The table is slots x rows here, with a last column of ones.
    """

    def __init__(
        self, table: NDArray[np.float32], params: FeatureParams, read: Callable[[str], str], room: int = 1024
    ) -> None:
        self.numbers: dict[str, int] = {}
        self._table, self._params, self._read = table, params, read
        self.sums = np.zeros((room, 4, table.shape[1]), np.float32)
        """What their words with pairs of words, characters, and classes of words weigh, in the columns of the table;
        the classes once as in any text and once as in one that is named."""
        self.outer = np.zeros((2, room), np.uint64)
        """Hashes of the first and the last word of each piece."""

    def number(self, texts: Sequence[Collection[str]]) -> tuple[I64, I64]:
        """Return rows and numbers of all pieces of all texts; new pieces are learnt."""
        numbers = self.numbers
        fresh = [piece for text in texts for piece in text if piece not in numbers]
        if fresh:
            self._learn(list(dict.fromkeys(fresh)))
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        flat = map(numbers.__getitem__, chain.from_iterable(texts))
        return np.repeat(np.arange(len(texts)), sizes), np.fromiter(flat, np.int64, int(sizes.sum()))

    def _learn(self, pieces: Sequence[str]) -> None:
        start = len(self.numbers)
        self.numbers.update(zip(pieces, range(start, start + len(pieces)), strict=True))
        size = len(self.numbers)
        self.outer, self.sums = grown(self.outer, size), grown(self.sums, size, axis=0)
        read = [self._read(piece) for piece in pieces]
        held = [(start + index, text) for index, text in enumerate(read) if text]
        if not held:
            return
        at, texts = np.array([index for index, _ in held]), [text for _, text in held]
        bits, params, laid = self._params.bits, self._params, lay_out(texts)
        spoken = words(laid, bits, pairs=True)
        spelt = characters(laid, bits, shortest=params.shortest, longest=params.longest)
        classed, marked = (class_occurrences(texts, [named] * len(at), laid, bits) for named in (False, True))
        self.outer[:, at] = outer_words(laid)
        for family, found in enumerate((spoken, spelt, classed, marked)):
            weights = self._table[found.slots]
            for column in range(weights.shape[1]):
                self.sums[at, family, column] = np.bincount(found.rows, weights[:, column], len(at))
