"""One event as one line, whatever stands in it: plain for people, or a JSON object for programs.

A line is ASCII without control characters, so no text can end it, begin another or colour a terminal.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from scanner.logs.masks import Masks, Word

OURS = "scanner"
_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = frozenset(("site-packages", "dist-packages", f"python{sys.version_info.major}.{sys.version_info.minor}"))


class Lines(logging.Formatter):
    """Writes events; of other packages only who said something, and where: their words may quote anybody."""

    def __init__(self, masks: Masks, *, as_json: bool = False) -> None:
        super().__init__()
        self._masks = masks
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        event = self.event(record)
        if self._as_json:
            return json.dumps(event)
        time, level, name, said = (event.pop(key) for key in ("time", "level", "logger", "event"))
        rest = "".join(f" {key}={json.dumps(value)}" for key, value in event.items())
        return f"{time} {level} {_unspaced(name)} {json.dumps(said)}{rest}"

    def event(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return what is told of an event."""
        ours = record.name == OURS or record.name.startswith(f"{OURS}.")
        return {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z",
            "level": record.levelname.lower(),
            "logger": self._masks.text(record.name),
            "event": self._said(record) if ours else f"said by line {record.lineno} of {_place(record.pathname)}",
            "process": record.process,
            **(_failure(record.exc_info) if record.exc_info else {}),
        }

    def _said(self, record: logging.LogRecord) -> str:
        """Return the message: the words in the source, with values as they may be written."""
        if not isinstance(record.msg, str):
            return str(self._masks.value(record.msg))
        words, masks = self._masks.text(record.msg), self._masks
        try:
            if isinstance(record.args, Mapping):
                return words % {key: masks.value(value) for key, value in record.args.items()}
            return words % tuple(map(masks.value, record.args)) if record.args else words
        except (TypeError, ValueError):  # a text where a number was meant
            return words


def cause_of(error: BaseException | None) -> Word:
    """Return the class of an error and where it came about, as one word; what it says may be anybody's words."""
    return Word(" < ".join([type(error).__name__, *reversed(_frames(error.__traceback__ if error else None))]))


def _failure(failed: tuple[Any, BaseException | None, TracebackType | None]) -> dict[str, Any]:
    """Return the classes of an error and of those behind it, the last first, and where it came about."""
    error, behind = failed[1], list[str]()
    while error is not None and len(behind) < 10:
        behind.append(type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return {"error": behind, "at": _frames(failed[2])}


def _frames(trace: TracebackType | None) -> list[str]:
    """Return the last calls of a traceback without values of variables, the innermost last."""
    found = traceback.extract_tb(trace, limit=-20)
    return [f"{_place(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _place(path: str) -> str:
    """Return a file as its package names it; of one that is in no package only the name."""
    parts = Path(path).parts
    if Path(path).is_relative_to(_PACKAGE):
        return Path(path).relative_to(_PACKAGE.parent).as_posix()
    return "/".join(parts[-2:]) if _LIBRARIES.intersection(parts) else parts[-1]


def _unspaced(name: str) -> str:
    return json.dumps(name)[1:-1].replace(" ", r"\u0020")
