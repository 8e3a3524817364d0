"""The sections of scanner.toml, one class each: what may stand there, its bounds, and what holds without it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from scanner.domain.flags import Phase
from scanner.domain.retention import KEPT_FOR, Outcome, Policy

OversightBody = Literal["", "bawaslu", "bkn", "bkd", "bkpsdm", "inspektorat", "kasn_successor"]


class Section(BaseModel):
    """What all sections have in common: frozen, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MandateSettings(Section):
    """The lawful ground (UU 27/2022 art. 20 and 34). Empty means: nothing is fetched."""

    controller: str = ""
    controller_kind: OversightBody = ""
    legal_basis: str = ""
    decree_number: str = ""
    purpose: str = ""
    dpia_id: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class NetworkSettings(Section):
    """How politely and within which bounds we fetch."""

    contact: str = ""
    """Address a platform can reach the operating body at; part of the User-Agent."""
    min_interval: Annotated[float, Field(ge=0)] = 2.0
    """Seconds between two requests to one host."""
    deadline: Annotated[float, Field(gt=0, le=300)] = 30.0
    """Seconds of wall clock for one whole exchange."""
    workers: Annotated[int, Field(ge=1, le=10)] = 5
    """Accounts gathered side by side."""
    sweep_days: Annotated[int, Field(ge=0, le=90)] = 7
    """Every so many days an account is walked in full, for back-dated, edited and missing posts; 0: never."""
    allow_hosts: tuple[str, ...] = ()
    """host:port pairs on private addresses that may be fetched: for the demo and tests only."""


class PlatformSettings(Section):
    """What an operating body decides for one platform."""

    enabled: bool = True
    base_url: str | None = None
    directory: str | None = None
    """Address of Bluesky's PLC directory, when not the usual one."""
    terms_approval: str | None = None
    keys: dict[str, SecretStr] = Field(default_factory=dict)
    """In secrets.toml: [platforms.youtube.keys] key = "..."; or SCANNER_PLATFORMS__YOUTUBE__KEYS__KEY."""
    daily_budget: Annotated[int, Field(ge=0)] | None = None
    """Units a day we allow ourselves; without it, what the platform grants."""
    min_interval: Annotated[float, Field(ge=0)] | None = None
    """Seconds between two requests, instead of network.min_interval."""
    legal_hold: str | None = None
    """Reference of the norm or permission by which flagged posts stay although the platform wants them erased."""
    canary: str | None = None
    """Handle of the operating body's own account there, which must always show posts."""

    @field_validator("keys")
    @classmethod
    def _fit_for_headers(cls, keys: dict[str, SecretStr]) -> dict[str, SecretStr]:
        """Strip blanks, which pasting leaves, and refuse what cannot stand in a header; the key itself is not told."""
        stripped = {name: secret.get_secret_value().strip() for name, secret in keys.items()}
        for name, value in stripped.items():
            if not (value.isascii() and value.isprintable() and " " not in value):
                raise ValueError(f"{name} holds blanks or signs that no key holds; printable ASCII would be valid")
        return {name: SecretStr(value) for name, value in stripped.items()}


class ReviewSettings(Section):
    """How flags are judged."""

    overlap: Annotated[int, Field(ge=2, le=5)] = 2
    """Independent judgements per flag; two humans is the least."""
    unflagged_per_day: Annotated[int, Field(ge=0, le=1000)] = 10
    """Unflagged posts of each day that are drawn at random and judged like flags; 0 draws none."""


class MediaSettings(Section):
    """Pictures of flagged posts; films and sound are never fetched."""

    enabled: bool = True
    max_per_post: Annotated[int, Field(ge=1, le=50)] = 10
    max_bytes: Annotated[int, Field(ge=10_000, le=20 * 1024 * 1024)] = 10 * 1024 * 1024
    """Of one picture."""


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
        """Take the names of phases in small letters as everything else in the file is."""
        if not isinstance(phases, dict):
            return phases
        known = [str(phase) for phase in Phase]
        if unknown := [name for name in phases if str(name).upper() not in known]:
            raise ValueError(f"{unknown[0]!r} is no phase; known: {', '.join(known).lower()}")
        return {str(name).upper(): days for name, days in phases.items()}

    def policy(self) -> Policy:
        """Return how long a post stays, by outcome and phase."""
        own = {phase: _days(chosen) for phase, chosen in self.phases.items()}
        return Policy(days=_days(self), phases=own)


def _days(chosen: RetentionSettings | PhaseRetention) -> dict[Outcome, int]:
    """Return the days that are set, by outcome."""
    given = {outcome: getattr(chosen, f"{outcome}_days") for outcome in KEPT_FOR}
    return {outcome: days for outcome, days in given.items() if days is not None}


class SnapshotSettings(Section):
    """What researchers get."""

    keep: Annotated[int, Field(ge=1, le=400)] = 8
    """Snapshots of a series; older ones leave when a further one is published."""
    smallest_group: Annotated[int, Field(ge=10, le=100)] = 10
    """People or posts below which a group is not told apart (reliability P4)."""


class BackupSettings(Section):
    """Copies against loss."""

    keep_days: Annotated[int, Field(ge=1, le=35)] = 35
    """After these a backup leaves; what was erased must not live longer in one (reliability P3)."""
