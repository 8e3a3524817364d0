"""Colloquial spellings and their standard words, read from keywords/slang.tsv, replaced by whole token."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.text.edits import Edit, Edits, Kind

_HEADER = ["slang", "standard", "note"]
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_INITIAL = re.compile(r"[.&/'-]")
_GAPS = {code: chr(code) if chr(code).isalnum() or chr(code) == "'" else " " for code in range(128)}
"""Translating with a full table and splitting finds the words of ASCII text four times as fast as a pattern."""


def words_of(text: str) -> list[str]:
    """Return every run of letters and digits of a text; apostrophes inside hold it together."""
    return text.translate(_GAPS).split() if text.isascii() else _WORD.findall(text)


def standard_words(text: str, words: Iterable[str], slang: Mapping[str, str]) -> Edits:
    """Return the edits that put standard words for slang in lower-case text of these words; hashtags, handles stay.

    A token is looked up whole (sami-sami), then by its hyphened parts (yg-lain). A single letter beside `.`, `-`,
    `/` or `&` is an initial (s.h., h-1), never slang.
    """
    known = slang.keys()
    whole = () if "-" not in text else known & _TOKEN.findall(text)
    found = known & words
    if not found and not whole:
        return ()
    edits: list[Edit] = []
    if text.isascii() and "'" not in text and not any("-" in token for token in whole):
        for word in found:
            edits += _replaced(text, _places(text, word), slang[word])
        edits.sort()
        return edits
    for token in _TOKEN.finditer(text):
        if token[0] in slang:
            edits += _replaced(text, [token.span()], slang[token[0]])
        elif "-" in token[0]:
            for part in _WORD.finditer(text, token.start(), token.end()):
                if part[0] in slang:
                    edits += _replaced(text, [part.span()], slang[part[0]])
    return edits


def _places(text: str, word: str) -> list[tuple[int, int]]:
    """Find a word of ASCII text without apostrophes: every whole run of its letters and digits."""
    places = []
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            places.append((start, end))
        start = text.find(word, end)
    return places


def _replaced(text: str, places: Iterable[tuple[int, int]], standard: str) -> list[Edit]:
    return [
        Edit(start, end, standard, Kind.SLANG)
        for start, end in places
        if not (start > 0 and text[start - 1] in "#@") and not _is_initial(text, start, end)
    ]


def _is_initial(text: str, start: int, end: int) -> bool:
    return end - start == 1 and bool(_INITIAL.search(text, max(start - 1, 0), end + 1))


@lru_cache(maxsize=1)
def shipped_slang() -> Mapping[str, str]:
    """Return the table that ships with the scanner, read once when first asked for."""
    return load_slang(data_folder("keywords") / "slang.tsv")


def load_slang(path: Path) -> dict[str, str]:
    """Read a table of slang -> standard words: tab-separated columns slang, standard, note, with that header.

    Raises RulesError naming file and line for anything that would never match or not be certain.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    if not lines or lines[0].split("\t") != _HEADER:
        raise RulesError(f"{path}:1: the header must be {'<TAB>'.join(_HEADER)}")
    table: dict[str, str] = {}
    places: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            slang, standard = _row(line, f"{path}:{number}")
            if slang in table:
                raise RulesError(f"{path}:{number}: '{slang}' stands already in line {places[slang]}")
            table[slang], places[slang] = standard, number
    for slang, standard in table.items():
        if chained := table.keys() & set(standard.split()) - {slang}:
            raise RulesError(f"{path}:{places[slang]}: '{slang}' leads to '{min(chained)}', itself slang here")
    return table


def _row(line: str, place: str) -> tuple[str, str]:
    """Return slang and standard of one line, or refuse it."""
    columns = line.split("\t")
    if len(columns) not in (2, 3):
        raise RulesError(f"{place}: {len(columns)} columns; valid are {', '.join(_HEADER)} (note may be missing)")
    slang, standard = columns[0], columns[1]
    if not _TOKEN.fullmatch(slang) or slang != slang.lower():
        raise RulesError(
            f"{place}: slang '{slang}' must be one token in lower case: letters and digits, joined by ' or -"
        )
    if not standard or standard != " ".join(standard.lower().split()):
        raise RulesError(f"{place}: standard '{standard}' must be lower-case words with single spaces")
    if slang == standard:
        raise RulesError(f"{place}: '{slang}' leads to itself")
    return slang, standard
