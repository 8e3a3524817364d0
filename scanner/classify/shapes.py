"""The shape of texts told by their pieces: for a post in which the rules see nothing, the same cues as `cues` gives.

What a piece shows by itself is worked out once. What takes two pieces to show is rare: such texts are named, to be read
as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.classify.casing import NAMES, Cases, cases
from scanner.classify.cues import MOST_HASHTAGS, NOTHING_SEEN, hashtags_and_words, shape_cues
from scanner.rules.pieces import Laid, fast, grown

I64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SHOWN = (
    "question", "exclamation", "quotation", "link", "laughing", "addressed", "bracketed-note", "attribution",
    "percent", "clock-or-date", "heart-fire-strength", "praying", "gesture", "ends-with-question", "hashtags-only",
)  # fmt: skip
"""Cues by bit, from the lowest. All but the last two a text has when one of its pieces has them."""
_ASKS, _ONLY, _WORDY, _SIGNS, _SHARE, _MONTH, _FIGURE, _DAY, _OPEN = (
    1 << place for place in range(len(_SHOWN) - 2, len(_SHOWN) + 7)
)
"""Cues of whole texts; then pieces with a word that is no hashtag, with a letter or digit, that make a percentage or a
date of a figure or a day before them, that end with such, and that tell less than they would with their neighbours."""
_GOES_ON, _COMES_BEFORE = _SHARE | _MONTH, 2
"""A figure stands two bits above a share, a day two above a month."""
_MADE = _SHARE.bit_length() - 1 - _SHOWN.index("percent")
"""Bits from a share down to the cue that it makes of a figure; a month stands as far above its own."""
_OF_PIECES = _ASKS - 1
_QUESTION, _EXCLAMATION = 1, 2
_HASHTAGS, _CASE, _LENGTH = len(_SHOWN), len(_SHOWN) + 2, len(_SHOWN) + 5
"""Where the number of hashtags, the case and the length stand above the bits of the cues."""

_SHARES = ("%", "persen")
_MONTHS = ("jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des")
_SAYING = re.compile("wkwk|haha|hehe|http|www|url|menurut|kata|ujar|persen|(?:jelas|ungkap|tutur|tegas)nya")
"""Letters without which a plain word shows nothing but itself."""
_SIGN = re.compile(r"\w")
_ENDS_DAY = re.compile(r"\b\d\d?$")


class Shapes:
    """What all pieces seen so far show, by number."""

    def __init__(self) -> None:
        self._fast = fast()
        self._known = 0
        self._bits = np.zeros(1024, np.int64)
        self._counts = np.zeros((1024, 5), np.int32)
        """Hashtags, pieces once normalised, words, shouted and titled words."""

    def learn(self, pieces: Sequence[str], lengths: Sequence[int]) -> None:
        """Take further pieces in, with the number of pieces that each becomes when it is normalised."""
        first, self._known = self._known, self._known + len(pieces)
        self._bits, self._counts = grown(self._bits, self._known), grown(self._counts, self._known, axis=0)
        written = cases(pieces)
        hashtags = [hashtags_and_words(piece)[0] if "#" in piece else 0 for piece in pieces]
        rows = (hashtags, lengths, written.words, written.shouted, written.titled)
        self._counts[first : self._known] = np.array(rows).T
        self._bits[first : self._known] = list(map(_bits, pieces))

    def numbers(self, laid: Laid) -> tuple[I64, Flags]:
        """Return for each text one number that stands for its cues, and whether it must be read as a whole instead."""
        bits, counts, asks = self._told(laid)
        hashtags, length, *words = counts.T
        case = Cases(*words).numbers()
        only = np.where((hashtags > 0) & (bits & _WORDY == 0), _ONLY, 0)
        shown = bits & _OF_PIECES | np.where(asks, _ASKS, 0) | only
        numbers = (
            shown
            | np.minimum(hashtags, MOST_HASHTAGS) << _HASHTAGS
            | case << _CASE
            | np.frexp(length)[1].astype(np.int64) << _LENGTH  # the exponent of a whole number is its bit length
        )
        return numbers, bits & _OPEN > 0

    def _told(self, laid: Laid) -> tuple[I64, I64, Flags]:
        """Return the bits and counts of texts, and which end with a question."""
        if self._fast:
            from scanner.classify.kernels import tell

            told: tuple[I64, I64, Flags] = tell(
                laid.pieces, laid.sizes, self._bits, self._counts, _ASKS, _SIGNS, _GOES_ON, _COMES_BEFORE, _MADE
            )
            return told
        each = self._bits.take(laid.pieces)
        made = each[1:] & each[:-1] >> _COMES_BEFORE & _GOES_ON
        places = np.flatnonzero(made)
        places = places[laid.rows[places] == laid.rows[places + 1]]
        each[places + 1] |= made[places] >> _MADE
        counts = laid.reduced(np.add, self._counts.take(laid.pieces, axis=0), 0).astype(np.int64)
        return laid.reduced(np.bitwise_or, each, 0), counts, _end_with_question(laid, each)

    def names(self, laid: Laid, row: int, number: int) -> list[str]:
        """Return the cues of one text read as a whole; `number` stands for what its pieces told."""
        length = int(self._counts[laid.of(row), 1].sum())
        return [*NOTHING_SEEN, *shape_cues(laid.texts[row], length), _case(number)]


def _end_with_question(laid: Laid, bits: I64) -> Flags:
    """Tell of which texts the last piece with a letter or digit, or one behind it, ends with a question mark."""
    telling = np.where(bits & (_ASKS | _SIGNS), np.arange(1, len(bits) + 1) << 1 | (bits & _ASKS > 0), 0)
    return laid.reduced(np.maximum, telling, 0) & 1 > 0


def names_of(number: int) -> list[str]:
    """Return the cues that a number of `Shapes.numbers` stands for."""
    return [
        *NOTHING_SEEN,
        *(name for place, name in enumerate(_SHOWN) if number >> place & 1),
        f"hashtags={number >> _HASHTAGS & 3}",
        _case(number),
        f"length={number >> _LENGTH}",
    ]


def _case(number: int) -> str:
    return f"case={NAMES[number >> _CASE & 7]}"


def _bits(piece: str) -> int:
    """Return what a piece shows. Most are a plain word, which shows that it is one."""
    word = piece.rstrip(".,?!")
    if word.isalpha() and word.isascii() and not _SAYING.search(lower := word.lower()):
        marks = piece[len(word) :]
        asks, exclaims = "?" in marks, "!" in marks
        plain = _SIGNS | _WORDY * (len(word) > 1) | _MONTH * lower.startswith(_MONTHS)
        return plain | (_QUESTION | _ASKS) * asks | _EXCLAMATION * exclaims
    return _bits_shown(piece)


def _bits_shown(piece: str) -> int:
    shown = set(shape_cues(piece, 0))
    lower = piece.lower()
    signs = (
        (_WORDY, hashtags_and_words(piece)[1]),
        (_FIGURE, lower[-1].isdecimal()),
        (_DAY, _ENDS_DAY.search(lower) is not None),
        (_SHARE, lower.startswith(_SHARES)),
        (_MONTH, lower.startswith(_MONTHS)),
        (_OPEN, "[" in piece and "bracketed-note" not in shown),
        (_SIGNS, _SIGN.search(piece) is not None),
    )
    return sum(1 << place for place, name in enumerate(_SHOWN) if name in shown and name != "hashtags-only") | sum(
        bit for bit, there in signs if there
    )
