"""One look at a text before any step: most posts hide nothing, and then no step but slang has anything to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from string import ascii_lowercase as _letters

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from scanner.text.clean import SEPARATORS, SHORTEST_DOUBLED
from scanner.text.codepoints import is_plain
from scanner.text.homoglyphs import FOREIGN
from scanner.text.watched import WATCHED

_SYMBOLS = "0123456789@$|!*"
_BLANKS = " \n"
_CONTROLS = [chr(code) for code in range(0x80) if not chr(code).isprintable() and chr(code) != "\n"]
_CONSONANTS = "bcdfghjklmnpqrstvwxyz"
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_NAMES = re.compile(r"(?<!\S)(?:https?://\S+|@\w[\w.]*)")
"""Web addresses and @handles that stand by themselves: no edit inside them is kept (see `spare_links`)."""


def hides_nothing(text: str, lower: str) -> bool:
    """Tell of a text and its lower case that no step would change it: certain when True, unknown when False."""
    if not text.isascii() and not all(map(_is_plain, _NOT_ASCII.findall(text))):
        return False
    found = _automaton().find_matches_as_indexes(lower)
    if not found:
        return True
    if "://" not in lower and "@" not in lower:
        return False
    names = [name.span() for name in _NAMES.finditer(lower)]
    return all(any(first <= start and end <= last for first, last in names) for _, start, end in found)


@lru_cache(maxsize=8192)
def _is_plain(sign: str) -> bool:
    return sign.isprintable() and is_plain(sign) and not FOREIGN.match(sign)


@lru_cache(maxsize=1)
def _automaton() -> AhoCorasick:
    """Find, in one pass, a piece of everything that the steps look for.

    Control characters; blanks in a row; a letter between separators (joined_letters); three equal letters and the
    first doubled letter of a watched word (short_letters); a symbol that touches a letter as `letters_for_symbols` and
    `parted_numbers` need it, and v before a consonant. A pattern here may find too much, never too little.
    """
    pieces = [
        *_CONTROLS,
        *map("".join, product(_BLANKS, _BLANKS)),
        *map("".join, product(SEPARATORS, _letters, SEPARATORS)),
        *(letter * 3 for letter in _letters),
        *(doubled for word in WATCHED.words for doubled in _doubled(word)),
        *map("".join, product(_letters, "0123456789$")),
        *map("".join, product("0123456789$", _letters)),
        *map("".join, product(_letters, "@|!*", _letters)),
        *map("".join, product(_SYMBOLS, "@|!*", _letters)),
        *map("".join, product("v", _CONSONANTS)),
    ]
    return AhoCorasick(pieces, matchkind=MatchKind.Standard, implementation=Implementation.DFA)


def _doubled(word: str) -> Iterator[str]:
    """Return how a word may go on up to its first doubled letter and two signs beyond: the next may be doubled too."""
    for place in range(len(word) if len(word) >= SHORTEST_DOUBLED else 0):
        behind = word[place + 1 : place + 2]
        yield word[: place + 1] + word[place] + behind + word[place + 2 : place + 3]
        yield word[: place + 1] + word[place] + behind * 2
