"""Deadlines as data: what starts a clock, how long it runs, in which elections (rules catalogue, section 5d)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from scanner.errors import RulesError
from scanner.resources import data_folder
from scanner.rules.elections import ElectionType
from scanner.rules.reading import PEOPLE, Names, read_record
from scanner.rules.workdays import working_days_after

WIB = ZoneInfo("Asia/Jakarta")
"""Legal days are counted by Jakarta's clock, wherever the region lies."""


class Unit(StrEnum):
    """How the limit is counted."""

    CALENDAR = "calendar"
    WORKING = "working"
    HOURS = "hours"


class Contest(StrEnum):
    """Which of the two election laws a deadline belongs to."""

    PEMILU = "PEMILU"  # UU 7/2017: president and legislatures
    PILKADA = "PILKADA"  # UU 1/2015 and its changes: regional heads

    @classmethod
    def of(cls, kind: ElectionType) -> Contest:
        """Return the law that governs this kind of election."""
        return cls.PILKADA if kind is ElectionType.PILKADA else cls.PEMILU


@dataclass(frozen=True, slots=True)
class Timer:
    """One deadline."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    timer: str
    """Its name: LAPOR-PILKADA."""
    starts: str
    """What starts it: known_at, report_received, summons ..."""
    limit: Annotated[int, Field(ge=1)]
    unit: Unit
    text: str
    basis: str
    elections: tuple[Contest, ...]
    source: str
    verified: bool
    """False until counsel checked it at the official source."""
    clauses: Names = ()

    def ends(self, start: datetime) -> datetime:
        """Return when it has run out, by the same time of day in Jakarta; ValueError for a start without time zone."""
        if start.tzinfo is None:
            raise ValueError(f"{start.isoformat()} has no time zone; give UTC or an offset")
        if self.unit is not Unit.WORKING:
            return start + timedelta(**{"hours" if self.unit is Unit.HOURS else "days": self.limit})
        local = start.astimezone(WIB)
        day = working_days_after(local.date(), self.limit)
        return datetime.combine(day, local.timetz()).astimezone(start.tzinfo)


@dataclass(frozen=True, slots=True)
class Expired:
    """What becomes of an item whose deadline has passed."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    state: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All deadlines the queue must show."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    known_at: str
    known_at_en: str
    expired: Expired
    timers: tuple[Timer, ...]

    def started_by(self, event: str, contest: Contest | None) -> tuple[Timer, ...]:
        """Return the timers this event starts in elections of this kind; None: in elections of any kind."""
        return tuple(one for one in self.timers if one.starts == event and contest in (None, *one.elections))


def load_deadlines(folder: Path | None = None) -> Deadlines:
    """Read `rules/deadlines.yaml` of a folder (default: the shipped `keywords`).

    Raises RulesError with file and key, when a timer stands twice, and when a law has none that runs from `known_at`:
    the queue is ordered by it.
    """
    path = (folder or data_folder("keywords")) / "rules" / "deadlines.yaml"
    deadlines = read_record(path, Deadlines)
    names = [one.timer for one in deadlines.timers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RulesError(f"{path}: timer {twice[0]} stands twice; each once would be valid")
    for contest in Contest:
        if not deadlines.started_by("known_at", contest):
            raise RulesError(f"{path}: no timer of {contest} starts at known_at, by which the queue is ordered")
    return deadlines
