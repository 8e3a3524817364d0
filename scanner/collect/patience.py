"""How long a look at one account may take: what bounds it holds for all requests that its thread makes."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from contextvars import ContextVar

from scanner.errors import OutOfTime

_bound: ContextVar[tuple[float, float]] = ContextVar("bound", default=(math.inf, math.inf))
"""Seconds given, and when they end by the monotonic clock."""


@contextlib.contextmanager
def bounded(seconds: float | None) -> Iterator[None]:
    """Give what this thread does in the block so many seconds; None: no bound."""
    token = _bound.set((seconds or math.inf, time.monotonic() + (seconds or math.inf)))
    try:
        yield
    finally:
        _bound.reset(token)


def require() -> None:
    """Raise OutOfTime when the time of this thread is up."""
    seconds, ends = _bound.get()
    if time.monotonic() >= ends:
        raise OutOfTime(f"took longer than {seconds:g} s; the next look goes on from here")


def forgive(seconds: float) -> None:
    """Give this thread back what it waited for others: one that hangs must not use up the time of all the others."""
    given, ends = _bound.get()
    _bound.set((given, ends + seconds))


def left() -> float:
    """Return the seconds that are left to this thread."""
    return max(0.0, _bound.get()[1] - time.monotonic())
