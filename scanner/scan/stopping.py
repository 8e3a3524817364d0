"""Stopping a run before its end: by hand, by a pause, or because its time is up."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.collect.client import Client

STOPPED = "the run was stopped"
GRACE = 3.0
"""Seconds that requests under way have to end by themselves once a run is stopped."""
_LOOK = 0.2
"""Seconds between two looks whether it is."""


class Stop(threading.Event):
    """Set once a run shall end behind the pages under way, and says why.

    One with a `parent` is set too once that is. NOTE: `wait` knows nothing of the parent.
    """

    def __init__(self, parent: threading.Event | None = None) -> None:
        super().__init__()
        self.parent = parent
        self.why = STOPPED
        self.late = False
        """Set because time was up: it ends gathering alone."""

    def is_set(self) -> bool:
        """Tell whether the run shall end."""
        return super().is_set() or (self.parent is not None and self.parent.is_set())

    def because(self, why: str) -> None:
        """Set it for a reason; the first reason stays."""
        if not self.is_set():
            self.why = why
            self.set()

    def out_of_time(self, why: str) -> None:
        """End gathering; what was gathered is still scored, or runs that never get to their end would flag nothing."""
        if not self.is_set():
            self.late = True
            self.because(why)


def why(stop: threading.Event) -> str:
    """Say why a run was stopped."""
    return stop.why if isinstance(stop, Stop) else STOPPED


def ends_scoring(stop: threading.Event | None) -> Callable[[], bool]:
    """Return what tells whether a run shall not even score any more."""
    if isinstance(stop, Stop) and stop.late:
        return stop.parent.is_set if stop.parent is not None else lambda: False
    return stop.is_set if stop is not None else lambda: False


@contextlib.contextmanager
def hurrying(client: Client, stop: threading.Event | None) -> Iterator[None]:
    """Cut requests short that are still under way some seconds after a stop, whatever the other side does."""
    ended = threading.Event()

    def watch(stop: threading.Event) -> None:
        while not ended.wait(_LOOK):
            if stop.is_set():
                client.hurry(GRACE)
                return

    watcher = threading.Thread(target=watch, args=(stop,), name="hurry", daemon=True) if stop is not None else None
    if watcher is not None:
        watcher.start()
    try:
        yield
    finally:
        ended.set()
