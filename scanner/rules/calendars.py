"""The calendar of an election: which phase and overlay a local day falls in (rules catalogue, section 2a)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from scanner.domain.flags import Phase
from scanner.rules.reading import PEOPLE


class Overlay(StrEnum):
    """A period that lies over the phases (rules catalogue, section 2a)."""

    J6 = "J6"  # six months before penetapan to the end of term
    PSU = "PSU"  # a repeat poll


@dataclass(frozen=True, slots=True)
class RepeatPoll:
    """One repeat poll (pemungutan suara ulang)."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    day: Annotated[date, Field(alias="date")]
    """Local polling day."""
    start: date | None = None
    """First day of its stages; None: only the polling day itself is known."""

    def covers(self, day: date) -> bool:
        """Tell whether the day lies in the stages of this repeat poll."""
        return (self.start or self.day) <= day <= self.day


@dataclass(frozen=True, slots=True)
class Calendar:
    """Local dates of one election, inclusive; None where unknown. An unknown date opens no phase."""

    __pydantic_config__: ClassVar[ConfigDict] = PEOPLE

    start: date | None = None
    penetapan: date | None = None
    nomor_urut: date | None = None
    kampanye: tuple[date, date] | None = None
    tenang: tuple[date, date] | None = None
    hari_h: date | None = None
    rekap_until: date | None = None
    pelantikan: date | None = None
    psu: tuple[RepeatPoll, ...] = ()

    @property
    def end(self) -> date | None:
        """Last day of REKAP: the inauguration, or the end of the count where that is not known."""
        return self.pelantikan or self.rekap_until or self.hari_h

    def in_order(self) -> list[tuple[str, date]]:
        """List the known dates with their names in the order in which they must fall."""
        steps: list[tuple[str, date | None]] = [
            ("start", self.start),
            ("penetapan", self.penetapan),
            ("kampanye[0]", self.kampanye and self.kampanye[0]),
            ("kampanye[1]", self.kampanye and self.kampanye[1]),
            ("tenang[0]", self.tenang and self.tenang[0]),
            ("tenang[1]", self.tenang and self.tenang[1]),
            ("hari_h", self.hari_h),
            ("rekap_until", self.rekap_until),
            ("pelantikan", self.pelantikan),
        ]
        return [(name, day) for name, day in steps if day]

    def repeats_on(self, day: date) -> bool:
        """Tell whether a repeat poll runs on this day."""
        return any(poll.covers(day) for poll in self.psu)

    def in_six_months(self, day: date) -> bool:
        """Tell whether the day lies between penetapan minus six months and the end of term (K16:71.2)."""
        if self.penetapan is None or self.end is None:
            return False
        return _months_before(self.penetapan, 6) <= day <= self.end

    def phase_on(self, day: date) -> Phase:
        """Phase of a local day; NON outside the stages and where the dates are unknown."""
        if self.repeats_on(day):
            return Phase.PSU
        if self.start is None or self.end is None or not self.start <= day <= self.end:
            return Phase.NON
        if self.penetapan is None or day < self.penetapan:
            return Phase.PRA
        for span, phase in ((self.kampanye, Phase.KAMPANYE), (self.tenang, Phase.TENANG)):
            if span and span[0] <= day <= span[1]:
                return phase
        if self.hari_h is None or day < self.hari_h:
            return Phase.TETAP
        return Phase.HARI_H if day == self.hari_h else Phase.REKAP


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
