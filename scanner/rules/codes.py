"""The codes: what kind of deed each names, which elements it needs, in which phases, and what it may touch."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, ConfigDict, Field

from scanner.domain.flags import Element, Label, Phase
from scanner.domain.signals import Weight
from scanner.errors import RulesError
from scanner.rules.reading import PEOPLE, Names, read_record, yaml_files


class Need(StrEnum):
    """How far a code needs an element."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"
    PARTY = "party"  # only of the object: it must be a party


@dataclass(frozen=True, slots=True)
class ClauseSet:
    """The clauses a code may touch on one side of penetapan, with the sanction class (hidden from reviewers)."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    primary: Names = ()
    secondary: Names = ()
    sanction_class: Annotated[str | None, Field(alias="class")] = None
    """M moral, S sedang, B berat, H dismissal, G Gakkumdu, L Satgas, N not addressed to ASN."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All clause ids, primary ones first."""
        return self.primary + self.secondary


@dataclass(frozen=True, slots=True)
class Clauses:
    """Etik rows before penetapan, disiplin rows from penetapan on: never the other way round."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    before_penetapan: ClauseSet
    after_penetapan: ClauseSet


@dataclass(frozen=True, slots=True)
class Form:
    """Lexicon entries of one language and weight. Slots: {P} participant, {N} ballot number, {B} party."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    lang: str
    weight: Weight
    entries: Names
    verified: bool = False
    """A native reader checked it."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that must (flag) or must not (pass) give the code in this phase."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    text: str
    phase: Phase
    expect: str = ""
    """`signal`: the text gives a signal of the code, but alone it is not enough for a finding."""


@dataclass(frozen=True, slots=True)
class Code:
    """One of the 29 stable codes of the catalogue."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    code: str
    name: str
    name_en: str
    meaning: str
    indicator: tuple[int, ...]
    """Which of the four indicators of neutrality: 1 career, 2 party, 3 campaign, 4 public service."""
    elements: Mapping[Element, Need]
    phases: tuple[Phase, ...]
    clauses: Clauses
    enabled: bool
    addressed_to_asn: bool
    label: Annotated[Label | None, BeforeValidator(lambda label: None if label == "none" else label)]
    context_phases: tuple[Phase, ...] = ()
    """Phases in which the code is shown beside another one, never alone."""
    contested: str | None = None
    """Both sides of a dispute about the norm, shown to the reviewer."""
    forms: tuple[Form, ...] = ()
    flag: tuple[Example, ...] = ()
    pass_: Annotated[tuple[Example, ...], Field(alias="pass")] = ()

    def need(self, element: Element) -> Need:
        """How far the code needs this element; NONE when the file does not name it."""
        return self.elements.get(element, Need.NONE)


def load_codes(folder: Path, clauses: Collection[str]) -> dict[str, Code]:
    """Read every code of a folder by its name.

    Raises RulesError when a file is not named after its code, cites a clause that does not exist, or lets
    a code name both a phase and a context phase.
    """
    return {code.code: code for code in (_read_code(path, clauses) for path in yaml_files(folder))}


def _read_code(path: Path, clauses: Collection[str]) -> Code:
    code = read_record(path, Code)
    if path.stem != code.code:
        raise RulesError(f"{path}: code {code.code!r} is not the name of the file; {path.stem!r} would be valid")
    for cited in (*code.clauses.before_penetapan.ids, *code.clauses.after_penetapan.ids):
        if cited not in clauses:
            raise RulesError(f"{path}: code {code.code} cites unknown clause {cited!r}; {_near(cited, clauses)}")
    both = set(code.phases) & set(code.context_phases)
    if both:
        raise RulesError(f"{path}: phases and context_phases both name {sorted(both)}; each phase belongs to one")
    wrong = [element for element, need in code.elements.items() if need is Need.PARTY and element is not Element.O]
    if wrong:
        raise RulesError(f"{path}: elements.{wrong[0]}: party; only O can be party, others: required, optional, none")
    return code


def _near(cited: str, clauses: Collection[str]) -> str:
    regulation = cited.partition(":")[0]
    siblings = sorted(clause for clause in clauses if clause.startswith(f"{regulation}:"))
    return f"known: {', '.join(siblings or sorted(clauses))}"
