"""What the lexicon says of contexts: what speaks for an author, words of two meanings, what makes a find weigh more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import ConfigDict

from scanner.domain.flags import Phase
from scanner.rules.reading import PEOPLE, Names


class Effect(StrEnum):
    """What an exculpatory context does."""

    SUPPRESS = "suppress"
    DAMPEN = "dampen"


@dataclass(frozen=True, slots=True)
class Condition:
    """Cues of a tag that count only under a condition."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    id: str
    meaning: str
    cues: Names = ()
    absent: Names = ()
    """P, N, B: only while no participant, number, party is named; H: only while no strong signal is there."""
    participants: str = ""
    """`all`: the condition is met when all participants are named alike, without any cue."""
    phases: tuple[Phase, ...] = ()
    quoted: bool = False
    """Only beside words in quotation marks."""


@dataclass(frozen=True, slots=True)
class Tag:
    """An exculpatory context (X-tag) with its cues."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    tag: str
    meaning: str
    meaning_en: str
    effect: Effect
    cues: Names
    note: str = ""
    number_only_h: bool = False
    """Suppresses a strong signal too, where the participant is known from its number alone."""
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Contexts:
    """All exculpatory contexts."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    rule: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class AmbiguousWord:
    """A word with a political and an ordinary sense. Alone it says nothing."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    word: str
    political: str
    ordinary: Names
    ordinary_cues: Names
    political_cues: Names
    everyday: bool = False
    """It is in every other post (pas: just then): a name only where it is written as one (PAS)."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """All ambiguous words and how near a cue must stand."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    window: int
    """Words on either side."""
    political_cues_common: Names
    words: tuple[AmbiguousWord, ...]


@dataclass(frozen=True, slots=True)
class Modifier:
    """A mark put on a finding, such as TENANG+. Never a code of its own."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    tag: str
    meaning: str
    meaning_en: str
    applies: Mapping[str, tuple[Phase, ...] | str | int]
    """`phases: [TENANG]` is read here; what the roster or other posts tell is applied elsewhere."""
    clauses: Names
    auto: bool

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Phases in which the modifier applies by itself."""
        phases = self.applies.get("phases", ())
        return phases if self.auto and isinstance(phases, tuple) else ()


@dataclass(frozen=True, slots=True)
class Modifiers:
    """All modifiers."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    modifiers: tuple[Modifier, ...]
