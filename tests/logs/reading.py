"""Reads lines of the log back, as a program that watches them would."""

from __future__ import annotations

import json
from typing import Any


def read_json(line: str) -> dict[str, Any]:
    """Read a line of JSON."""
    return dict(json.loads(line))


def read_plain(line: str) -> dict[str, Any]:
    """Read a plain line: time, level, logger, the event in quotes, then name=value."""
    time, level, name, rest = line.split(" ", 3)
    event, end = json.JSONDecoder().raw_decode(rest)
    told = {"time": time, "level": level, "logger": json.loads(f'"{name}"'), "event": event}
    while end < len(rest):
        key, _, after = rest[end + 1 :].partition("=")
        value, length = json.JSONDecoder().raw_decode(after)
        told[key], end = value, end + 1 + len(key) + 1 + length
    return told
