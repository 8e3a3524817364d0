"""The lexicon as rows of words: slots spelt out for the ballot of some elections, all found in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product

from ahocorasick_rs import AhoCorasick, MatchKind

from scanner.domain.signals import Weight
from scanner.rules.elections import Election, Kind
from scanner.rules.lexicon import Entry, Lexicon
from scanner.rules.lexicon_contexts import Condition, Tag
from scanner.rules.views import Reader, View, reader_of
from scanner.text.normalise import normalise

PARTICIPANT, BLANK_BOX, PARTY = "⟨p⟩", "⟨k⟩", "⟨b⟩"
"""How the reader shows who is named."""

_SLOT = re.compile(r"(0?\{[PNB]\})")
_EDGES = re.compile(r"(?P<lead>\W*).*?(?P<tail>[^\w.!?]*)")
_BLANK = re.compile(r"\b(?:kolom|kotak) kosong\b")
_RANK = {Weight.H: 2, Weight.M: 1, Weight.L: 0}


@dataclass(frozen=True, slots=True)
class Pattern:
    """An entry as one row of words."""

    entry: Entry
    number: int | None = None
    """The ballot number it holds, if any."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue of an exculpatory tag."""

    tag: Tag
    text: str
    lead: str = ""
    """Signs that must stand right before the words: `/s`."""
    tail: str = ""
    """Signs that must stand right after them: `sumber:`."""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of words found in a view: indexes into the full view, half open."""

    found: tuple[Pattern | Cue, ...]
    first: int
    last: int


@dataclass(frozen=True)
class Patterns:
    """All rows of words with what they mean."""

    rows: tuple[str, ...]
    meanings: tuple[tuple[Pattern | Cue, ...], ...]

    @cached_property
    def automaton(self) -> AhoCorasick:
        """Finds every row, overlapping ones too, in one pass."""
        return AhoCorasick(self.rows, matchkind=MatchKind.Standard)

    def hits(self, view: View) -> Iterator[Hit]:
        """Find every row of words in a view."""
        for index, start, end in self.automaton.find_matches_as_indexes(view.text, overlapping=True):
            first, last = view.words_in(start, end)
            if view.joined(first, last):
                yield Hit(found=self.meanings[index], first=view.origins[first], last=view.origins[last - 1] + 1)


def compile_patterns(lexicon: Lexicon, elections: Sequence[Election]) -> Patterns:
    """Spell out every entry and cue for the numbers and kinds of participants of these elections.

    What is spelt out for some numbers is kept: it takes 0.3 s, and elections of one ballot differ in nothing else here.
    """
    numbers = sorted({one.number for election in elections for one in election.participants if one.number})
    parties = any(one.kind is Kind.PARTY for election in elections for one in election.participants)
    return _compiled(lexicon, tuple(numbers), parties=parties)


@lru_cache(maxsize=4)
def _compiled(lexicon: Lexicon, numbers: tuple[int, ...], *, parties: bool) -> Patterns:
    reader = reader_of(lexicon.numbers)
    rows: dict[str, list[Pattern | Cue]] = {}
    for entry in lexicon.entries:
        for words, number in _spelt(entry, numbers, reader, parties=parties):
            bare = all(word in reader.prefixes or word.isdecimal() for word in words)
            said = replace(entry, weight=Weight.L) if bare else entry  # `nmr {N}` alone is any number: a queue, a shirt
            _add(rows, words, Pattern(entry=said, number=number))
    for cue in _cues(lexicon.contexts.tags):
        rows.setdefault(_row(_words(cue.text, reader)), []).append(cue)
    return Patterns(rows=tuple(rows), meanings=tuple(tuple(found) for found in rows.values()))


def _add(rows: dict[str, list[Pattern | Cue]], words: Sequence[str], pattern: Pattern) -> None:
    """Keep one pattern of a code for each row of words: the strongest."""
    found = rows.setdefault(_row(words), [])
    for index, other in enumerate(found):
        if isinstance(other, Pattern) and other.entry.code == pattern.entry.code:
            if _RANK[pattern.entry.weight] > _RANK[other.entry.weight]:
                found[index] = pattern
            return
    found.append(pattern)


def _cues(tags: Iterable[Tag]) -> Iterator[Cue]:
    for tag in tags:
        yield from (_cue(tag, text) for text in tag.cues)
        for condition in tag.conditions:
            yield from (_cue(tag, text, condition) for text in condition.cues)


def _cue(tag: Tag, text: str, condition: Condition | None = None) -> Cue:
    edges = _EDGES.fullmatch(text.lower())
    lead, tail = (edges["lead"], edges["tail"]) if edges else ("", "")
    return Cue(tag=tag, text=text, lead=lead, tail=tail, condition=condition)


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """Normalise a piece of the lexicon, once for all matchers built in this process."""
    return _BLANK.sub(BLANK_BOX, normalise(text).text)


def _words(text: str, reader: Reader) -> list[str]:
    return list(reader.read(_plain(text)).words)


def _row(words: Sequence[str]) -> str:
    return f" {' '.join(words)} "


def _spelt(
    entry: Entry, numbers: Sequence[int], reader: Reader, *, parties: bool
) -> Iterator[tuple[list[str], int | None]]:
    """Spell an entry out: {P} as who is named, {N} as every number on the ballot, with and without `nomor`.

    An entry that says a number itself (coblos nomor dua) holds for that number, and only where it is on the ballot.
    """
    parts = [part for part in _SLOT.split(entry.pattern) if part.strip()]
    for number in numbers if "{N}" in entry.pattern else [None]:
        ways = [list(_ways(parts, index, number, reader, parties=parties)) for index in range(len(parts))]
        for way in product(*ways):
            words = [word for piece in way for word in piece]
            said = number or _said(words, reader)
            if said is None or said in numbers:
                yield words, said


def _ways(
    parts: Sequence[str], index: int, number: int | None, reader: Reader, *, parties: bool
) -> Iterator[list[str]]:
    part, before = parts[index], _words(parts[index - 1], reader) if index else []
    if part == "{P}":
        yield from ([kind] for kind in (PARTICIPANT, BLANK_BOX, *((PARTY,) if parties else ())))
    elif part == "{B}":
        yield [PARTY]
        if before[-1:] != ["partai"]:
            yield ["partai", PARTY]
    elif part in ("{N}", "0{N}"):
        forms = [f"0{number}"] if part[0] == "0" else [f"{number}", f"0{number}"]
        yield from ([form] for form in forms)
        if not before or before[-1] not in reader.prefixes:
            yield from (["nomor", form] for form in forms)
        if "{P}" in parts:  # salam dua jari untuk {P}: the participant says what the number is
            yield from ([word] for word, value in reader.values.items() if value == f"{number}")
    else:
        yield _words(part, reader)


def _said(words: Sequence[str], reader: Reader) -> int | None:
    return next((int(word) for index, word in enumerate(words) if reader.is_number(words, index)), None)
