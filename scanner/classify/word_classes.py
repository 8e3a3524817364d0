"""What words do in a post: they praise, hope, insult, report ..., whichever of them is used.

A head that has met "salut" in one election knows "kagum" in the next: both belong to one class. The lists tie nothing
to one side, and hold no name of a person, party, region or campaign (guardrail G7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from scanner.classify.hashing import Batch, Occurrences, lay_out, words
from scanner.errors import RulesError
from scanner.resources import data_folder

_HEADER = "class\tword"
_CLASS, _WORD = re.compile(r"[a-z]+"), re.compile(r"[^\W\d_]{2,}")
_CLITICS = ("nya", "lah", "kah", "pun", "ny", "ku", "mu")
"""What is written behind a word without changing what it does."""
_SHORTEST = 3
"""Letters that must be left of a word without its clitic."""

Classes = Mapping[str, tuple[str, ...]]
"""Classes of each word, in order of name."""


def load_word_classes(path: Path) -> Classes:
    """Read a table of class and word, parted by a tab, with that header; a word may stand in several classes.

    Raises RulesError naming file and line for anything that would never match, or stands there twice.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    if not lines or lines[0] != _HEADER:
        raise RulesError(f"{path}:1: the header must be {_HEADER.replace(chr(9), '<TAB>')}")
    found: dict[str, set[str]] = {}
    for number, line in enumerate(lines[1:], 2):
        name, word = _row(line, f"{path}:{number}")
        if name in found.setdefault(word, set()):
            raise RulesError(f"{path}:{number}: {word!r} stands twice in class {name!r}")
        found[word].add(name)
    return {word: tuple(sorted(names)) for word, names in found.items()}


def _row(line: str, place: str) -> tuple[str, str]:
    name, tab, word = line.partition("\t")
    if not tab or not _CLASS.fullmatch(name):
        raise RulesError(f"{place}: {line!r}; a class of letters a to z, a tab and a word would be valid")
    if not _WORD.fullmatch(word) or word != word.lower():
        raise RulesError(f"{place}: {word!r}; one word of at least two lower-case letters would be valid")
    return name, word


@lru_cache(maxsize=1)
def shipped_classes() -> Classes:
    """Return the table that ships with the scanner, read once when first asked for."""
    return load_word_classes(data_folder("keywords") / "word-classes.tsv")


@lru_cache(maxsize=1 << 16)
def classes_of(word: str) -> tuple[str, ...]:
    """Return the classes of a word of a normalised text, also of one with a clitic (bagusnya, dukunglah)."""
    classes = shipped_classes()
    if word in classes or not word.endswith(_CLITICS):
        return classes.get(word, ())
    behind = (clitic for clitic in _CLITICS if word.endswith(clitic) and len(word) >= _SHORTEST + len(clitic))
    stems = (word.removesuffix(clitic) for clitic in behind)
    return next((classes[stem] for stem in stems if stem in classes), ())


@lru_cache(maxsize=1)
def words_with_classes() -> frozenset[str]:
    """Return all words of which `classes_of` tells any."""
    stems = [word for word in shipped_classes() if len(word) >= _SHORTEST]
    return frozenset(shipped_classes()).union(f"{stem}{clitic}" for stem in stems for clitic in _CLITICS)


def class_occurrences(texts: Sequence[str], named: Sequence[bool], batch: Batch, bits: int) -> Occurrences:
    """Every class of every word of tokenised texts, and once more with a mark where the text names what is voted on.

    `batch` are the texts laid out. Praise does one thing to a candidate, another to a meal: hence the mark.
    """
    found: list[tuple[int, int, int, int]] = []
    for row, (text, offset) in enumerate(zip(texts, batch.offsets.tolist(), strict=True)):
        if words_with_classes().isdisjoint(split := text.split(" ")):
            continue
        marks, start = ("", "&named") if named[row] else ("",), offset + 1
        for word in split:
            end = start + len(word)
            found += ((row, _slot(f"{name}{mark}", bits), start, end) for name in classes_of(word) for mark in marks)
            start = end + 1
    columns = np.array(found, np.int64).reshape(-1, 4).T
    return Occurrences(*columns)


@lru_cache(maxsize=1 << 12)
def _slot(name: str, bits: int) -> int:
    """Return the slot of a class; the leading control character keeps it apart from anybody's words."""
    return int(words(lay_out([f"\x01class={name}"]), bits, pairs=False).slots[0])
