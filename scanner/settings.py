"""The settings of a workspace: scanner.toml, secrets.toml and SCANNER_* in the environment, frozen.

Only doors (command line, demo, later the desk) read this; they hand plain values inward.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from scanner.domain.accounts import Mandate, Platform
from scanner.errors import MandateError, SettingsError
from scanner.sections import (
    BackupSettings,
    LogSettings,
    MandateSettings,
    MediaSettings,
    MetricsSettings,
    NetworkSettings,
    NotificationSettings,
    PingSettings,
    PlatformSettings,
    RetentionSettings,
    ReviewSettings,
    ScheduleSettings,
    SnapshotSettings,
    TimestampSettings,
)
from scanner.sections.lines import Place
from scanner.sections.origins import DELIMITER, HIDDEN, PREFIX, Origins, read_file

CONFIG, SECRETS = "scanner.toml", "secrets.toml"
_OTHERS = {"workspace", "fast", "snapshot", "test_servers"}
"""What SCANNER_* names besides settings: the workspace itself, and what concerns one command or test."""


class Settings(BaseSettings):
    """Everything a workspace can set. Environment `SCANNER_NETWORK__WORKERS=2` overrides the file."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, frozen=True, extra="forbid")

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
    schedule: ScheduleSettings = ScheduleSettings()
    notifications: NotificationSettings = NotificationSettings()
    ping: PingSettings = PingSettings()
    logs: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
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

    Raises SettingsError naming the file, the line, the key and what would be valid.
    """
    found, problems = _read(workspace)
    if found is None:
        raise SettingsError(problems[0])
    return found


def problems_of(workspace: Path) -> list[str]:
    """Return all that is wrong with the settings of a workspace folder, each with its file and line."""
    known = f"known: {', '.join(sorted(Settings.model_fields))}"
    unknown = [f"{name} in the environment: there is no such setting; {known}" for name in unknown_variables()]
    try:
        return _read(workspace)[1] + unknown
    except SettingsError as error:
        return [str(error), *unknown]


def origins_of(workspace: Path) -> Origins:
    """Return where each setting of a workspace folder comes from. SettingsError when a file cannot be read."""
    config, secrets = workspace / CONFIG, workspace / SECRETS
    if not config.is_file():
        raise SettingsError(f"{config}: not there; make a workspace with `scanner init {workspace}`")
    files = [read_file(config)]
    if secrets.is_file():
        _require_private(secrets)
        files.insert(0, read_file(secrets, secret=True))
    return Origins(environment=_environment(), files=files, default=config)


def unknown_variables() -> list[str]:
    """Return the names in the environment that look like settings and are none: a slip of the pen goes unnoticed."""
    known = {name.lower() for name in Settings.model_fields} | _OTHERS
    names = (name for name in sorted(os.environ) if name.upper().startswith(PREFIX))
    return [name for name in names if name[len(PREFIX) :].lower().partition(DELIMITER)[0] not in known]


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


def _read(workspace: Path) -> tuple[Settings | None, list[str]]:
    """Return the settings, or all that is wrong with them."""
    origins = origins_of(workspace)
    values: dict[str, Any] = {}
    for file in reversed(origins.files):
        values = _merge(values, dict(file.values))
    try:
        return Settings(**values), []
    except ValidationError as error:
        return None, list(_explained(error, origins))


def _environment() -> dict[str, Any]:
    try:
        return EnvSettingsSource(Settings)()
    except ValueError as error:  # a section given as one variable that is no JSON
        raise SettingsError(
            f"{PREFIX}* in the environment: {error}; {PREFIX}NETWORK__WORKERS=2 would be valid"
        ) from error


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


def _explained(error: ValidationError, origins: Origins) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False):
        place = tuple(str(part) for part in problem["loc"] if part != "[key]")
        unknown = problem["type"] == "extra_forbidden"
        known = f"; known here: {', '.join(_known_keys(place[:-1]))}" if unknown else ""
        hidden = unknown and origins.is_secret(place)  # somebody may have pasted a key where its name belongs
        shown = (*place[:-1], HIDDEN) if hidden else place
        said = origins.redacted(problem["msg"], place)
        yield f"{origins.where(place)} {'.'.join(shown) or '(top)'}: {said}{known}"


def _known_keys(place: Place) -> list[str]:
    """Return what may stand in a section, by the types of the settings themselves."""
    here: Any = Settings
    for name in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            here = here.model_fields[name].annotation if name in here.model_fields else None
        else:
            here = next(iter(get_args(here)[1:]), None)
    return sorted(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []
