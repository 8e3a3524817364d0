"""Tables of other spellings of the watched words, made by rules of spelling: old, without vowels, backwards, broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, product

from scanner.text.slang import shipped_slang
from scanner.text.watched import WATCHED

ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
"""Roman ballot numbers; x is the unknown."""
_SHORTEST_PIECE, _SHORTEST_BROKEN = 2, 4
_SHORTEST_BACKWARDS = 5
_SHORTEST_SKELETON = 4
_SHORTEST_ABBREVIATED = 5

_OLD_LETTERS = re.compile("ny|[ucjy]")
_OLD = {"u": ("u", "oe"), "c": ("c", "tj"), "j": ("j", "dj"), "ny": ("ny", "nj"), "y": ("y", "j")}
"""Spelling of van Ophuijsen (oe until 1947) and Soewandi (tj, dj, nj, j until 1972)."""
_EVERYDAY = (
    "jangan", "juga", "jadi", "jalan", "jaga", "sudah", "untuk", "tahun", "rumah", "cuma", "itu", "buat", "guru",
)  # fmt: skip
"""Words beside the watched ones whose old spelling changes what a sentence says or where it belongs."""

_VOWEL = re.compile("[aeiou]")
_TWO_VOWELS = re.compile("[aeiou]{2}")

# fmt: off
_ORDINARY = frozenset({"malas", "kusut", "remon", "harul", "sedak", "menjala"})
"""Words and names among the other spellings: salam, tusuk, nomer, lurah and kades backwards, to cast a net."""
_STANDING_ALONE = frozenset({
    "ada", "adu", "aduk", "agam", "ah", "ai", "ak", "al", "ala", "an", "ana", "and", "anduk", "angin", "asi",
    "awan", "baca", "bali", "bar", "be", "bo", "bu", "cab", "cak", "cal", "cap", "dek", "des", "di", "dilan",
    "dukun", "es", "ga", "gam", "gan", "gas", "ha", "hana", "ho", "ia", "id", "in", "ka", "kamp", "kan", "ke",
    "kem", "ko", "kol", "kos", "kota", "ku", "la", "lah", "lam", "lan", "lara", "law", "lawan", "leg", "loh", "lon",
    "los", "ma", "mba", "mi", "mil", "na", "nan", "nang", "no", "nur", "nya", "nyala", "ode", "oh", "om", "on",
    "or", "os", "pan", "part", "pas", "pati", "pemenang", "per", "peri", "peta", "pol", "ragam", "rasi", "rel",
    "rela", "ri", "rio", "sa", "sal", "sama", "san", "sebar", "serang", "si", "sim", "simpati", "song",
    "span", "tai", "te", "tenggelam", "ti", "tim", "to", "tol", "tu", "uang", "un", "up", "viral", "wa", "wali",
    "wan", "wapres", "ya", "ye",
})
# fmt: on
"""Pieces of watched words that are words themselves: `wali kota`, `lanjut ke` and `menang no 2` are not broken."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """How else the watched words may be written. Built with `spellings`."""

    words: Mapping[str, str]
    """Other spelling -> word; what the slang table knows is not among them."""
    broken: Mapping[str, str]
    """Pieces between single blanks -> word."""
    beginnings: frozenset[str]
    """First pieces of broken words."""
    telling: frozenset[str]
    """Words of which a text with any of these spellings holds one: it, an odd piece, a Roman number."""


@lru_cache(maxsize=1)
def spellings() -> Spellings:
    """Return the other spellings of the shipped words, made when first asked for."""
    no_disguise = WATCHED.words.union(_EVERYDAY, _ORDINARY, shipped_slang())
    words: dict[str, str] = {}
    for word in chain(sorted(WATCHED.words, key=lambda word: (len(word), word)), _EVERYDAY):
        ways = _old(word) if word in _EVERYDAY else chain(_old(word), _abbreviated(word), _backwards(word))
        for other in ways:
            if other not in no_disguise:
                words.setdefault(other, word)
    broken = {" ".join(pieces): word for word in WATCHED.words for pieces in _broken(word)}
    odd = frozenset(max(_no_words(pieces.split()), key=len) for pieces in broken)
    return Spellings(
        words=words,
        broken=broken,
        beginnings=frozenset(pieces.split()[0] for pieces in broken),
        telling=odd.union(words, ROMAN),
    )


def _broken(word: str) -> Iterator[Sequence[str]]:
    """Return every way to break a word into two or three pieces of which one at least is no word."""
    if len(word) < _SHORTEST_BROKEN:
        return
    places = range(_SHORTEST_PIECE, len(word) - _SHORTEST_PIECE + 1)
    for first, second in chain(((place, place) for place in places), combinations(places, 2)):
        pieces = [piece for piece in (word[:first], word[first:second], word[second:]) if piece]
        if min(map(len, pieces)) >= _SHORTEST_PIECE and _no_words(pieces):
            yield pieces


def _no_words(pieces: Iterable[str]) -> list[str]:
    words = (_STANDING_ALONE, WATCHED.words, shipped_slang())
    return [piece for piece in pieces if not any(piece in some for some in words)]


def _old(word: str) -> Iterator[str]:
    """Return every way to write some or all letters of a word as they were written once."""
    letters = _OLD_LETTERS.split(word)
    found = _OLD_LETTERS.findall(word)
    for ways in product(*(_OLD[letter] for letter in found)):
        yield "".join(chain.from_iterable(zip(letters, (*ways, ""), strict=True)))


def _abbreviated(word: str) -> Iterator[str]:
    """Return a word without some or all vowels inside it: dkng, dkung; without any: kmpny, kmpnye.

    Words with two vowels in a row are too near to others: suara, sara.
    """
    if _TWO_VOWELS.search(word):
        return
    inside = [place for place, letter in enumerate(word[:-1]) if place and letter in "aeiou"]
    for left_out in product((False, True), repeat=len(inside)):
        gaps = {place for place, out in zip(inside, left_out, strict=True) if out}
        short = "".join(letter for place, letter in enumerate(word) if place not in gaps)
        if gaps and len(short) >= (_SHORTEST_SKELETON if all(left_out) else _SHORTEST_ABBREVIATED):
            yield short
    skeleton = word[0] + _VOWEL.sub("", word[1:])
    if len(skeleton) >= _SHORTEST_SKELETON:
        yield skeleton


def _backwards(word: str) -> Iterator[str]:
    if len(word) >= _SHORTEST_BACKWARDS:
        yield word[::-1]
