"""The table as it serves: what a piece of text weighs is worked out once and remembered, for people repeat themselves.

A token never reaches across a blank, and in-word characters never leave their token. So a post weighs what its pieces
between blanks weigh, and the pairs of words across the blanks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from scanner.classify.cues import cues
from scanner.classify.features import FeatureParams, tokenise
from scanner.classify.hashing import characters, lay_out, outer_words, pair_slots, words
from scanner.classify.shapes import Shapes, names_of
from scanner.rules.match import Glance, Matches
from scanner.rules.pieces import Pieces, grown

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_REMEMBERED = 1 << 17
"""Pieces remembered at most: about 40 MB."""


class Weights:
    """Margins of posts by a table (labels x slots), equal to those of the feature map to float precision."""

    def __init__(self, table: NDArray[np.float32], params: FeatureParams) -> None:
        self._table = table
        self._params = params
        self._forget()

    def _forget(self) -> None:
        self._pieces = _Pieces(self._table, self._params, tokenise)
        self._cues = _Pieces(self._table, self._params, "\x01{}".format)
        self._glanced: Pieces | None = None
        self._known = 0
        self._numbers = np.zeros(1024, np.int64)
        """For each piece the rules have read the number of what it reads as."""
        self._shapes = Shapes()
        self._shaped: dict[int, F64] = {}
        """What the cues of a shape weigh, by its number."""

    def margins(self, batch: Sequence[Matches]) -> F64:
        """Return the weights of the features of posts, summed: posts x labels, without the heads' intercepts."""
        if len(self._pieces.numbers) > _REMEMBERED:
            self._forget()
        rows, numbers = self._pieces.number([one.masked.split() for one in batch])
        return self._said(rows, numbers, len(batch)) + self._seen([dict.fromkeys(names) for names in cues(batch)])

    def quiet_margins(self, glance: Glance) -> F64:
        """Return the same for the quiet texts of a glance; rows of other texts mean nothing."""
        if glance.pieces is not self._glanced or max(len(self._pieces.numbers), len(self._shaped)) > _REMEMBERED:
            self._forget()
            self._glanced = glance.pieces
        self._learn(glance.pieces)
        laid = glance.laid
        return self._said(laid.rows, self._numbers[laid.pieces], len(laid.texts)) + self._shown(glance)

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
        shown = np.array(weighed).reshape(len(weighed), len(self._table))[places]
        odd = np.flatnonzero(whole & glance.quiet).tolist()
        shown[odd] = self._seen([dict.fromkeys(self._shapes.names(glance.laid, row, int(shapes[row]))) for row in odd])
        return shown

    def _said(self, rows: I64, numbers: I64, count: int) -> F64:
        """Weigh the words, pairs of words and characters of texts."""
        known = self._pieces
        holds = known.words[numbers] > 0
        rows, numbers = rows[holds], numbers[holds]
        near = np.flatnonzero(rows[1:] == rows[:-1])
        slots = pair_slots(known.last[numbers[near]], known.first[numbers[near + 1]], self._params.bits)
        pairs = [np.bincount(rows[near], one[slots], count) for one in self._table]
        word = _scale(self._params.word_scale, np.bincount(rows, known.words[numbers], count) + _per(rows[near], count))
        character = _scale(self._params.character_scale, np.bincount(rows, known.characters[numbers], count))
        said = [
            word * (np.bincount(rows, one[numbers], count) + two)
            for one, two in zip(known.word_sums, pairs, strict=True)
        ]
        spelt = [character * np.bincount(rows, one[numbers], count) for one in known.character_sums]
        return np.stack(said, axis=1) + np.stack(spelt, axis=1)

    def _seen(self, named: Sequence[Collection[str]]) -> F64:
        """Weigh the different cues of posts."""
        known, count = self._cues, len(named)
        rows, numbers = known.number(named)
        scale = _scale(self._params.cue_scale, _per(rows, count))
        return np.stack([scale * np.bincount(rows, one[numbers], count) for one in known.word_sums], axis=1)


class _Pieces:
    """Pieces of text by number, and what each weighs: arrays with room to grow."""

    def __init__(
        self, table: NDArray[np.float32], params: FeatureParams, read: Callable[[str], str], room: int = 1024
    ) -> None:
        self.numbers: dict[str, int] = {}
        self._table, self._params, self._read = table, params, read
        self.words = np.zeros(room)
        """Words and pairs of words inside each piece."""
        self.characters = np.zeros(room)
        self.word_sums = np.zeros((len(table), room))
        self.character_sums = np.zeros((len(table), room))
        self.first = np.zeros(room, np.uint64)
        """Hash of the first word of each piece."""
        self.last = np.zeros(room, np.uint64)

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
        while len(self.words) < len(self.numbers):
            self._grow()
        read = [self._read(piece) for piece in pieces]
        held = [(start + index, text) for index, text in enumerate(read) if text]
        if not held:
            return
        at, laid = np.array([index for index, _ in held]), lay_out([text for _, text in held])
        bits, params = self._params.bits, self._params
        spoken = words(laid, bits, pairs=True)
        spelt = characters(laid, bits, shortest=params.shortest, longest=params.longest)
        self.first[at], self.last[at] = outer_words(laid)
        self.words[at], self.characters[at] = _per(spoken.rows, len(at)), _per(spelt.rows, len(at))
        for label, weights in enumerate(self._table):
            self.word_sums[label, at] = np.bincount(spoken.rows, weights[spoken.slots], len(at))
            self.character_sums[label, at] = np.bincount(spelt.rows, weights[spelt.slots], len(at))

    def _grow(self) -> None:
        for name in ("words", "characters", "word_sums", "character_sums", "first", "last"):
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.zeros_like(array)], axis=-1))


def _per(rows: I64, count: int) -> I64:
    return np.bincount(rows, minlength=count)


def _scale(scale: float, number: NDArray[np.generic]) -> F64:
    return np.asarray(scale / np.sqrt(np.maximum(number, 1)), np.float64)
