"""How the matcher reads a text: a row of plain words in which spelling variants of `nomor` and of numbers are one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from scanner.rules.lexicon import Numbers

COMMA, STOP = ",", "¶"
"""Where an entry may not reach across: `¶` ends a sentence."""

# fmt: off
FILLERS = frozenset({
    "pak", "bapak", "bu", "ibu", "bang", "abang", "kang", "teh", "mas", "mbak", "kak", "kakak", "cak", "gus", "haji",
    "om", "tante", "ya", "yaa", "yah", "aja", "saja", "sih", "dong", "deh", "nih", "kok", "calon", "paslon",
    "pasangan", "kandidat", "duet", "urut", "cagub", "cabup", "cawalkot", "capres", "caleg", "si", "sang",
})
# fmt: on
"""Words that may stand between the words of an entry without changing it: coblos *pak* {P} *ya*."""

_LEFT_OUT = 2
_BREAKS = {",": COMMA, ";": COMMA, ".": STOP, "!": STOP, "?": STOP, "…": STOP, "\n": STOP}
PICTURES = "\u2190"
"""Signs from here on are arrows, symbols and emoji: they are read as words."""
_PIECE = re.compile(
    r"(?P<link>https?://\S+|www\.\S+)"
    r"|(?P<handle>@\w+(?:[.@-]+\w+)*)"
    r"|(?P<tag>#(?:\w|⟨\w⟩)+)"
    r"|(?P<name>⟨\w⟩)"
    r"|(?P<word>\d+(?:[.,:]\d+)+|[^\W_]+)"
    r"|(?P<sign>[^\w\s]|\n)"
)
_CARDINAL = re.compile(r"0?[1-9]\d?")


@dataclass(frozen=True, slots=True)
class View:
    """Words in order with their places in the text they were read from."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    text: str = field(repr=False)
    """The words between single blanks, with one before the first and one after the last."""
    offsets: tuple[int, ...] = field(repr=False)
    """Where each word begins in `text`."""
    origins: tuple[int, ...] = field(repr=False)
    """For each word its index in the full view: views without fillers leave words out."""

    def words_in(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open range of words that lie in `text[start:end]`."""
        return bisect_left(self.offsets, start), bisect_right(self.offsets, end - 1)

    def joined(self, first: int, last: int) -> bool:
        """Tell whether at most two words were left out between any two neighbours of this range."""
        origins = self.origins[first:last]
        return all(right - left <= _LEFT_OUT + 1 for left, right in pairwise(origins))


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads words: knows the words before a ballot number and how numbers are said."""

    prefixes: frozenset[str]
    deeds: frozenset[str]
    """Verbs and gestures beside which digits are a ballot number."""
    values: Mapping[str, str]
    """Number word -> digits; they count only after a prefix, because loro is also `sick`."""

    def read(self, text: str, *, known: Callable[[int], str] | None = None) -> View:
        """Return the view of a normalised text.

        `known` says what the placeholder at a place stands for. A hashtag is one `#`, unless it is a name and nothing
        else: then it is that name.
        """
        words: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        after_prefix = False
        for piece in _PIECE.finditer(text):
            word, start = piece[0], piece.start()
            if piece.lastgroup != "word":
                word, start = _special(piece, known)
            if after_prefix:
                if word == STOP:
                    continue  # no. 2
                word = self.values.get(word, word)
            if not word:
                continue
            if word in NOMOR:
                word = "nomor"
            after_prefix = word in self.prefixes
            words.append(word)
            starts.append(start)
            ends.append(piece.end())
        return _view(words, starts, ends, range(len(words)))

    def without_fillers(self, view: View) -> View | None:
        """Return the view without filler words and emoji, or None when there are none."""
        kept = [
            index
            for index, word in enumerate(view.words)
            if word not in FILLERS and (word[0].isalnum() or word[0] in "⟨#@,¶")
        ]
        if len(kept) == len(view.words):
            return None
        return _view(
            [view.words[index] for index in kept],
            [view.starts[index] for index in kept],
            [view.ends[index] for index in kept],
            kept,
        )

    def is_number(self, words: Sequence[str], index: int) -> bool:
        """Tell whether a word is a ballot number by the word before it."""
        return index > 0 and words[index - 1] in self.prefixes and _CARDINAL.fullmatch(words[index]) is not None

    def beside_deed(self, words: Sequence[str], index: int) -> bool:
        """Tell whether a number follows a word that may announce a ballot number: nomor 2, coblos 2."""
        announced = index > 0 and (words[index - 1] in self.prefixes or words[index - 1] in self.deeds)
        return announced and _CARDINAL.fullmatch(words[index]) is not None


NOMOR = frozenset({"nomer", "nomoro", "no", "nmr", "nmor", "nourut"})
"""Ways to write `nomor`."""


def reader_of(numbers: Numbers) -> Reader:
    """Return the reader for the shipped forms of numbers."""
    prefixes = {prefix.strip(".") for prefix in numbers.prefixes}
    return Reader(
        prefixes=frozenset(prefixes | {"nomor"}),
        deeds=frozenset(numbers.beside),
        values={
            form.lower(): str(number.value)
            for number in numbers.numbers.values()
            for forms in number.bare.values()
            for form in forms
            if form not in FILLERS  # `pak` is four in Lampung, and Mr everywhere
        },
    )


def _view(words: list[str], starts: list[int], ends: list[int], origins: Sequence[int]) -> View:
    offsets = [0, *accumulate(len(word) + 1 for word in words)]
    return View(
        words=tuple(words),
        starts=tuple(starts),
        ends=tuple(ends),
        text=f" {' '.join(words)} ",
        offsets=tuple(offset + 1 for offset in offsets[:-1]),
        origins=tuple(origins),
    )


def _special(piece: re.Match[str], known: Callable[[int], str] | None) -> tuple[str, int]:
    """Return what stands for a piece that is no word, and where; empty for signs that mean nothing."""
    word, start = piece[0], piece.start()
    match piece.lastgroup:
        case "link":
            return COMMA, start
        case "handle":
            return "@", start
        case "tag":
            return (known(start + 1) if known else "") or "#", start + 1
        case "name":
            return (known(start) or word[0]) if known else word, start
    return _BREAKS.get(word, word if word >= PICTURES else ""), start
