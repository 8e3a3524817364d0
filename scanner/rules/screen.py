"""A first look at a text: most posts hold no word of the rules at all, and need no closer reading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from scanner.rules.patterns import BLANK_BOX, PARTICIPANT, PARTY, Patterns
from scanner.rules.tags import TAG, Tagger
from scanner.rules.views import FILLERS, NOMOR, PICTURES, Reader

_OBJECTS = frozenset({PARTICIPANT, BLANK_BOX, PARTY})
_GAPS = {code: chr(code) if chr(code).isalnum() else " " for code in range(128)}
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\W_]+|[^\w\s\x00-\u218f]")
"""Words and pictures."""
# fmt: off
_FREQUENT = frozenset({
    "ada", "akan", "bilang", "bisa", "bukan", "calon", "dalam", "dengan", "dari", "hari", "ini", "itu", "jadi",
    "jangan", "juga", "kalau", "kami", "kita", "lagi", "orang", "pak", "pakai", "rumah", "saja", "saya", "semoga",
    "sudah", "suara", "surat", "tahun", "terima", "tidak", "tim", "untuk", "warga", "yang",
})
# fmt: on
"""Words that stand in every other post: no good to look for."""
_NUMBER = "0"
_DIGIT = re.compile(r"\d")
GLUED = re.compile(r"\d[.,:]\d+[^\W\d_]")
"""A figure that a word follows without a blank (2.500ekor): the reader parts them where this look does not."""


def words_of(text: str) -> list[str]:
    """Return the words and pictures of a normalised text."""
    return text.translate(_GAPS).split() if text.isascii() else _PIECE.findall(text)


class Need(NamedTuple):
    """What else must stand in a text that holds the first word of a row."""

    words: frozenset[str]
    row: str
    """The whole row, when it is nothing but words and numbers: ` serangan fajar `, ` debat 0 `. Otherwise empty."""
    counts: bool
    """Whether a number is part of it."""


class Wanted(NamedTuple):
    """What of the catalogue may stand in a text, by its words alone; when neither, the rules see nothing in it."""

    needs: Sequence[Need]
    """Rows whose words are all there."""
    number: bool
    """Whether a ballot number may be announced."""


NOTHING_WANTED = Wanted(needs=(), number=False)


@dataclass(frozen=True, slots=True)
class Screen:
    """Words without which no entry, cue or ballot number can stand in a text."""

    needs: Mapping[str, tuple[Need, ...]]
    """By one word of every row."""
    literals: frozenset[str]
    """All words of all needs, and the announcers."""
    announcers: frozenset[str]
    """Words beside which a number may be a ballot number."""
    numbers: frozenset[str]
    """Number words."""
    spellings: Mapping[str, str]
    """One spelling for all number words, and one for all ways to write `nomor`."""
    tagger: Tagger
    blind: bool
    """Some row holds no word to look for: nothing can be cleared."""

    def telling(self, words: Sequence[str]) -> frozenset[str]:
        """Return which of the words of a normalised text, or of a piece of one, `wanted` asks for."""
        numbered = not self.numbers.isdisjoint(words) or any(map(str.isdecimal, words))
        return self.literals.intersection(words).union(_NUMBER if numbered else ())

    def starts(self, telling: frozenset[str]) -> bool:
        """Tell whether a word is among these that makes the other words of its text worth asking for."""
        return not (self.needs.keys().isdisjoint(telling) and self.announcers.isdisjoint(telling))

    def wanted(self, telling: frozenset[str]) -> Wanted:
        """Tell by what is telling in a text which rows may stand in it."""
        counted = _NUMBER in telling
        return Wanted(
            needs=[
                need
                for word in self.needs.keys() & telling
                for need in self.needs[word]
                if need.words <= telling and (counted or not need.counts)
            ],
            number=counted and not self.announcers.isdisjoint(telling),
        )

    def tagged(self, text: str) -> bool:
        """Tell whether a normalised text has a hashtag of the catalogue."""
        return "#" in text and any(map(self.tagger.anything.fullmatch, TAG.findall(text)))

    def clear(self, text: str) -> bool:
        """Tell of a normalised text without names that the rules see nothing in it.

        Certain when True: what the reader would put between two words of the text, this look only leaves out. When
        False a closer reading decides.
        """
        words = words_of(text)
        if self.blind or GLUED.search(text):
            return False
        return self.lacks(self.wanted(self.telling(words)), words) and not self.tagged(text)

    def lacks(self, wanted: Wanted, words: Sequence[str]) -> bool:
        """Tell whether nothing of what is wanted stands in a text of these words."""
        if not any(wanted):
            return True
        read = [_NUMBER if word.isdecimal() else self.spellings.get(word, word) for word in words]
        rows, lean = f" {' '.join(read)} ", read
        if not FILLERS.isdisjoint(read) or any(word >= PICTURES for word in read):
            lean = [word for word in read if word not in FILLERS and (word < PICTURES or word.isalnum())]
            rows = f"{rows}| {' '.join(lean)} "
        if any(need.row in rows for need in wanted.needs):
            return False
        return not (wanted.number and (self._counted(read) or self._counted(lean)))

    def _counted(self, words: Sequence[str]) -> bool:
        """Tell whether a number stands right after a word that may announce a ballot number."""
        return any(right == _NUMBER and left in self.announcers for left, right in pairwise(words))


def screen_of(patterns: Patterns, reader: Reader, tagger: Tagger) -> Screen:
    """Return the screen for all rows of words that can stand in a text without names.

    Of the words of a row only those count that a text must hold letter by letter: not `nomor` and numbers, which
    the reader puts for other spellings, nor signs of punctuation. A row of nothing else is `nomor 2`: an announced
    number. The longest word stands for the row, being the rarest as a rule, but no word that everybody uses.
    """
    needs: dict[str, list[Need]] = defaultdict(list)
    announcers, numbers = reader.prefixes | reader.deeds | NOMOR, frozenset(reader.values)
    spellings = dict.fromkeys(NOMOR, "nomor") | dict.fromkeys(numbers, _NUMBER)
    blind = False
    for row in patterns.rows:
        words = frozenset(row.split())
        if words & _OBJECTS:
            continue
        literal = frozenset(filter(_is_literal, words))
        if literal:
            said = (_NUMBER if word.isdecimal() else spellings.get(word, word) for word in row.split())
            spelt = f" {' '.join(said)} "
            key = max(literal, key=lambda word: (word not in _FREQUENT, len(word), word))
            needs[key].append(
                Need(
                    words=literal, row=spelt if all(map(_is_read, words)) else "", counts=any(map(str.isdecimal, words))
                )
            )
        else:
            blind = blind or words.isdisjoint(announcers) or not any(map(str.isdecimal, words))
    return Screen(
        needs={word: tuple(rows) for word, rows in needs.items()},
        literals=announcers.union(*(need.words for rows in needs.values() for need in rows)),
        announcers=frozenset(announcers),
        numbers=numbers,
        spellings=spellings,
        tagger=tagger,
        blind=blind,
    )


def _is_literal(word: str) -> bool:
    """Tell whether the reader finds this word only where the text holds it as such."""
    return word != "nomor" and not word.isdecimal() and _is_read(word)


def _is_read(word: str) -> bool:
    """Tell words and pictures from signs of punctuation."""
    return _WORD.fullmatch(word) is not None or word >= PICTURES
