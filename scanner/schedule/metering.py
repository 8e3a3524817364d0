"""The figures of a workspace for Prometheus: what the record says, and what the schedule knows besides."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scanner.errors import StoreError
from scanner.notify import outbox
from scanner.report.figures import Figures, read_figures
from scanner.report.metrics import render, write_textfile
from scanner.review.clock import clock_for
from scanner.scan.timetable import read_timetable
from scanner.store.retention import count_past

if TYPE_CHECKING:
    from scanner.store.connection import Lease
    from scanner.workspace import Workspace

KEPT = 10.0
"""Seconds for which figures that were read are told again: whoever asks more often costs nothing."""


def figures_of(workspace: Workspace, now: datetime) -> Figures:
    """Read all figures; a database that cannot be read is one of them. Errors: SettingsError, RulesError."""
    purge = workspace.purge(now, by="metrics")

    def past(lease: Lease, at: datetime) -> bool:
        return count_past(lease, purge.policy, purge.election, holds=purge.holds, now=at) > 0

    found = read_figures(workspace.store, due=clock_for([workspace.election]).at, past=past, now=now)
    return replace(found, outbox=outbox.waiting(workspace.data), **_timed(workspace, now))


def write_configured(workspace: Workspace, figures: Figures) -> None:
    """Write the text file for the node exporter where [metrics] textfile names one. Errors: StoreError."""
    if name := workspace.settings.metrics.textfile:
        write_textfile(workspace.root / name, render(figures))


@contextlib.contextmanager
def told(workspace: Workspace, clock: Callable[[], datetime]) -> Iterator[None]:
    """Tell the figures on loopback while the block runs, where [metrics] port is set. SettingsError: it is taken."""
    from scanner.schedule.scraping import scraped

    port = workspace.settings.metrics.port
    with scraped(port, Remembered(lambda: figures_of(workspace, clock()))) if port else contextlib.nullcontext():
        yield


@dataclass(slots=True, eq=False)
class Remembered:
    """Figures that are read anew only when they are older than some seconds; several may ask at once."""

    read: Callable[[], Figures]
    seconds: float = KEPT
    _last: tuple[float, Figures] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Figures:
        """Return the figures."""
        with self._lock:
            if self._last is None or time.monotonic() - self._last[0] >= self.seconds:
                self._last = time.monotonic(), self.read()
            return self._last[1]


def _timed(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """Return what the timetable says; nothing where the record cannot be read."""
    with contextlib.suppress(StoreError):
        with workspace.store.lease("metrics: what is due", reading=True) as lease:
            timetable = read_timetable(lease, workspace.rhythm, now)
        stale = sum(1 for _ in timetable.stale())
        return {"stale": stale, "next_due": timetable.next_due, "interval": timetable.shortest}
    return {}
