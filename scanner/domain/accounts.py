"""Persons, their accounts, and the mandate under which they may be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.metadata import entry_points


class Platform(StrEnum):
    """Where a public account lives."""

    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    X = "x"
    YOUTUBE = "youtube"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    THREADS = "threads"
    TIKTOK = "tiktok"
    TELEGRAM = "telegram"
    RSS = "rss"
    WEB = "web"

    @classmethod
    def _missing_(cls, value: object) -> Platform | None:
        """Know the platforms for which other people's packages bring a collector."""
        if not isinstance(value, str) or value not in platforms_of_others():
            return None
        member = str.__new__(cls, value)
        member._name_, member._value_ = value.upper(), value
        return cls._value2member_map_.setdefault(value, member)  # type: ignore[return-value]


@cache
def platforms_of_others() -> dict[str, str]:
    """Return name and collector (`module:Class`) of the platforms that installed packages add."""
    return {found.name: found.value for found in entry_points(group="scanner.collectors")}


class Employment(StrEnum):
    """Status of a civil servant (UU 20/2023). Anybody else is out of scope and refused."""

    PNS = "PNS"
    CPNS = "CPNS"
    PPPK = "PPPK"


class Confidence(StrEnum):
    """How sure we are that the account is this person's (guardrail G4)."""

    A = "A"  # declared by the person or confirmed by the agency
    B = "B"  # two independent indicators
    C = "C"  # anything less: never fetched, never scored


@dataclass(frozen=True, slots=True)
class Mandate:
    """The recorded lawful ground of the operating body (UU 27/2022 art. 20, 34; guardrails G1, G17)."""

    controller: str
    controller_kind: str
    """bawaslu | bkn | bkpsdm | inspektorat | kasn_successor: an oversight body, nobody else."""
    legal_basis: str
    decree_number: str
    purpose: str
    dpia_id: str
    election_id: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Account:
    """One public channel of one listed person on one platform."""

    platform: Platform
    handle: str
    """As the platform writes it, without a leading @; Mastodon: user@host; RSS and web: the URL."""
    person_id: str
    """The agency's own number for the person, never a raw NIP or NIK."""
    agency: str
    unit: str
    employment: Employment
    service_from: date
    service_until: date | None
    confidence: Confidence
    legal_basis: str
    decree_number: str
    requested_by: str
    approved_by: str
    listed_from: date
    listed_until: date
    native_id: str | None = None
    """The platform's own immutable id, when known. It decides over the handle."""
    url: str | None = None
    leave: tuple[tuple[date, date], ...] = ()
    """Periods of leave outside state responsibility (CLTN), inclusive."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the roster, passed through untouched."""

    @property
    def id(self) -> str:
        """Stable identity: platform and handle, case folded."""
        return f"{self.platform}:{self.handle.casefold()}"

    def in_service_on(self, day: date) -> bool:
        """Tell whether the person was a serving civil servant on this day (guardrail G5)."""
        served = self.service_from <= day and (self.service_until is None or day <= self.service_until)
        return served and not any(start <= day <= end for start, end in self.leave)
