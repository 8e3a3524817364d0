"""The settings of a workspace: scanner.toml, secrets.toml and SCANNER_* in the environment, frozen.

Only doors (command line, demo, later the desk) read this; they hand plain values inward.
"""

from __future__ import annotations

import stat
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scanner.domain.accounts import Mandate, Platform
from scanner.errors import MandateError, SettingsError

CONFIG, SECRETS = "scanner.toml", "secrets.toml"

OversightBody = Literal["", "bawaslu", "bkn", "bkd", "bkpsdm", "inspektorat", "kasn_successor"]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MandateSettings(_Section):
    """The lawful ground (UU 27/2022 art. 20 and 34). Empty means: nothing is fetched."""

    controller: str = ""
    controller_kind: OversightBody = ""
    legal_basis: str = ""
    decree_number: str = ""
    purpose: str = ""
    dpia_id: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class NetworkSettings(_Section):
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


class PlatformSettings(_Section):
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


class ReviewSettings(_Section):
    """How flags are judged."""

    overlap: Annotated[int, Field(ge=2, le=5)] = 2
    """Independent judgements per flag; two humans is the least."""
    unflagged_per_day: Annotated[int, Field(ge=0, le=1000)] = 10
    """Unflagged posts of each day that are drawn at random and judged like flags; 0 draws none."""


class MediaSettings(_Section):
    """Pictures of flagged posts; films and sound are never fetched."""

    enabled: bool = True
    max_per_post: Annotated[int, Field(ge=1, le=50)] = 10
    max_bytes: Annotated[int, Field(ge=10_000, le=20 * 1024 * 1024)] = 10 * 1024 * 1024
    """Of one picture."""


class TimestampSettings(_Section):
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


class Settings(BaseSettings):
    """Everything a workspace can set. Environment `SCANNER_NETWORK__WORKERS=2` overrides the file."""

    model_config = SettingsConfigDict(env_prefix="SCANNER_", env_nested_delimiter="__", frozen=True, extra="forbid")

    election: str = ""
    """Id of the election watched: a file in the workspace's elections/ or a shipped one."""
    lookback_days: Annotated[int, Field(ge=1, le=400)] = 120
    """How far back a first scan may go, at most to the start of the stages (guardrail G6)."""
    model: str = "default"
    """Name of a shipped model, or a folder."""
    mandate: MandateSettings = MandateSettings()
    network: NetworkSettings = NetworkSettings()
    review: ReviewSettings = ReviewSettings()
    media: MediaSettings = MediaSettings()
    timestamps: TimestampSettings = TimestampSettings()
    platforms: dict[Platform, PlatformSettings] = Field(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment override what the files say (they arrive as init values)."""
        return env_settings, init_settings

    def platform(self, platform: Platform) -> PlatformSettings:
        """Return what is set for one platform, or the defaults."""
        return self.platforms.get(platform, PlatformSettings())


def load_settings(workspace: Path) -> Settings:
    """Read the settings of a workspace folder.

    Raises SettingsError naming the file, the key and what would be valid.
    """
    config = workspace / CONFIG
    if not config.is_file():
        raise SettingsError(f"{config}: not there; make a workspace with `scanner init {workspace}`")
    values = _read_toml(config)
    secrets = workspace / SECRETS
    if secrets.is_file():
        _require_private(secrets)
        values = _merge(values, _read_toml(secrets))
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_explain(config, error)) from error


def mandate_of(settings: Settings) -> Mandate:
    """Return the mandate; raises MandateError naming each missing part."""
    given = settings.mandate
    missing = [name for name in MandateSettings.model_fields if not getattr(given, name)]
    if not settings.election:
        missing.append("election (top of the file)")
    if missing or given.valid_from is None or given.valid_until is None:
        raise MandateError(
            f"{CONFIG} [mandate]: {', '.join(missing)} missing; nothing is fetched without a complete mandate"
        )
    return Mandate(election_id=settings.election, **given.model_dump())


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _require_private(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise SettingsError(f"{path}: mode {mode:04o} lets others read it; run `chmod 600 {path}`")


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _explain(path: Path, error: ValidationError) -> str:
    problem = error.errors()[0]
    key = ".".join(str(part) for part in problem["loc"]) or "(top)"
    known = ""
    if problem["type"] == "extra_forbidden":
        known = f"; known here: {', '.join(_known_keys(problem['loc'][:-1]))}"
    return f"{path} {key}: {problem['msg']}{known}"


def _known_keys(place: tuple[int | str, ...]) -> list[str]:
    sections: dict[str, type[BaseModel]] = {
        "mandate": MandateSettings,
        "network": NetworkSettings,
        "review": ReviewSettings,
        "media": MediaSettings,
        "timestamps": TimestampSettings,
        "platforms": PlatformSettings,
    }
    return sorted(sections.get(str(place[0]), Settings).model_fields if place else Settings.model_fields)
