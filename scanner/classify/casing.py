"""How the words of posts are written: headlines and posters differ from chatter. Counted for many posts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]

_LETTER, _UPPER, _OTHER_CASE = 1, 2, 4
_COMMON = 0x3000
"""Code points below are looked up in a table, the few above are asked one by one."""
NAMES = ("none", "upper", "title", "mixed", "lower")


@dataclass(frozen=True, slots=True)
class Cases:
    """How many words of two letters and more each text has, and how many of them are written in what way."""

    words: I64
    shouted: I64
    titled: I64
    """With a capital in front; shouted ones too."""

    def names(self) -> list[str]:
        """Return for each text `none`, `upper`, `title`, `mixed` or `lower`."""
        return [NAMES[number] for number in self.numbers().tolist()]

    def numbers(self) -> I64:
        """Return the same as places in `NAMES`."""
        count = np.maximum(self.words, 1)
        uppers, titles = self.shouted / count, self.titled / count
        return np.select([self.words == 0, uppers > 0.5, titles > 0.6, titles > 0.3], [0, 1, 2, 3], 4)


def cases(texts: Sequence[str]) -> Cases:
    """Count the words of texts by the way they are written."""
    padded = [f"{text}\n" for text in texts]
    kinds = _kinds("\n" + "".join(padded))
    letter = (kinds & _LETTER).astype(np.int8)
    turns = np.diff(letter)
    starts, ends = np.flatnonzero(turns > 0) + 1, np.flatnonzero(turns < 0) + 1
    long = ends - starts > 1
    starts, ends = starts[long], ends[long]
    upper = np.concatenate([[0], np.cumsum(kinds & _UPPER != 0)])
    other = np.concatenate([[0], np.cumsum(kinds & _OTHER_CASE != 0)])
    shouted = (upper[ends] > upper[starts]) & (other[ends] == other[starts])
    rows = np.searchsorted(np.cumsum([1, *map(len, padded)]), starts, side="right") - 1
    return Cases(
        words=np.bincount(rows, minlength=len(texts)),
        shouted=np.bincount(rows[shouted], minlength=len(texts)),
        titled=np.bincount(rows[kinds[starts] & _UPPER != 0], minlength=len(texts)),
    )


def _kinds(text: str) -> NDArray[np.uint8]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _table()[np.minimum(codes, _COMMON)]
    rare = np.flatnonzero(codes >= _COMMON)
    if len(rare):
        kinds[rare] = [_kind(chr(code)) for code in codes[rare].tolist()]
    return kinds


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint8]:
    return np.fromiter((_kind(chr(code)) for code in range(_COMMON + 1)), np.uint8, _COMMON + 1)


@lru_cache(maxsize=8192)
def _kind(sign: str) -> int:
    letter = sign.isalnum() and not sign.isdecimal()
    return (
        letter * _LETTER
        | sign.isupper() * _UPPER
        | (sign.islower() or (sign.istitle() and not sign.isupper())) * _OTHER_CASE
    )
