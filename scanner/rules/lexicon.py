"""The lexicon beside the codes: numbers, hashtags, negation, ambiguous words, contexts that speak for the author."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict

from scanner.domain.signals import Weight
from scanner.errors import RulesError
from scanner.rules.codes import Code
from scanner.rules.lexicon_contexts import Ambiguous, Contexts
from scanner.rules.reading import PEOPLE, Names, read_record


@dataclass(frozen=True, slots=True)
class Entry:
    """One form of the lexicon. Slots: {P} participant, {N} ballot number, {B} party."""

    code: str
    pattern: str
    language: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class Number:
    """How one ballot number is said, in all languages."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    value: int
    bare: Mapping[str, Names]
    """Plain words by language; they count only after a prefix (pak = Mr, loro = sick, sekawan = friends)."""
    digits: Names
    full: Names
    symbols: Names
    gestures: Names


@dataclass(frozen=True, slots=True)
class Generic:
    """Numbers beyond the list: digits only."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    digits: Names
    full: Names


@dataclass(frozen=True, slots=True)
class Numbers:
    """Forms of a ballot number and the words that must stand beside them."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    prefixes: Names
    beside: Names
    weight: Weight
    generic: Generic
    numbers: Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class HashtagPattern:
    """A regular expression over a whole lower-case hashtag."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    pattern: str
    code: str
    weight: Weight


@dataclass(frozen=True, slots=True)
class HashtagExample:
    """A hashtag and the codes of the patterns it meets."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    text: str
    codes: Names


@dataclass(frozen=True, slots=True)
class Hashtags:
    """All hashtag patterns."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    patterns: tuple[HashtagPattern, ...]
    examples: tuple[HashtagExample, ...] = ()


@dataclass(frozen=True, slots=True)
class NegationWords:
    """Negating words of one language, and phrases that hold one and negate nothing: jangan lupa."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    lang: str
    cues: Names
    exceptions: Names
    verified: bool = False


@dataclass(frozen=True, slots=True)
class NegationExample:
    """A text whose signal is or is not negated."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    text: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Negation:
    """How far a negation reaches, and by which words."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    scope: int
    """Words after the cue."""
    stops: tuple[str, ...]
    languages: tuple[NegationWords, ...]
    adjacent_only: Names = ()
    """Cues that mean something else in another language: they count only directly before the deed."""
    examples: tuple[NegationExample, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Everything the matcher looks for. Equal only to itself: what is compiled from it is kept by it."""

    entries: tuple[Entry, ...]
    numbers: Numbers
    hashtags: Hashtags
    negation: Negation
    contexts: Contexts
    ambiguous: Ambiguous


def load_lexicon(folder: Path, codes: Mapping[str, Code]) -> Lexicon:
    """Read the lexicon files of a folder (`keywords/rules`) and the forms of the codes.

    Raises RulesError when a file cannot be read, a slot is unknown or a hashtag pattern is no regular expression.
    """
    hashtags = read_record(folder / "hashtags.yaml", Hashtags)
    _check_hashtags(folder / "hashtags.yaml", hashtags, codes)
    return Lexicon(
        entries=tuple(entry for code in codes.values() for entry in _entries(folder, code)),
        numbers=read_record(folder / "numbers.yaml", Numbers),
        hashtags=hashtags,
        negation=read_record(folder / "negation.yaml", Negation),
        contexts=read_record(folder / "exculpatory.yaml", Contexts),
        ambiguous=read_record(folder / "ambiguous.yaml", Ambiguous),
    )


def _entries(folder: Path, code: Code) -> list[Entry]:
    found = [
        Entry(code=code.code, pattern=pattern, language=form.lang, weight=form.weight)
        for form in code.forms
        for pattern in form.entries
    ]
    for entry in found:
        stray = re.sub(r"\{[PNB]\}", "", entry.pattern)
        if "{" in stray or not stray.strip(" 0"):
            path = folder / "codes" / f"{code.code}.yaml"
            raise RulesError(f"{path}: forms: {entry.pattern!r}: words with the slots {{P}}, {{N}}, {{B}} are valid")
    return found


def _check_hashtags(path: Path, hashtags: Hashtags, codes: Mapping[str, Code]) -> None:
    for one in hashtags.patterns:
        if one.code not in codes:
            raise RulesError(f"{path}: pattern {one.pattern!r}: unknown code {one.code!r}; known: {', '.join(codes)}")
        try:
            re.compile(one.pattern)
        except re.error as error:
            raise RulesError(f"{path}: pattern {one.pattern!r} is no regular expression: {error}") from error
