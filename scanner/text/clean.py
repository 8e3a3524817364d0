"""Steps on the shape of lower-case text: letters written apart, letters drawn out, runs of white space."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.text.edits import Edit, Edits, Kind
from scanner.text.tokens import split_words
from scanner.text.watched import Vocabulary

SEPARATORS = " ._-·•/*|+~"
"""Signs that people put between the letters of a word to disguise it."""

_SEPARATOR = f"[{re.escape(SEPARATORS)}]"
_SINGLE = re.compile(f"{_SEPARATOR}[a-z]{_SEPARATOR}")
_APART = re.compile(rf"(?<![a-z0-9])[a-z]({_SEPARATOR})(?:[a-z0134578@$]\1){{2,}}[a-z](?![a-z0-9])")
_WORD_WITH_REPEAT = re.compile(r"(?<![a-z])[a-z]*?([a-z])\1[a-z]*")
_LONG = re.compile(r"([a-z])\1\1+")
_REPEATED = re.compile(r"([a-z])\1+")
SHORTEST_DOUBLED = 4
"""Letters of the shortest word in which doubled letters hide something: gass is cooking gas, noo an outcry."""
_SPELT_SO = re.compile("sallam|ppp|[a-z]*[^p]pppk|pppk[a-z]*|[vx]{0,2}iii|www")
"""Acronyms and numerals, and what ends a blessing of the Prophet."""
_BLANK = re.compile(r"\s{2,}|[^\S \n]")


def joined_letters(text: str, watched: Vocabulary) -> Edits:
    """Return the edits that join four or more single letters in a row: c o b l o s, c.o.b.l.o.s, c-o-b-l-o-s.

    With a digit or symbol among the letters the result must be a watched word. Letters that spell several watched
    words become several words.
    """
    if not _SINGLE.search(text):
        return ()
    return [edit for match in _APART.finditer(text) for edit in _joined(match, watched)]


def _joined(match: re.Match[str], watched: Vocabulary) -> Iterator[Edit]:
    letters = match[0][::2]
    word = letters if letters.isalpha() else watched.resolve(letters)
    if word is not None:
        words = split_words(word, watched.words) or [word]
        yield Edit(match.start(), match.end(), " ".join(words), Kind.SPACED)


def short_letters(text: str, watched: Vocabulary) -> Edits:
    """Return the edits that squeeze three or more equal letters to one; doubles (maaf) stay, and so do PPP and PPPK.

    Doubles go too where that leaves a watched word: cobloossss, cobbllos.
    """
    return [edit for match in _WORD_WITH_REPEAT.finditer(text) for edit in _shortened(match, watched)]


def _shortened(match: re.Match[str], watched: Vocabulary) -> Iterator[Edit]:
    word, start = match[0], match.start()
    if _SPELT_SO.fullmatch(word):
        return
    single = _REPEATED.sub(r"\1", word)
    hidden = single in watched.words and (len(single) >= SHORTEST_DOUBLED or _LONG.search(word))
    for run in (_REPEATED if hidden else _LONG).finditer(word):
        yield Edit(start + run.start(), start + run.end(), run[1], Kind.ELONGATION)


def single_blanks(text: str) -> Edits:
    """Return the edits that keep one space, or one newline where there was any, of each run of white space."""
    if text.isprintable() and "  " not in text:
        return ()
    return [
        Edit(match.start(), match.end(), "\n" if "\n" in match[0] else " ", None) for match in _BLANK.finditer(text)
    ]
