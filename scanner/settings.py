"""The settings of a workspace: scanner.toml, secrets.toml and SCANNER_* in the environment, frozen.

Only doors (command line, demo, later the desk) read this; they hand plain values inward.
"""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scanner.domain.accounts import Mandate, Platform
from scanner.errors import MandateError, SettingsError
from scanner.sections import (
    BackupSettings,
    MandateSettings,
    MediaSettings,
    NetworkSettings,
    PhaseRetention,
    PlatformSettings,
    RetentionSettings,
    ReviewSettings,
    SnapshotSettings,
    TimestampSettings,
)

CONFIG, SECRETS = "scanner.toml", "secrets.toml"


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
    retention: RetentionSettings = RetentionSettings()
    snapshots: SnapshotSettings = SnapshotSettings()
    backups: BackupSettings = BackupSettings()
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
        "retention": RetentionSettings,
        "snapshots": SnapshotSettings,
        "backups": BackupSettings,
        "platforms": PlatformSettings,
    }
    if place[:2] == ("retention", "phases"):
        return sorted(PhaseRetention.model_fields)
    return sorted(sections.get(str(place[0]), Settings).model_fields if place else Settings.model_fields)
