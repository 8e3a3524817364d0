"""The pass over the letters of many texts, compiled by numba (the extra `[fast]`): `Pieces` without it does the same.

Import it only where numba is there: importing it imports numba.
"""

from __future__ import annotations

import secrets

import numpy as np
from numba import njit
from numpy.typing import NDArray

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


class Numbering:
    """Numbers of pieces by their hashes. The hash is another one in every process: nobody can write two alike."""

    def __init__(self) -> None:
        self._multiplier = np.uint64(secrets.randbits(64) | 1)
        self._count = 0
        self._keys = np.zeros(1 << 12, np.uint64)
        self._values = np.zeros(1 << 12, np.int64)

    def pass_over(self, codes: U32, ends: I64) -> tuple[I64, I64, I64]:
        """Return the number of every piece, -1 where it is new; how many pieces each text has; and all their spans.

        `codes` are the code points of the texts with one blank behind each; `ends` tell where these stand. Spans
        (pieces x 2) are half open.
        """
        pieces, sizes = np.empty(len(codes) // 2 + 1, np.int64), np.zeros(len(ends), np.int64)
        spans, hashes = np.empty((len(pieces), 2), np.int64), np.empty(len(pieces), np.uint64)
        found = _pass_over(codes, ends, self._multiplier, self._keys, self._values, pieces, sizes, spans, hashes)
        self._hashes = hashes
        return pieces[:found], sizes, spans[:found]

    def add(self, place: int, number: int) -> None:
        """Remember the number of the piece that stood at this place of the last pass."""
        self._count += 1
        if 2 * self._count > len(self._keys):
            keys, values = np.zeros(2 * len(self._keys), np.uint64), np.zeros(2 * len(self._keys), np.int64)
            _move(self._keys, self._values, keys, values)
            self._keys, self._values = keys, values
        _insert(self._keys, self._values, self._hashes[place], number)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _slot(keys: U64, key: np.uint64) -> np.int64:
    """Return where a key stands or would stand."""
    mask = len(keys) - 1
    at = np.int64(key >> np.uint64(20)) & np.int64(mask)
    while keys[at] != 0 and keys[at] != key:
        at = (at + np.int64(1)) & np.int64(mask)
    return at


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _insert(keys: U64, values: I64, key: np.uint64, value: int) -> None:
    at = _slot(keys, key)
    keys[at], values[at] = key, value


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _move(keys: U64, values: I64, larger: U64, further: I64) -> None:
    for at in range(len(keys)):
        if keys[at] != 0:
            _insert(larger, further, keys[at], values[at])


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _is_blank(code: int) -> bool:
    """Tell white space as `str.split` does."""
    if code < 0x85:
        return code == 32 or 9 <= code <= 13 or 28 <= code <= 31
    return code in (0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _pass_over(
    codes: U32,
    ends: I64,
    multiplier: np.uint64,
    keys: U64,
    values: I64,
    pieces: I64,
    sizes: I64,
    spans: I64,
    hashes: U64,
) -> int:
    found, row, start = 0, 0, -1
    key = np.uint64(0)
    for at in range(len(codes)):
        code = codes[at]
        if not _is_blank(code):
            if start < 0:
                start, key = at, np.uint64(1)
            key = (key ^ np.uint64(code)) * multiplier
            key ^= key >> np.uint64(29)
            continue
        if start >= 0:
            key = max(key, np.uint64(1))
            slot = _slot(keys, key)
            pieces[found] = values[slot] if keys[slot] == key else -1
            spans[found, 0], spans[found, 1], hashes[found] = start, at, key
            found, start = found + 1, -1
            sizes[row] += 1
        row += at == ends[row]
    return found
