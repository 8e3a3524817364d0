"""Pieces of text between blanks, each read once and remembered: most posts can be cleared by their pieces alone."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, count, islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from scanner.rules.looks import BROKEN, CLOSER, NAMED, SINGLE, WHOLE, Looks, broken

if TYPE_CHECKING:
    from scanner.rules.kernels import Numbering

I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
Entry = TypeVar("Entry", bound=np.generic)

_NO_WORDS: frozenset[str] = frozenset()
_SEPARATORS = re.compile("[\x1c-\x1f]")
"""White space for `str.split`, nothing for `normalise`."""


@dataclass(frozen=True, slots=True)
class Laid:
    """Texts as rows of pieces, laid end to end."""

    texts: Sequence[str]
    rows: I64
    """Index of the text of each piece."""
    pieces: I64
    """Number of each piece, see `Pieces`."""
    sizes: I64
    """Pieces of each text."""
    ends: I64
    """One past the last piece of each text."""

    def of(self, row: int) -> I64:
        """Return the pieces of one text."""
        return self.pieces[self.ends[row] - self.sizes[row] : self.ends[row]]

    def each(self, rows: Sequence[int] | I64) -> Iterator[list[int]]:
        """Yield the pieces of some of the texts."""
        pieces: list[int] = self.pieces.tolist()
        for end, size in zip(self.ends[rows].tolist(), self.sizes[rows].tolist(), strict=True):
            yield pieces[end - size : end]

    def reduced(self, by: np.ufunc, values: NDArray[Entry], empty: int) -> NDArray[Entry]:
        """Reduce values (pieces laid x ...) to those of texts (texts x ...); `empty` is that of one without pieces."""
        found = np.full((len(self.sizes), *values.shape[1:]), empty, dtype=values.dtype)
        held = self.sizes > 0
        if len(values):
            found[held] = by.reduceat(values, (self.ends - self.sizes)[held], axis=0)
        return found


def grown(array: NDArray[Entry], size: int, axis: int = -1) -> NDArray[Entry]:
    """Return the array with room for this many entries along an axis: itself, or a copy with twice that room."""
    if array.shape[axis] >= size:
        return array
    shape = list(array.shape)
    shape[axis] = 2 * size - shape[axis]
    return np.concatenate([array, np.zeros(shape, array.dtype)], axis=axis)


def fast() -> bool:
    """Tell whether to use what numba compiles: it is there (the extra `[fast]`), and SCANNER_FAST is not 0."""
    return os.environ.get("SCANNER_FAST") != "0" and find_spec("numba") is not None


def _numbering() -> Numbering:
    from scanner.rules.kernels import Numbering

    return Numbering()


class Pieces:
    """All different pieces seen so far, by number in the order of their first appearance."""

    def __init__(self, looks: Looks) -> None:
        self._look_at = looks.at
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self.read: list[str] = []
        """What each piece reads as, normalised."""
        self._spelt: list[str] = []
        self._telling: list[frozenset[str]] = []
        self._looks = np.zeros(1024, np.uint8)
        self._compiled = _numbering() if fast() else None

    def __len__(self) -> int:
        return len(self.read)

    def lay_out(self, texts: Sequence[str]) -> Laid:
        """Part texts into pieces; new ones are read."""
        pieces, sizes = self._number(texts)
        self._learn()
        rows = np.repeat(np.arange(len(texts)), sizes)
        return Laid(texts=texts, rows=rows, pieces=pieces, sizes=sizes, ends=np.cumsum(sizes))

    def _number(self, texts: Sequence[str]) -> tuple[I64, I64]:
        """Return the numbers of the pieces of texts, and how many each text has."""
        if self._compiled is not None:
            return self._compiled_number(self._compiled, texts)
        parted = [text.split() for text in texts]
        sizes = np.fromiter(map(len, parted), np.int64, len(parted))
        numbers = map(self._numbers.__getitem__, chain.from_iterable(parted))
        return np.fromiter(numbers, np.int64, int(sizes.sum())), sizes

    def _compiled_number(self, numbering: Numbering, texts: Sequence[str]) -> tuple[I64, I64]:
        joined = "\n".join((*texts, ""))
        codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        pieces, sizes, spans = numbering.pass_over(codes, np.cumsum(lengths + 1) - 1)
        new = np.flatnonzero(pieces < 0)
        for place, (start, end) in zip(new.tolist(), spans[new].tolist(), strict=True):
            known = len(self._numbers)
            number = pieces[place] = self._numbers[joined[start:end]]
            if number == known:
                numbering.add(place, number)
        return pieces, sizes

    def since(self, first: int) -> list[str]:
        """Return the pieces from this number on, as they were written."""
        return list(islice(reversed(self._numbers), len(self._numbers) - first))[::-1]

    def looks(self, laid: Laid) -> U8:
        """Return what each text asks for: nothing, or CLOSER and NAMED, or WHOLE."""
        each = self._looks[laid.pieces]
        found = laid.reduced(np.bitwise_or, each, 0) & (CLOSER | NAMED | WHOLE)
        apart = (each[:-1] & each[1:] & SINGLE > 0) & (laid.rows[:-1] == laid.rows[1:])
        found[laid.rows[1:][apart]] = WHOLE
        found[[row for row, text in enumerate(laid.texts) if _SEPARATORS.search(text)]] = WHOLE
        found[list(self._broken(laid, np.flatnonzero(each & BROKEN)))] = WHOLE
        asked: U8 = np.minimum(found, WHOLE)
        return asked

    def _broken(self, laid: Laid, places: I64) -> Iterator[int]:
        """Yield the texts in which pieces at some of these places belong together with their neighbours."""
        rows = laid.rows[places]
        starts = laid.ends[rows] - laid.sizes[rows]
        for row, pieces, place in zip(rows.tolist(), laid.each(rows), (places - starts).tolist(), strict=True):
            if broken([self._spelt[piece] for piece in pieces], place):
                yield row

    def text(self, pieces: Iterable[int]) -> str:
        """Return what the pieces of a text read as, with single blanks between them."""
        return " ".join(map(self.read.__getitem__, pieces))

    def telling(self, pieces: Iterable[int]) -> frozenset[str]:
        """Return the words of the pieces of a text that count in a closer look."""
        return _NO_WORDS.union(*map(self._telling.__getitem__, pieces))

    def _learn(self) -> None:
        first = len(self.read)
        fresh = [self._look_at(piece) for piece in self.since(first)]
        if fresh:
            read, spelt, asks, telling = zip(*fresh, strict=True)
            self.read += read
            self._spelt += spelt
            self._telling += telling
            self._looks = grown(self._looks, len(self.read))
            self._looks[first : len(self.read)] = asks
