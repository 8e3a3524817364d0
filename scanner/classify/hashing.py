"""Words and in-word character sequences of many texts, hashed to table slots by numpy alone.

A polynomial hash over running sums makes the hash of any span two look-ups, so a batch is hashed without a
loop over its words. The slots are part of the model format: changing a constant here is a new format.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
MIX, MIX_AGAIN = 0xD6E8FEB86659FD93, _BASE
"""Factors that mix the bits of a hash, one after the other."""
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
_SPACE = 32


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where n-grams stand in a batch, one entry per occurrence."""

    rows: I64
    """Index of the text in the batch."""
    slots: I64
    """Slot of the table, 0 to 2^bits - 1."""
    starts: I64
    """First code point in the joined batch text (see `Batch.offsets`)."""
    ends: I64
    """Half open."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tokenised texts laid end to end, with what is needed to hash any span of them."""

    codes: NDArray[np.uint32]
    row_of: I64
    """Row of every code point."""
    sums: U64
    """Running sums of the polynomial, one longer than `codes`."""
    inverse: U64
    """Powers that move a span's hash to the origin."""
    offsets: I64
    """First code point of every text."""

    def hashes(self, starts: I64, ends: I64) -> U64:
        """Hash the spans; equal words have equal hashes wherever they stand."""
        return _mixed((self.sums[ends] - self.sums[starts]) * self.inverse[starts])


def lay_out(texts: Sequence[str]) -> Batch:
    """Join texts whose tokens are divided by single spaces; each gets one space before and after."""
    padded = [f" {text} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    values = (codes.astype(np.uint64) + np.uint64(1)) * _powers(_BASE, len(codes))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(values, dtype=np.uint64)])
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]])[: len(padded)]
    return Batch(
        codes=codes,
        row_of=np.repeat(np.arange(len(padded)), lengths),
        sums=sums,
        inverse=_powers(_BASE_INVERSE, len(codes) + 1),
        offsets=offsets,
    )


def words(batch: Batch, bits: int, *, pairs: bool) -> Occurrences:
    """Every word and, with `pairs`, every two neighbouring words of one text."""
    starts, ends, hashed = _words(batch)
    rows = batch.row_of[starts]
    if pairs:
        near = np.flatnonzero(rows[1:] == rows[:-1])
        both = _paired(hashed[near], hashed[near + 1])
        hashed = np.concatenate([hashed, both])
        rows = np.concatenate([rows, rows[near]])
        starts, ends = np.concatenate([starts, starts[near]]), np.concatenate([ends, ends[near + 1]])
    return Occurrences(rows=rows, slots=_slots(hashed, bits), starts=starts, ends=ends)


def outer_words(batch: Batch) -> tuple[U64, U64]:
    """Hashes of the first and of the last word of every text; each text must hold a word."""
    starts, _, hashed = _words(batch)
    rows = batch.row_of[starts]
    firsts = np.searchsorted(rows, np.arange(len(batch.offsets)))
    return hashed[firsts], hashed[np.append(firsts[1:], len(rows)) - 1]


def pair_slots(first: U64, second: U64, bits: int) -> I64:
    """Slots of two neighbouring words by their hashes."""
    return _slots(_paired(first, second), bits)


def characters(batch: Batch, bits: int, *, shortest: int = 3, longest: int = 5) -> Occurrences:
    """Every sequence of `shortest` to `longest` characters that lies in one word with its outer spaces."""
    spaces = np.concatenate([np.zeros(1, np.int64), np.cumsum(batch.codes == _SPACE)])
    starts, ends = [], []
    for length in range(shortest, longest + 1):
        first = np.arange(max(len(batch.codes) - length + 1, 0))
        inside = first[spaces[first + length - 1] == spaces[first + 1]]
        starts.append(inside)
        ends.append(inside + length)
    start, end = np.concatenate(starts), np.concatenate(ends)
    hashed = _mixed(batch.hashes(start, end) + np.uint64(_BASE))  # so that a word and its letters do not collide
    return Occurrences(rows=batch.row_of[start], slots=_slots(hashed, bits), starts=start, ends=end)


def _words(batch: Batch) -> tuple[I64, I64, U64]:
    space = batch.codes == _SPACE
    starts = np.flatnonzero(~space[1:] & space[:-1]) + 1
    ends = np.flatnonzero(space[1:] & ~space[:-1]) + 1
    return starts, ends, batch.hashes(starts, ends)


def _paired(first: U64, second: U64) -> U64:
    return _mixed(first * np.uint64(3) + second)


def _powers(base: int, count: int) -> U64:
    factors = np.full(count, base, dtype=np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _mixed(values: U64) -> U64:
    values = (values ^ (values >> np.uint64(32))) * np.uint64(MIX)
    return (values ^ (values >> np.uint64(29))) * np.uint64(MIX_AGAIN)


def _slots(hashed: U64, bits: int) -> I64:
    return (hashed >> np.uint64(64 - bits)).astype(np.int64)
