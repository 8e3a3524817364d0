"""Regulations and their clauses as data: what a clause says, whom it addresses, when it was in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from scanner.errors import RulesError
from scanner.rules.reading import PEOPLE, read_record, yaml_files


class Addressee(StrEnum):
    """Whom a clause binds. Only clauses that address ASN can be touched by a civil servant's post."""

    ASN = "asn"
    OFFICIAL = "pejabat"
    REGIONAL_HEAD = "kepala_daerah"
    CANDIDATE = "calon"
    CAMPAIGN_TEAM = "tim_kampanye"
    ORGANISER = "penyelenggara"
    CONTEXT = "konteks"


@dataclass(frozen=True, slots=True)
class Clause:
    """One provision, paraphrased: `PP94:5.n.2`. The wording of the law is at its official source."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    id: str
    text_id: str
    text_en: str
    addressee: Addressee
    verified: bool
    """False until counsel checked it at the official source."""
    valid_from: date | None = None
    valid_to: date | None = None
    """Last day in force; None while it is."""
    note: str = ""
    penalty_text_status: str = ""
    """`superseded?` where UU 1/2026 may have changed the penalty: show "cek UU 1/2026", no figures."""
    sanction_class: Annotated[str, Field(alias="class")] = ""
    regulation: str = ""
    """Id of the regulation it stands in."""
    title: str = ""
    """Title of that regulation."""

    def in_force_on(self, day: date) -> bool:
        """Tell whether the clause was in force on this day; an unknown start counts as in force."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation with the clauses the scanner cites."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    id: str
    title: str
    verified: bool
    source: str
    clauses: tuple[Clause, ...]
    valid_from: date | None = None
    valid_to: date | None = None
    verified_by: str | None = None


def read_regulation(path: Path) -> Regulation:
    """Read one regulation; its dates and title are handed down to clauses that give none of their own."""
    regulation = read_record(path, Regulation)
    clauses = tuple(
        replace(
            clause,
            valid_from=clause.valid_from or regulation.valid_from,
            valid_to=clause.valid_to or regulation.valid_to,
            regulation=regulation.id,
            title=regulation.title,
        )
        for clause in regulation.clauses
    )
    for clause in clauses:
        if clause.valid_from and clause.valid_to and clause.valid_to < clause.valid_from:
            raise RulesError(f"{path}: clause {clause.id} ends {clause.valid_to} before it begins {clause.valid_from}")
    return replace(regulation, clauses=clauses)


def load_regulations(folder: Path) -> dict[str, Clause]:
    """Read every regulation of a folder and return its clauses by id. An id that stands twice is refused."""
    clauses: dict[str, Clause] = {}
    for path in yaml_files(folder):
        for clause in read_regulation(path).clauses:
            if clause.id in clauses:
                raise RulesError(f"{path}: clause {clause.id} stands in {clauses[clause.id].regulation} already")
            clauses[clause.id] = clause
    return clauses
