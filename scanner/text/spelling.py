"""Steps on the spelling of words: old, shortened or backwards, broken into pieces; Roman ballot numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from scanner.text.disguises import ROMAN, spellings
from scanner.text.edits import Edit, Edits, Kind

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"(?<![^\W_])[a-z]+(?![^\W_])")
_GAP = re.compile("[ .'~^`_-]")
"""What may stand between the pieces of a broken word."""
MOST_PIECES = 3

_BALLOT_NUMBER = re.compile(
    r"\b(?:(?:nomor|nomer|nmr|no|paslon|urut)[ .]{1,2}(?P<long>i{2,3}|iv)|(?:nomor|nomer|paslon|urut) (?P<one>[iv]))"
    r"(?![\w'])(?![/.-]\w)"
)


def spelt_plainly(text: str, words: Iterable[str]) -> bool:
    """Tell of a text and its words that no step of this module would change it.

    An apostrophe holds the pieces of a broken word together, so that its words tell nothing.
    """
    return "'" not in text and spellings().telling.isdisjoint(words)


def respelt_words(text: str) -> Edits:
    """Return the edits that put watched words for their other spellings: tjoblos, mndkng, solboc."""
    known = spellings().words
    return [
        Edit(match.start(), match.end(), known[match[0]], Kind.SPELLING)
        for match in _WORD.finditer(text)
        if match[0] in known
    ]


def joined_pieces(text: str) -> Edits:
    """Return the edits that join a watched word broken into two or three pieces: du kung, cob^los, ka.mpa.nye.

    At least one piece must be no word: `menang no 2` and `wali kota` stay.
    """
    known = spellings()
    pieces = list(_PIECE.finditer(text))
    edits: list[Edit] = []
    for at, first in enumerate(pieces):
        if first[0] in known.beginnings and not (edits and first.start() < edits[-1].end):
            edits += _joined(text, pieces[at : at + MOST_PIECES], known.broken)
    return edits


def _joined(text: str, pieces: Sequence[re.Match[str]], broken: Mapping[str, str]) -> Edits:
    """Join these pieces, or fewer of them, when they are a word."""
    for some in (pieces[:count] for count in range(len(pieces), 1, -1)):
        word = broken.get(" ".join(piece[0] for piece in some))
        if word and all(_GAP.fullmatch(text, left.end(), right.start()) for left, right in pairwise(some)):
            return [Edit(some[0].start(), some[-1].end(), word, Kind.SPACED)]
    return []


def ballot_numbers(text: str) -> Edits:
    """Return the edits that read Roman I to V right after nomor, urut or paslon; no. II/MPR is a decree."""
    return [
        Edit(match.start(match.lastgroup), match.end(), ROMAN[match[match.lastgroup]], Kind.EMOJI_DIGIT)
        for match in _BALLOT_NUMBER.finditer(text)
        if match.lastgroup
    ]
