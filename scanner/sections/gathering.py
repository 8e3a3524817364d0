"""Who may be gathered from, how, and within which bounds."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from scanner.sections.section import Section

OversightBody = Literal["", "bawaslu", "bkn", "bkd", "bkpsdm", "inspektorat", "kasn_successor"]


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


class MediaSettings(Section):
    """Pictures of flagged posts; films and sound are never fetched."""

    enabled: bool = True
    max_per_post: Annotated[int, Field(ge=1, le=50)] = 10
    max_bytes: Annotated[int, Field(ge=10_000, le=20 * 1024 * 1024)] = 10 * 1024 * 1024
    """Of one picture."""
