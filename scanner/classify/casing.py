"""How the words of posts are written: headlines and posters differ from chatter. Counted for many posts at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_LETTER, _UPPER, _OTHER_CASE = 1, 2, 4
_COMMON = 0x3000
"""Code points below are looked up in a table, the few above are asked one by one."""
_NAMES = ("none", "upper", "title", "mixed", "lower")


def casings(texts: Sequence[str]) -> list[str]:
    """Return for each text `none`, `upper`, `title`, `mixed` or `lower`, by its words of two letters and more."""
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
    count = np.bincount(rows, minlength=len(texts))
    share = np.maximum(count, 1)
    uppers = np.bincount(rows, shouted, len(texts)) / share
    titles = np.bincount(rows, kinds[starts] & _UPPER != 0, len(texts)) / share
    found = np.select([count == 0, uppers > 0.5, titles > 0.6, titles > 0.3], [0, 1, 2, 3], 4)
    return [_NAMES[number] for number in found.tolist()]


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
