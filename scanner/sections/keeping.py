"""How long what is kept stays, and who vouches for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy
from scanner.sections.section import Section


def by_phase(given: object) -> object:
    """Take the names of phases in small letters, as everything else in the file is; ValueError for an unknown one."""
    if not isinstance(given, dict):
        return given
    known = [str(phase) for phase in Phase]
    if unknown := [name for name in given if str(name).upper() not in known]:
        raise ValueError(f"{unknown[0]!r} is no phase; known: {', '.join(known).lower()}")
    return {str(name).upper(): value for name, value in given.items()}


class TimestampSettings(Section):
    """Who vouches for the heads of the chains (RFC 3161). Off unless set; only hashes leave the house."""

    url: str = ""
    ca_file: str = ""
    """PEM file with the authority's root certificate; a relative path is one inside the workspace."""

    @model_validator(mode="after")
    def _go_together(self) -> TimestampSettings:
        if bool(self.url) != bool(self.ca_file):
            raise ValueError("url and ca_file go together: what cannot be checked offline is worth nothing later")
        if self.url and not self.url.startswith(("https://", "http://")):
            raise ValueError(f"url {self.url!r} is not an address; valid: https://...")
        return self


class PhaseRetention(Section):
    """Days that hold for posts of one phase of the election, where they differ."""

    unflagged_days: Annotated[int | None, Field(ge=0, le=30)] = None
    dismissed_days: Annotated[int | None, Field(ge=0, le=365)] = None
    unsettled_days: Annotated[int | None, Field(ge=1, le=730)] = None
    suspected_days: Annotated[int | None, Field(ge=1, le=3650)] = None
    referred_days: Annotated[int | None, Field(ge=1, le=36500)] = None


class RetentionSettings(Section):
    """After how many days what is kept has to leave (UU 27/2022 art. 41 to 44).

    The defaults are our own; align them with the archive schedule (JRA).
    """

    unflagged_days: Annotated[int, Field(ge=0, le=30)] = 7
    """Posts that nothing flagged and nobody drew, counted from when their words were first seen; and raw answers that
    no flagged or drawn post was read from."""
    dismissed_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Settled as no violation: counted from that day."""
    unsettled_days: Annotated[int, Field(ge=1, le=730)] = 365
    """Flagged and never settled: counted from when it became known."""
    suspected_days: Annotated[int, Field(ge=1, le=3650)] = 365
    """Settled as suspected and not referred: counted from that day; the appeal window lies within it."""
    referred_days: Annotated[int, Field(ge=1, le=36500)] = 3650
    """Referred: counted from that day; by the archive schedule."""
    runs_days: Annotated[int, Field(ge=30, le=3650)] = 400
    """Run history and coverage."""
    exports_days: Annotated[int, Field(ge=0, le=365)] = 30
    """Files that `scanner export` wrote, as far as they still lie where they were written."""
    phases: dict[Phase, PhaseRetention] = Field(default_factory=dict)
    """[retention.phases.tenang] unflagged_days = 14: days that differ in a phase of the election."""

    @field_validator("phases", mode="before")
    @classmethod
    def _known_phases(cls, phases: object) -> object:
        return by_phase(phases)

    def policy(self) -> Policy:
        """Return how long a post stays, by outcome and phase."""
        own = {phase: _days(chosen) for phase, chosen in self.phases.items()}
        return Policy(days=_days(self), phases=own)


def _days(chosen: RetentionSettings | PhaseRetention) -> dict[Outcome, int]:
    """Return the days that are set, by outcome."""
    given = {outcome: getattr(chosen, f"{outcome}_days") for outcome in KEPT_FOR}
    return {outcome: days for outcome, days in given.items() if days is not None}


class BackupSettings(Section):
    """Copies against loss."""

    keep_days: Annotated[int, Field(ge=1, le=35)] = 35
    """After these a backup leaves; what was erased must not live longer in one (reliability P3)."""
    folder: str = ""
    """Where the schedule writes them, better on another disk; a relative path is one inside the workspace."""
    recipient: str = ""
    """Public key age1... of `scanner backup keygen`, for which the schedule encrypts them."""
