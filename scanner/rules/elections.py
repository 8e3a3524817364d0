"""Elections as data: who takes part, under which names and numbers, and which phase a day falls in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.rules.calendars import Calendar, Overlay
from scanner.rules.reading import PEOPLE, Names

ALIAS_FIELDS = ("short", "pair", "acronym", "slogans", "symbols", "handles")
"""Fields that are filled for every participant of an election or for none (guardrail G7)."""


class ElectionType(StrEnum):
    """Kind of election."""

    PILKADA = "PILKADA"
    PILPRES = "PILPRES"
    PILEG = "PILEG"


class Kind(StrEnum):
    """What kind of object a participant is."""

    PAIR = "pair"
    CANDIDATE = "candidate"
    PARTY = "party"
    BLANK_BOX = "blank_box"


@dataclass(frozen=True, slots=True)
class Region:
    """Where the election takes place."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    code: str
    name: str
    tz: str
    """IANA name: Asia/Jakarta, Asia/Makassar or Asia/Jayapura."""
    aliases: Names = ()


@dataclass(frozen=True, slots=True)
class CampaignAccount:
    """A public account registered as a campaign's: listed civil servants' comments under its posts are gathered."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    platform: Platform
    handle: str | None
    """None: looked for, there is none."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A pair, candidate, party or the blank box (kolom kosong), with every name people use for it."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    id: str
    kind: Kind
    number: int | None
    """Ballot number; None before the draw."""
    names: Names
    short: Names = ()
    pair: Names = ()
    acronym: Names = ()
    slogans: Names = ()
    symbols: Names = ()
    handles: Names = ()
    ambiguous: Names = ()
    """Those of the names above that also mean something else: they need a political cue."""
    nominated_by: Names = ()
    incumbent: bool = False
    verified: bool = False
    accounts: tuple[CampaignAccount, ...] = ()
    """On each platform that is named here for one participant every other names its own, or null (G7)."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every name once, as written."""
        every = (*self.names, *(alias for name in ALIAS_FIELDS for alias in getattr(self, name)))
        return tuple(dict.fromkeys(every))


@dataclass(frozen=True, slots=True)
class Election:
    """One election in one region."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    id: str
    name: str
    type: ElectionType
    region: Region
    calendar: Calendar
    participants: tuple[Participant, ...]
    source: str
    verified: bool
    complete: bool = True
    """False: the file says of itself that participants are missing; it is not loaded for use."""
    parties: str | None = None
    """Id of the PILEG whose parties are known here."""
    known_parties: tuple[Participant, ...] = ()
    """Those parties; filled when the election is loaded."""

    @property
    def campaign_accounts(self) -> tuple[tuple[Platform, str], ...]:
        """Platform and handle of the registered accounts of all participants."""
        every = (account for one in self.participants for account in one.accounts)
        return tuple((account.platform, account.handle) for account in every if account.handle)

    @property
    def blank_box(self) -> Participant | None:
        """The blank box, where one pair stands alone."""
        return next((one for one in self.participants if one.kind is Kind.BLANK_BOX), None)

    def phase_on(self, day: date) -> Phase:
        """Phase of a local day; NON outside the stages and where the calendar does not say."""
        return self.calendar.phase_on(day)

    def local_date(self, moment: datetime) -> date:
        """Day in the region's own time zone. Raises ValueError for a moment without time zone."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment.isoformat()} has no time zone; give UTC or an offset")
        return moment.astimezone(ZoneInfo(self.region.tz)).date()

    def phase_at(self, moment: datetime) -> Phase:
        """Phase of a moment, judged by the clock of the region (Papua is two hours ahead of Jakarta)."""
        return self.phase_on(self.local_date(moment))

    def overlays_on(self, day: date) -> frozenset[Overlay]:
        """Overlays of a local day: J6 for regional heads, PSU while a repeat poll runs."""
        found = {Overlay.PSU} if self.calendar.repeats_on(day) else set()
        if self.type is ElectionType.PILKADA and self.calendar.in_six_months(day):
            found.add(Overlay.J6)
        return frozenset(found)
