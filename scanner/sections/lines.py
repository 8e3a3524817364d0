"""On which line of a TOML file each key stands: errors name it, so that nobody has to look for it."""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Place: TypeAlias = tuple[str, ...]
"""Names of a key from the top of the file: ("network", "workers")."""


def lines_of(text: str) -> dict[Place, int]:
    """Return by place the line, from 1, on which each key and section of a valid file begins."""
    found: dict[Place, int] = {}
    section: Place = ()
    for line, statement, values in _statements(text):
        above: Place = () if statement.lstrip().startswith("[") else section
        places = list(_places(values, above))
        for place in places:
            found.setdefault(place, line)
        if statement.lstrip().startswith("["):
            section = max(places, key=len)
    return found


def line_of(lines: Mapping[Place, int], place: Place) -> int | None:
    """Return the line of a key, or of the innermost section around it that is there; case does not matter."""
    folded = {tuple(name.lower() for name in known): line for known, line in lines.items()}
    wanted = tuple(name.lower() for name in place)
    return next((folded[wanted[:end]] for end in range(len(wanted), 0, -1) if wanted[:end] in folded), None)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield header by header and key by key: first line, text, and what it says by itself.

    TOML's own reader decides where a value over several lines ends: there the lines so far can be read.
    """
    begun, held = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        held = f"{held}\n{line}" if held else line
        with contextlib.suppress(tomllib.TOMLDecodeError):
            values = tomllib.loads(held)
            if values:
                yield begun, held, values
            begun, held = number + 1, ""


def _places(values: Mapping[str, Any], above: Place) -> Iterator[Place]:
    for name, value in values.items():
        place = (*above, name)
        yield place
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict):
            yield from _places(inner, place)
