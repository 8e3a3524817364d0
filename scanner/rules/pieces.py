"""Pieces of text between blanks, each read once and remembered: most posts can be cleared by their pieces alone."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain, count, islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from scanner.rules.looks import BROKEN, CLOSER, NAMED, SINGLE, TELLS, WHOLE, Looks, broken

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

    def of(self, row: int) -> list[int]:
        """Return the pieces of one text."""
        end = int(self.ends[row])
        pieces: list[int] = self.pieces[end - int(self.sizes[row]) : end].tolist()
        return pieces

    def any_of(self, bits: NDArray[Entry]) -> NDArray[Entry]:
        """Return for each text the bits (one array entry per known piece) that any of its pieces has."""
        return self.reduced(np.bitwise_or, bits[self.pieces], 0)

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
        """Return what each text asks for: nothing, or CLOSER, NAMED and BROKEN together, or WHOLE."""
        each = self._looks[laid.pieces]
        found = laid.reduced(np.bitwise_or, each, 0) & (CLOSER | NAMED | BROKEN | WHOLE)
        apart = np.zeros(len(laid.texts), bool)
        apart[laid.rows[1:][(each[:-1] & each[1:] & SINGLE > 0) & (laid.rows[:-1] == laid.rows[1:])]] = True
        odd = np.fromiter((_SEPARATORS.search(text) is not None for text in laid.texts), bool, len(laid.texts))
        return np.where(apart | odd | (found >= WHOLE), WHOLE, found).astype(np.uint8)

    def broken(self, laid: Laid, row: int) -> bool:
        """Tell of one of the texts whether some of its pieces belong together with their neighbours."""
        places = [place for place, piece in enumerate(laid.of(row)) if self._looks[piece] & BROKEN]
        pieces = laid.texts[row].split()
        return any(broken(pieces, place) for place in places)

    def text(self, laid: Laid, row: int) -> str:
        """Return what one of the texts reads as, with single blanks between its pieces."""
        return " ".join(map(self.read.__getitem__, laid.of(row)))

    def telling(self, laid: Laid, asked: NDArray[np.bool_]) -> list[frozenset[str]]:
        """Return for each text that is asked for the words that count in a closer look."""
        found = [_NO_WORDS] * len(laid.texts)
        some = np.flatnonzero((self._looks[laid.pieces] & TELLS > 0) & asked[laid.rows])
        for row, piece in zip(laid.rows[some].tolist(), laid.pieces[some].tolist(), strict=True):
            found[row] |= self._telling[piece]
        return found

    def _learn(self) -> None:
        first = len(self.read)
        fresh = self.since(first)
        self._looks = grown(self._looks, len(self._numbers))
        for number, piece in enumerate(fresh, first):
            read, self._looks[number], telling = self._look_at(piece)
            self.read.append(read)
            self._telling.append(telling)
