"""When scans run by themselves, and what is written about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from scanner.domain.accounts import Platform
from scanner.domain.flags import Phase
from scanner.scan.due import Rhythm
from scanner.sections.keeping import by_phase
from scanner.sections.section import Section, TimeOfDay

Minutes = Annotated[int, Field(ge=15, le=7 * 24 * 60)]
"""Between two looks at one account."""
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_USUAL = {Phase.NON: 12 * 60, Phase.TENANG: 60, Phase.HARI_H: 60}
"""Minutes in phases for which nothing is set: often while campaigning is forbidden, seldom outside the stages."""


class ScheduleSettings(Section):
    """How often the listed accounts are looked at by schedule."""

    interval: Minutes = 180
    """Minutes between two looks at one account."""
    jitter: Annotated[float, Field(ge=0, le=0.5)] = 0.1
    """Share of the interval by which accounts are spread, so that they do not all come at once."""
    phases: dict[Phase, Minutes] = Field(default_factory=lambda: dict(_USUAL))
    """[schedule.phases] tenang = 60: minutes in a phase of the election; of tenang, hari_h and non unless set too."""
    accounts: dict[str, Minutes] = Field(default_factory=dict)
    """[schedule.accounts] "mastodon:..." = 60: minutes for one account; goes before the phase."""
    first: dict[Phase, tuple[Platform, ...]] = Field(default_factory=dict)
    """[schedule.first] tenang = ["tiktok"]: platforms that get three turns for one of the others in a phase."""
    zone: Literal["", "WIB", "WITA", "WIT"] = ""
    """In which times of day are meant; empty: the zone of the election's region."""
    account_seconds: Annotated[int, Field(ge=30, le=3600)] = 300
    """After these a look at one account is ended, and the next one goes on from there."""
    purge_at: TimeOfDay | None = time(2, 0)
    """Time of day of the daily purge; "" : never by schedule."""
    backup_at: TimeOfDay | None = None
    """Time of day of the daily backup; it needs [backups]."""

    @field_validator("phases", "first", mode="before")
    @classmethod
    def _known_phases(cls, phases: object) -> object:
        return by_phase(phases)

    @field_validator("phases")
    @classmethod
    def _as_usual(cls, phases: dict[Phase, int]) -> dict[Phase, int]:
        return {**_USUAL, **phases}

    @field_validator("purge_at", "backup_at", mode="before")
    @classmethod
    def _empty_is_never(cls, moment: object) -> object:
        """Take an empty text as never: TOML knows no nothing."""
        return None if moment == "" else moment

    def zone_of(self, region: str) -> ZoneInfo:
        """Return the zone in which times of day are meant; `region` is that of the election's region."""
        return ZoneInfo(ZONES.get(self.zone, region))

    def rhythm(self, zone: ZoneInfo, phase_at: Callable[[datetime], Phase]) -> Rhythm:
        """Return how often accounts are looked at."""
        return Rhythm(
            interval=timedelta(minutes=self.interval),
            zone=zone,
            phase_at=lru_cache(100)(phase_at),  # asked for all accounts at the same moments
            jitter=self.jitter,
            phases={phase: timedelta(minutes=minutes) for phase, minutes in self.phases.items()},
            accounts={key: timedelta(minutes=minutes) for key, minutes in self.accounts.items()},
        )


class LogSettings(Section):
    """What is written about runs into logs/."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False
    """One JSON object a line instead of plain text."""
    max_bytes: Annotated[int, Field(ge=100_000, le=100_000_000)] = 5_000_000
    """Of one file; then a new one is begun."""
    files: Annotated[int, Field(ge=1, le=50)] = 9
    """Older files that are kept."""


class MetricsSettings(Section):
    """Figures for Prometheus. Labels are platforms and classes of error, never accounts or people."""

    textfile: str = ""
    """Where they are written after every run, for the node exporter; a relative path is one inside the workspace."""
    port: Annotated[int, Field(ge=0, le=65535)] = 0
    """Of `scanner schedule run` on 127.0.0.1; 0: none."""
