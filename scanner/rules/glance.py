"""A glance at texts: which of them the rules see nothing in, told by their pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scanner.rules.looks import CLOSER, NAMED, WHOLE, Looks
from scanner.rules.names import Names
from scanner.rules.participants import mask
from scanner.rules.pieces import Laid, Pieces
from scanner.rules.screen import GLUED, NOTHING_WANTED, Screen, words_of
from scanner.text.codepoints import without_halves
from scanner.text.normalise import Normalised

_REMEMBERED = 1 << 17
"""Pieces remembered at most: about 50 MB."""
_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Glance:
    """What the pieces of some texts tell without reading them closer."""

    pieces: Pieces
    laid: Laid
    quiet: NDArray[np.bool_]
    """For each text whether the rules certainly see nothing in it."""


class Glancer:
    """Screen and names put to single pieces, and to their sum."""

    def __init__(self, names: Names, screen: Screen) -> None:
        self._screen = screen
        self._heads = frozenset(max(_RUN.findall(name.words), key=len, default="") for name in names.known)
        # Pieces do not tell how a name is written, nor in what company: there it counts as a name.
        self._loose = replace(names, known=tuple(replace(name, written="") for name in names.known))
        self._loosest = replace(names, known=tuple(replace(name, ambiguous=False) for name in self._loose.known))
        self._blind = screen.blind or "" in self._heads
        self._pieces = self._no_pieces()

    def _no_pieces(self) -> Pieces:
        screen = self._screen
        return Pieces(Looks(self._look, screen.literals.union(screen.numbers, self._heads)))

    def glance(self, texts: Sequence[str]) -> Glance:
        """Part texts into pieces and tell in which of them the rules see nothing: certain for those, others may."""
        if len(self._pieces) > _REMEMBERED:
            self._pieces = self._no_pieces()
        known = self._pieces
        laid = known.lay_out([without_halves(text) for text in texts])
        looks = known.looks(laid)
        closer = np.flatnonzero((looks > 0) & (looks < WHOLE)).tolist()
        for row, pieces in zip(closer, laid.each(closer), strict=True):
            if self._cleared(known, pieces, int(looks[row])):
                looks[row] = 0
        return Glance(pieces=known, laid=laid, quiet=(looks == 0) & (not self._blind))

    def _look(self, piece: Normalised) -> tuple[int, frozenset[str]]:
        """Tell what a piece asks for. Whoever names something writes the longest word of the name, or a hashtag."""
        read, words = piece.text, words_of(piece.text)
        telling = self._screen.telling(words)
        named = not self._heads.isdisjoint(words)
        tagged = "#" in read and (self._screen.tagged(read) or bool(mask(piece, self._loosest).segments))
        if tagged or GLUED.search(read):
            return WHOLE, telling
        return NAMED * named | CLOSER * self._screen.starts(telling), telling

    def _cleared(self, known: Pieces, pieces: Sequence[int], look: int) -> bool:
        """Look closer at a text whose pieces read the same wherever they stand."""
        wanted = self._screen.wanted(known.telling(pieces)) if look & CLOSER else NOTHING_WANTED
        if not (look & NAMED or any(wanted)):
            return True
        text = known.text(pieces)
        if not self._screen.lacks(wanted, words_of(text)):
            return False
        return not look & NAMED or not mask(Normalised(original=text, text=text), self._loose).segments
