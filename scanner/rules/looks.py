"""What one piece of text between blanks reads as, and what it asks for: a closer look, or its whole text.

No step of `normalise` reaches across a blank but those that join what was written apart, and these need pieces of a
kind that is rare. A text without them reads as its pieces read, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from scanner.text.disguises import ROMAN, spellings
from scanner.text.edits import Kind
from scanner.text.glance import hides_nothing
from scanner.text.normalise import Normalised, normalise
from scanner.text.slang import shipped_slang
from scanner.text.spelling import MOST_PIECES, ballot_numbers, joined_pieces

CLOSER, NAMED, BROKEN, WHOLE, SINGLE = 1, 2, 4, 8, 16
"""What a piece asks for. CLOSER: it is a word of the rules, or beside others may be one. NAMED: it may be part of a
name. BROKEN: with its neighbours it may be one word, or a number. SINGLE: beside another such it may be a letter of a
word written apart. WHOLE: it may change how its neighbours read."""

Look = tuple[str, str, int, frozenset[str]]
"""What a piece reads as, normalised; the same before slang is replaced; what it asks for; which of its words count in
a closer look. A plain tuple: millions are made."""

_MARKS = ".,?!:;"
"""No step of `normalise` minds these before or behind a word of two letters and more."""
_SHORTEST = 2
_NO_WORDS: frozenset[str] = frozenset()
_RUN = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^\.?[a-z]+(?:[.'~^`_-][a-z]+)?|(?:[a-z]+[.'~^`_-])?[a-z]+$")
"""What may belong together with words of the neighbours (scanner.text.spelling)."""
_LINK = re.compile(r"https?://[!-~]+|@\w[\w.]*", re.IGNORECASE)
"""Web addresses and @handles, as `edits.spare_links` tells them."""
_APART = frozenset("abcdefghijklmnopqrstuvwxyz0134578@$")
"""What stands between the blanks of a word written apart (scanner.text.clean)."""


class Looks:
    """Looks at single pieces of text."""

    def __init__(
        self, ask: Callable[[Normalised], tuple[int, frozenset[str]]], asked_for: Collection[str] = ()
    ) -> None:
        """Take what `ask` tells of a piece as it reads: what it asks for, and which of its words tell.

        It must tell nothing of a plain word that is not `asked_for`.
        """
        self._ask = ask
        self._known = spellings().telling.union(shipped_slang(), asked_for)
        self._words: dict[str, Look] = {}
        """Words without the marks around them and in small letters."""

    def at(self, piece: str) -> Look:
        """Look at a piece, or at the word in it where nothing but marks stands around."""
        lower = piece.lower()
        word = lower.strip(_MARKS)
        if len(word) < _SHORTEST or not (word.isalpha() and word.isascii()):
            return self._look(piece)
        if word not in self._known and hides_nothing(word, word):
            return lower, lower, 0, _NO_WORDS
        look = self._words.get(word)
        if look is None:
            look = self._words[word] = self._look(word)
        if word == lower:
            return look
        read, spelt, asks, telling = look
        return lower.replace(word, read), lower.replace(word, spelt), asks, telling

    def _look(self, piece: str) -> Look:
        if piece.isascii() and _LINK.fullmatch(piece):
            read = Normalised(original=piece, text=piece.lower())  # no edit inside a link is kept
            asks, telling = self._ask(read)
            return read.text, read.text, asks, telling
        read = normalise(piece)
        asks, telling = self._ask(read)
        spelt = normalise(piece, slang={}) if read.layers else read
        asks |= SINGLE * (spelt.text in _APART)
        joined = any(edit.kind is Kind.SPACED for layer in spelt.layers for edit in layer)
        blank = not spelt.text.isprintable() or " " in spelt.text
        runs = _RUN.findall(spelt.text)
        # NOTE: beside an apostrophe slang is read or not, by what else stands in the text.
        quoted = "'" in spelt.text and not shipped_slang().keys().isdisjoint(runs)
        odd = not spellings().telling.isdisjoint(runs) and not spellings().telling.isdisjoint(_edges(spelt.text))
        return read.text, spelt.text, asks | WHOLE * (joined or blank or quoted) | BROKEN * odd, telling


def _edges(text: str) -> list[str]:
    return _RUN.findall(" ".join(edge[0] for edge in _EDGES.finditer(text)))


def broken(spelt: Sequence[str], place: int) -> bool:
    """Tell whether the piece at this place of a text is one word with its neighbours, or a number beside them."""
    text = " ".join(spelt[max(place - MOST_PIECES + 1, 0) : place + MOST_PIECES])
    runs = _RUN.findall(text)
    if ROMAN.keys().isdisjoint(runs) and spellings().beginnings.isdisjoint(runs):
        return False
    return bool(joined_pieces(text) or ballot_numbers(text))
