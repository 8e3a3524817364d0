"""Flags: a post that met the elements of one or more codes. Always an allegation (dugaan), never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scanner.domain.signals import Exculpatory, Mention, Signal


class Label(StrEnum):
    """The two independent heads of the classifier (labelling codebook)."""

    CAMPAIGN_SUPPORT = "campaign_support"
    PNS_ATTRIBUTE_USE = "pns_attribute_use"


class Phase(StrEnum):
    """Phase of an election in a region (rules catalogue, section 2a)."""

    NON = "NON"
    PRA = "PRA"
    TETAP = "TETAP"
    KAMPANYE = "KAMPANYE"
    TENANG = "TENANG"
    HARI_H = "HARI_H"
    REKAP = "REKAP"
    PSU = "PSU"

    @property
    def after_penetapan(self) -> bool:
        """Tell whether candidates are fixed: etik rows before, disiplin rows from here on."""
        return self not in (Phase.NON, Phase.PRA)


class Element(StrEnum):
    """Elements (unsur) of a code (rules catalogue, section 2b)."""

    A = "A"  # actor: authored by a listed account in service on that day
    O = "O"  # object: a participant of the election  # noqa: E741
    D = "D"  # deed
    P = "P"  # public
    T = "T"  # phase valid for the code
    C = "C"  # context: attribute, facility, money, order


class Met(StrEnum):
    """Whether an element is met."""

    YES = "yes"
    INFERRED = "inferred"  # read from the whole text by the model; a human must name it
    NO = "no"


@dataclass(frozen=True, slots=True)
class Score:
    """Calibrated probability of one label for one version of a post."""

    label: Label
    probability: float
    model_id: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause the post may touch ("mungkin menyentuh")."""

    clause_id: str
    primary: bool
    verified: bool
    """False until counsel checked the norm at its official source."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One code whose elements the post met."""

    code: str
    elements: Mapping[Element, Met]
    citations: tuple[Citation, ...]
    class_hint: str
    """Sanction class letter; hidden from first reviewers."""
    modifiers: tuple[str, ...] = ()
    contested: str | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """A version of a post put before humans. The machine's last word is: please look."""

    post_id: str
    version_id: str
    account_id: str
    election_id: str
    phase: Phase
    posted_at: datetime
    known_at: datetime
    """Capture time of the first flagged version: legal clocks start here (safe reading)."""
    findings: tuple[Finding, ...]
    signals: tuple[Signal, ...]
    mentions: tuple[Mention, ...]
    exculpatory: tuple[Exculpatory, ...]
    scores: tuple[Score, ...]
    ruleset: str
    """Version and hash of the rules: 2026.11+1a2b3c4d."""
    model_id: str
    explanation: str
    """Plain Indonesian for the reviewer, without score and sanction class."""

    @property
    def id(self) -> str:
        """One flag per version of a post."""
        return self.version_id

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes found, in the order of the findings."""
        return tuple(finding.code for finding in self.findings)
