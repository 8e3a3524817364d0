"""Where a setting comes from: a line of a file, the environment, or nowhere."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from scanner.errors import SettingsError
from scanner.sections.lines import Place, line_of, lines_of

PREFIX, DELIMITER = "SCANNER_", "__"
"""How names in the environment begin, and what parts their sections: SCANNER_NETWORK__WORKERS."""
HIDDEN = "***"
_AT_LINE = re.compile(r"at line (\d+)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_SHORTEST = 4
"""Characters of what counts as a secret: a 1 or a true in secrets.toml is none."""


@dataclass(frozen=True)
class File:
    """A TOML file that was read."""

    path: Path
    text: str
    values: Mapping[str, Any]
    secret: bool
    """What stands in it is never shown."""

    @cached_property
    def lines(self) -> Mapping[Place, int]:
        """Line by place of every key."""
        return lines_of(self.text)

    def line(self, place: Place) -> int | None:
        """Return the line of a key, or of the innermost section around it that is there."""
        return line_of(self.lines, place)

    def holds(self, place: Place) -> bool:
        """Tell whether this very key stands in the file."""
        return _holds(self.values, place)


@dataclass(frozen=True)
class Origins:
    """All that settings are made of, what goes before first."""

    environment: Mapping[str, Any]
    """What SCANNER_* says, nested as in a file."""
    files: Sequence[File]
    default: Path
    """File that is named where nothing says it."""
    variables: tuple[str, ...] = field(default_factory=lambda: tuple(os.environ))

    def of(self, place: Place) -> str:
        """Return file and line of a key, or its variable; empty where nobody set it."""
        if _holds(self.environment, place):
            return self._variable(place)
        return next((f"{one.path.name}:{one.line(place)}" for one in self.files if one.holds(place)), "")

    def where(self, place: Place) -> str:
        """Return where somebody has to look who wants to mend a key: with its section where it is not set itself."""
        if _holds(self.environment, place):
            return f"{self._variable(place)} in the environment"
        for asked in (place[:end] for end in range(len(place), 0, -1)):
            if found := [one for one in self.files if one.holds(asked)]:
                return f"{found[0].path}:{found[0].line(asked)}"
        return str(self.default)

    def is_secret(self, place: Place) -> bool:
        """Tell whether a key stands in a file whose content is never shown."""
        return not _holds(self.environment, place) and any(one.secret and one.holds(place) for one in self.files)

    def redacted(self, text: str, place: Place = ()) -> str:
        """Return a text, about a key, without anything that stands in a secret file: not even names of keys there."""
        if place and self.is_secret(place) and text.startswith("Value error"):
            text = _QUOTED.sub("'...'", text)
        secrets = {value for one in self.files if one.secret for value in _texts(one.values)}
        for value in sorted(secrets, key=len, reverse=True):
            text = text.replace(value, HIDDEN)
        return text

    def _variable(self, place: Place) -> str:
        named = {name.upper(): name for name in self.variables}
        wanted = (f"{PREFIX}{DELIMITER.join(place[:end])}".upper() for end in range(len(place), 0, -1))
        return next((named[name] for name in wanted if name in named), PREFIX)


def read_file(path: Path, *, secret: bool = False) -> File:
    """Read a TOML file; SettingsError names the line that cannot be read, and nothing that stands in a secret one."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
        return File(path=path, text=text, values=tomllib.loads(text), secret=secret)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise SettingsError(f"{path}:{line}: not valid TOML: byte {error.start} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        said = _QUOTED.sub("'...'", str(error)) if secret else str(error)
        found = _AT_LINE.search(said)
        line = int(found[1]) if found else text.count("\n") + 1
        raise SettingsError(f"{path}:{line}: not valid TOML: {said}") from None if secret else error


def secrets_in(path: Path) -> set[str]:
    """Return every text of a secret file that counts as a secret; none of a file that cannot be read."""
    try:
        return set(_texts(read_file(path, secret=True).values))
    except (OSError, SettingsError):
        return set()


def _holds(values: Mapping[str, Any], place: Place) -> bool:
    here: Any = values
    for name in place:
        if isinstance(here, list | tuple) and name.isdecimal():
            here = here[int(name)] if int(name) < len(here) else None
            continue
        inner = {str(key).lower(): value for key, value in here.items()} if isinstance(here, Mapping) else {}
        if name.lower() not in inner:
            return False
        here = inner[name.lower()]
    return True


def _texts(value: Any) -> Iterator[str]:
    """Yield what may be secret in values: texts, not names of keys."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        yield value
