"""The settings as they hold: each with what it is and where that comes from, secrets hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from scanner.sections.lines import Place
from scanner.sections.origins import HIDDEN, Origins
from scanner.settings import load_settings, origins_of

_PASSWORD = re.compile(r"(?<=://)[^/@\s]+(?=@)")
"""Who signs in where, within an address."""


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting as it holds."""

    key: str
    """network.workers"""
    value: Any
    """As JSON can write it; `***` for a secret, null for none."""
    source: str
    """File and line, the name of a variable, or `default`."""


def effective_settings(workspace: Path) -> list[Effective]:
    """Return every setting of a workspace folder in the order of the sections. SettingsError as `load_settings`."""
    settings, origins = load_settings(workspace), origins_of(workspace)
    return list(_flat(settings.model_dump(), (), origins))


def _flat(values: Mapping[Any, Any], above: Place, origins: Origins) -> Iterator[Effective]:
    for name, value in values.items():
        place = (*above, str(name))
        if isinstance(value, Mapping) and value:
            yield from _flat(value, place, origins)
        else:
            shown = HIDDEN if origins.is_secret(place) and value else _plain(value)
            yield Effective(key=".".join(place).lower(), value=shown, source=origins.of(place) or "default")


def _plain(value: Any) -> Any:
    match value:
        case SecretStr():
            return HIDDEN if value.get_secret_value() else ""
        case StrEnum():
            return str(value)
        case str():
            return _PASSWORD.sub(HIDDEN, value)
        case date() | time():
            return value.isoformat()
        case tuple() | list():
            return [_plain(one) for one in value]
        case Mapping():
            return {}
        case _:
            return value
