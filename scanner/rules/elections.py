"""Elections as data: who takes part, under which names and numbers, and which phase a day falls in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.calendars import Calendar, Overlay
from scanner.rules.reading import PEOPLE, Names, read_record

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


def load_election(source: Path | str, folder: Path | None = None) -> Election:
    """Read an election by its file or, by its id, from a folder (default: the shipped `keywords/elections`).

    Raises RulesError when it cannot be read, is out of order, or would treat participants unequally (G7).
    """
    folder = folder or data_folder("keywords") / "elections"
    path = source if isinstance(source, Path) else folder / f"{source}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
        raise RulesError(f"{path}: there is no such election; known in {folder}: {known}")
    return _with_parties(read_election(path), path, folder, read_election)


def load_elections(folder: Path | None = None) -> list[Election]:
    """Read every election of a folder (default: the shipped ones) that lists all its participants, in order of id."""
    folder = folder or data_folder("keywords") / "elections"
    read = lru_cache(read_election)  # many elections share one list of parties
    records = [(path, read_record(path, Election)) for path in sorted(folder.glob("*.yaml"))]
    return [_with_parties(_checked(one, path), path, folder, read) for path, one in records if one.complete]


def read_election(path: Path) -> Election:
    """Read and check one election file, without looking up its parties."""
    return _checked(read_record(path, Election), path)


def _checked(election: Election, path: Path) -> Election:
    if path.stem != election.id:
        raise RulesError(f"{path}: id {election.id!r} is not the name of the file; {path.stem!r} would be valid")
    _check_calendar(election, path)
    _check_participants(election, path)
    return election


def _with_parties(election: Election, path: Path, folder: Path, read: Callable[[Path], Election]) -> Election:
    if election.parties is None:
        return election
    beside = path.parent / f"{election.parties}.yaml"
    listed = read(beside if beside.is_file() else folder / f"{election.parties}.yaml")
    if listed.type is not ElectionType.PILEG:
        raise RulesError(f"{path}: parties: {listed.id} is a {listed.type}; the id of a PILEG would be valid")
    return replace(election, known_parties=listed.participants)


def _check_calendar(election: Election, path: Path) -> None:
    try:
        ZoneInfo(election.region.tz)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise RulesError(f"{path}: region.tz: unknown zone {election.region.tz!r}; e.g. Asia/Jakarta") from error
    dates = election.calendar.in_order()
    for (earlier, first), (later, second) in pairwise(dates):
        if second < first:
            raise RulesError(f"{path}: calendar.{later} {second} lies before calendar.{earlier} {first}")


def _check_participants(election: Election, path: Path) -> None:
    if not election.complete:
        raise RulesError(f"{path}: complete: false; every registered participant must be listed (G7)")
    ids = [one.id for one in election.participants]
    if len(set(ids)) < len(ids) or len(ids) < 2:
        raise RulesError(f"{path}: participants {ids}: need two or more, each id once; a single pair needs a blank_box")
    persons = [one for one in election.participants if one.kind is not Kind.BLANK_BOX]
    for one in election.participants:
        if not one.names:
            raise RulesError(f"{path}: participant {one.id}: names is empty; every participant needs its name (G7)")
        strangers = set(one.ambiguous) - set(one.aliases)
        if strangers:
            raise RulesError(f"{path}: participant {one.id}: ambiguous {sorted(strangers)} is none of its names")
    _check_equal(persons, path)
    _check_watched(persons, path)
    _check_numbers([one.number for one in persons], path)


def _check_equal(persons: list[Participant], path: Path) -> None:
    for name in (one.name for one in fields(Participant) if one.name in ALIAS_FIELDS):
        empty = [one.id for one in persons if not getattr(one, name)]
        if empty and len(empty) < len(persons):
            raise RulesError(
                f"{path}: participant {empty[0]}: {name} is empty but filled for others; fill it for all or none (G7)"
            )


def _check_watched(persons: list[Participant], path: Path) -> None:
    """Comments are looked for under everybody's accounts or under nobody's."""
    for platform in {account.platform for one in persons for account in one.accounts}:
        for one in persons:
            if platform not in {account.platform for account in one.accounts}:
                raise RulesError(
                    f"{path}: participant {one.id}: accounts names none on {platform}, but others do; "
                    "name it, or null where there is none (G7)"
                )


def _check_numbers(numbers: list[int | None], path: Path) -> None:
    drawn = sorted(number for number in numbers if number is not None)
    if drawn and drawn != list(range(1, len(numbers) + 1)):
        raise RulesError(
            f"{path}: participants.number {drawn}: a registered participant is missing; "
            f"1 to {len(numbers)}, each once, or null for all would be valid (G7)"
        )
