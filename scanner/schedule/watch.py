"""Looks beside a run whether it shall end: it is paused, another machine took over, or its time is up."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from scanner.errors import ScheduleKept, StoreError
from scanner.scan.stopping import Stop
from scanner.schedule.keeper import claim
from scanner.store import pauses
from scanner.store.connection import Store

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks at the record: a pause takes hold within ten."""
HEARTBEAT = 60.0
"""Seconds between two signs of life for other machines."""


@dataclass(slots=True)
class _Watch:
    store: Store
    stop: Stop
    clock: Callable[[], datetime]
    ends: float
    """By the monotonic clock, which no change of clocks moves."""
    seconds: float
    beaten: float = 0.0

    def look(self) -> None:
        """Look once."""
        if time.monotonic() >= self.ends:
            self.stop.out_of_time(f"the run's time was up after {self.seconds / 60:.0f} minutes")
            return
        with self.store.lease("schedule: is it paused", reading=True) as lease:
            if pauses.current(lease, self.clock()) is not None:
                self.stop.because("the schedule was paused")
        if time.monotonic() - self.beaten >= HEARTBEAT:
            claim(self.store, self.clock())
            self.beaten = time.monotonic()

    def go_on(self, ended: threading.Event) -> None:
        """Look until the run has ended or is stopped. A record that cannot be read now is read again later."""
        while not ended.wait(max(0.05, min(LOOK, self.ends - time.monotonic()))) and not self.stop.is_set():
            try:
                self.look()
            except ScheduleKept as error:
                self.stop.because(str(error))
            except (StoreError, OSError) as error:
                log.warning("whether the schedule is paused cannot be read now: %s", error)


@contextlib.contextmanager
def watched(store: Store, stop: Stop, *, seconds: float, clock: Callable[[], datetime]) -> Iterator[None]:
    """Set `stop` while the block runs when it is paused, has run for `seconds`, or another machine took over."""
    watch = _Watch(store, stop, clock, ends=time.monotonic() + seconds, seconds=seconds, beaten=time.monotonic())
    ended = threading.Event()
    thread = threading.Thread(target=watch.go_on, args=(ended,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextlib.contextmanager
def beating(store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Let other machines hear of this one while the block runs, which may take long."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT):
            with contextlib.suppress(ScheduleKept, StoreError, OSError):  # the next tick says so
                claim(store, clock())

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
