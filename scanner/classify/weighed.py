"""What pieces of text weigh by the table, worked out when a piece is first met."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scanner.classify.features import FeatureParams
from scanner.classify.hashing import Occurrences, characters, lay_out, outer_words, words
from scanner.classify.word_classes import class_occurrences, words_with_classes
from scanner.rules.pieces import grown

F32 = NDArray[np.float32]
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
        width = table.shape[1]
        self.spoken = np.zeros((room, 2, width), np.float32)
        """What their words with pairs of words, and their characters, weigh in the columns of the table."""
        self.classes = np.zeros((room, 2, width), np.float32)
        """What the classes of their words weigh, as in any text and as in one that is named."""
        self.holds = np.zeros((2, room), np.bool_)
        """Whether there is a word in a piece, and whether there is one with a class."""
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
        self.outer, self.holds = grown(self.outer, size), grown(self.holds, size)
        self.spoken, self.classes = grown(self.spoken, size, axis=0), grown(self.classes, size, axis=0)
        read = [self._read(piece) for piece in pieces]
        held = [(start + index, text) for index, text in enumerate(read) if text]
        if not held:
            return
        at, texts = np.array([index for index, _ in held]), [text for _, text in held]
        bits, params, laid = self._params.bits, self._params, lay_out(texts)
        self.outer[:, at] = outer_words(laid)
        spelt = characters(laid, bits, shortest=params.shortest, longest=params.longest)
        for family, found in enumerate((words(laid, bits, pairs=True), spelt)):
            self.spoken[at, family] = self._weigh(found, len(at))
        self.holds[0, at] = True
        known = words_with_classes()
        telling = [row for row, text in enumerate(texts) if not known.isdisjoint(text.split(" "))]
        at, texts = at[telling], [texts[row] for row in telling]
        laid = lay_out(texts)
        for named in (False, True):
            found = class_occurrences(texts, [named] * len(at), laid, bits)
            self.classes[at, int(named)] = self._weigh(found, len(at))
        self.holds[1, at] = True

    def _weigh(self, found: Occurrences, count: int) -> F32:
        order = np.argsort(found.rows, kind="stable")
        return summed(self._table.take(found.slots[order], axis=0), found.rows[order], count)


def summed(weights: F32, rows: I64, count: int) -> F32:
    """Sum weights (pieces x ...) over the pieces of each text; `rows` are their texts, in order."""
    sums = np.zeros((count, *weights.shape[1:]), np.float32)
    if len(rows):
        starts = np.append(0, np.flatnonzero(rows[1:] != rows[:-1]) + 1)
        sums[rows[starts]] = np.add.reduceat(weights, starts, axis=0)
    return sums
