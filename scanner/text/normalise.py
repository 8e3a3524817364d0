"""The one entry: a post as plain lower-case Indonesian, with every character's way back to the original."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.text.clean import joined_letters, short_letters, single_blanks
from scanner.text.codepoints import plain_code_points
from scanner.text.edits import Edits, Kind, apply, spare_links
from scanner.text.glance import hides_nothing
from scanner.text.homoglyphs import latin_letters
from scanner.text.leet import letters_for_symbols, parted_numbers
from scanner.text.slang import shipped_slang, standard_words, words_of
from scanner.text.spelling import ballot_numbers, joined_pieces, respelt_words, spelt_plainly
from scanner.text.watched import WATCHED, Vocabulary

_LETTER_BY_LETTER = (Kind.HOMOGLYPH, Kind.LEET)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A stretch of the original that was read as something else."""

    kind: Kind
    start: int
    """Code points into the original, half open."""
    end: int


@dataclass(frozen=True, slots=True)
class _Trail:
    """Where each code point of a text came from."""

    starts: array[int]
    ends: array[int]
    rewrites: tuple[Rewrite, ...]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text as the rules read it. The way back is worked out when first asked for: most posts never are."""

    original: str
    text: str
    """Lower case, canonical; punctuation and newlines are kept."""
    layers: tuple[Edits, ...] = ()
    """The edits of each step, on the text that step saw; lower-casing between them moves nothing."""
    _trail: list[_Trail] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def starts(self) -> array[int]:
        """For each code point of `text` the start of what it came from in the original; never decreasing."""
        return self._traced().starts

    @property
    def ends(self) -> array[int]:
        """For each code point of `text` the end, exclusive, of what it came from in the original."""
        return self._traced().ends

    @property
    def rewrites(self) -> tuple[Rewrite, ...]:
        """What was read differently, in the order of the original; neighbours of one kind are one rewrite."""
        return self._traced().rewrites if self.layers else ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of `text[start:end]`."""
        if not self.layers:
            return start, end
        if start < end:
            return self.starts[start], self.ends[end - 1]
        place = self.starts[start] if start < len(self.text) else len(self.original)
        return place, place

    def quote(self, start: int, end: int) -> str:
        """Return the words of the original that `text[start:end]` was read from."""
        first, last = self.span(start, end)
        return self.original[first:last]

    def rewrites_in(self, start: int, end: int) -> tuple[Rewrite, ...]:
        """Return the rewrites that touch `original[start:end]`."""
        return tuple(rewrite for rewrite in self.rewrites if rewrite.start < end and start < rewrite.end)

    def _traced(self) -> _Trail:
        if not self._trail:
            self._trail.append(_trace(len(self.original), self.layers))
        return self._trail[0]


def normalise(text: str, slang: Mapping[str, str] | None = None, watched: Vocabulary = WATCHED) -> Normalised:
    """Read a text of any code points as plain lower-case Indonesian. Never raises on a text.

    `slang` is the shipped table unless given. `watched` are the words that disguised tokens are resolved against.
    The order matters: every step relies on what the ones before it have cleared away.
    """
    table = shipped_slang() if slang is None else slang
    layers: list[Edits] = []
    plain = text.lower()
    if not hides_nothing(text, plain):
        plain = _cleaned(text, watched, layers)
    words = words_of(plain)
    if not spelt_plainly(plain, words):
        plain = _respelt(plain, layers)
        words = words_of(plain)
    plain = _rewritten(plain, standard_words(plain, words, table), layers)
    return Normalised(original=text, text=plain, layers=tuple(layers))


def _cleaned(text: str, watched: Vocabulary, layers: list[Edits]) -> str:
    """Return the text after every step on letters and signs."""
    plain = _rewritten(text, plain_code_points(text, watched), layers)
    # Only İ has a lower case of two code points; inside an address or a handle no step before has made it plain.
    plain = _rewritten(plain, latin_letters(plain, watched), layers).replace("İ", "i").lower()
    plain = _rewritten(plain, joined_letters(plain, watched), layers)
    plain = _rewritten(plain, single_blanks(plain), layers)
    plain = _rewritten(plain, short_letters(plain, watched), layers)
    plain = _rewritten(plain, letters_for_symbols(plain, watched), layers)
    return _rewritten(plain, parted_numbers(plain), layers)


def _respelt(text: str, layers: list[Edits]) -> str:
    """Return the text after every step on the spelling of watched words."""
    plain = _rewritten(text, respelt_words(text), layers)
    plain = _rewritten(plain, joined_pieces(plain), layers)
    return _rewritten(plain, ballot_numbers(plain), layers)


def _rewritten(text: str, edits: Edits, layers: list[Edits]) -> str:
    """Return the text after one step and keep the step's edits, if there are any."""
    if not edits or not (edits := spare_links(text, edits)):
        return text
    layers.append(edits)
    return apply(text, edits)


def _trace(size: int, layers: tuple[Edits, ...]) -> _Trail:
    """Carry the places of `size` original code points through all layers."""
    starts, ends = array("I", range(size)), array("I", range(1, size + 1))
    rewrites: list[Rewrite] = []
    for edits in layers:
        next_starts, next_ends, at = array("I"), array("I"), 0
        for start, end, replacement, kind in edits:
            left = starts[start] if start < len(starts) else size
            right = ends[end - 1] if start < end else left
            letter_by_letter = kind in _LETTER_BY_LETTER and len(replacement) == end - start
            next_starts += starts[at : end if letter_by_letter else start]
            next_ends += ends[at : end if letter_by_letter else start]
            if not letter_by_letter:
                next_starts.extend([left] * len(replacement))
                next_ends.extend([right] * len(replacement))
            if kind is not None:
                rewrites.append(Rewrite(kind=kind, start=left, end=right))
            at = end
        starts, ends = next_starts + starts[at:], next_ends + ends[at:]
    return _Trail(starts=starts, ends=ends, rewrites=_merged(rewrites))


def _merged(rewrites: list[Rewrite]) -> tuple[Rewrite, ...]:
    """Sort by place and let neighbours of one kind be one."""
    merged: list[Rewrite] = []
    for rewrite in sorted(rewrites, key=lambda rewrite: (rewrite.start, rewrite.end)):
        last = merged[-1] if merged else None
        if last is not None and last.kind is rewrite.kind and rewrite.start <= last.end:
            merged[-1] = Rewrite(kind=last.kind, start=last.start, end=max(last.end, rewrite.end))
        else:
            merged.append(rewrite)
    return tuple(merged)
