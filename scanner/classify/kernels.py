"""The sums over the pieces of many texts, compiled by numba (the extra `[fast]`): `serving` and `shapes` do the same.

Import it only where numba is there: importing it imports numba.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scanner.classify.hashing import MIX, MIX_AGAIN

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
Bools = NDArray[np.bool_]

_MIX, _MIX_AGAIN = np.uint64(MIX), np.uint64(MIX_AGAIN)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def weigh(
    numbers: I64,
    sizes: I64,
    named: Bools,
    spoken: F32,
    classes: F32,
    holds: Bools,
    outer: U64,
    table: F32,
    bits: int,
    scales: F32,
) -> F32:
    """Weigh words, pairs of words, characters and classes of words of texts by a table (slots x rows): texts x rows.

    A last column of the table counts. By piece: `spoken`, what its words and characters weigh, and `classes`, what the
    classes of its words weigh in any text and in one that is `named` (both pieces x 2 x columns of the table); `holds`,
    whether there is a word, and one with a class; and `outer`, hashes of its first and last word (both 2 x pieces).
    """
    width, one = table.shape[1], np.float32(1)
    weighed = np.zeros((len(sizes), width - 1), np.float32)
    shift, at = np.uint64(64 - bits), 0
    said, spelt, classed = np.zeros(width, np.float32), np.zeros(width, np.float32), np.zeros(width, np.float32)
    for row in range(len(sizes)):
        said[:], spelt[:], classed[:] = 0.0, 0.0, 0.0
        marked, before = 1 if named[row] else 0, -1
        for place in range(at, at + sizes[row]):
            piece = numbers[place]
            if not holds[0, piece]:
                continue
            for column in range(width):
                said[column] += spoken[piece, 0, column]
                spelt[column] += spoken[piece, 1, column]
            if holds[1, piece]:
                for column in range(width):
                    classed[column] += classes[piece, marked, column]
            if before >= 0:
                pair = outer[1, before] * np.uint64(3) + outer[0, piece]
                pair = (pair ^ (pair >> np.uint64(32))) * _MIX
                slot = ((pair ^ (pair >> np.uint64(29))) * _MIX_AGAIN) >> shift
                for column in range(width):
                    said[column] += table[slot, column]
            before = piece
        at += sizes[row]
        say = scales[0] / np.sqrt(max(said[-1], one))
        spell = scales[1] / np.sqrt(max(spelt[-1], one))
        class_ = scales[2] / np.sqrt(max(classed[-1], one))
        for column in range(width - 1):
            weighed[row, column] = said[column] * say + spelt[column] * spell + classed[column] * class_
    return weighed


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def tell(pieces: I64, sizes: I64, bits: I64, counts: I64, asks: int, signs: int, goes_on: int, before: int, made: int):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Return of texts the bits that any piece has, the sums of the counts, and whether they end with a question.

    A piece with a bit of `goes_on` that follows one with the bit `before` places above shows the bit `made` below too.
    """
    any_of, sums = np.zeros(len(sizes), np.int64), np.zeros((len(sizes), counts.shape[1]), np.int64)
    asked = np.zeros(len(sizes), np.bool_)
    at = 0
    for row in range(len(sizes)):
        last = 0
        for place in range(at, at + sizes[row]):
            piece = pieces[place]
            own = bits[piece]
            any_of[row] |= own | (own & (last >> before) & goes_on) >> made
            for kind in range(counts.shape[1]):
                sums[row, kind] += counts[piece, kind]
            if own & (asks | signs):
                asked[row] = own & asks != 0
            last = own
        at += sizes[row]
    return any_of, sums, asked
