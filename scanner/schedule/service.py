"""The service `scanner schedule run`: it ticks every minute, or sooner when somebody is due, until it is stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scanner.errors import ScannerError, ScheduleKept
from scanner.scan.stopping import Stop
from scanner.schedule.chores import do_chores
from scanner.schedule.keeper import only_service, release
from scanner.schedule.tick import Tick, tick, utc_now
from scanner.schedule.watch import beating
from scanner.settings import CONFIG, SECRETS
from scanner.workspace import ELECTIONS, Workspace, open_workspace

log = logging.getLogger(__name__)

BEAT = 60.0
"""Seconds between two ticks at most."""
LONGEST = 300.0
"""Seconds between two ticks while one after the other fails: other machines still hear of this one."""
_FINE = (0, 3)


@dataclass(slots=True)
class Service:
    """Keeps the schedule of one workspace."""

    root: Path
    stop: Stop
    clock: Callable[[], datetime] = utc_now
    tell: Callable[[Tick], None] = lambda _: None
    """Is told of every tick."""
    failures: int = 0
    """Ticks in a row that failed."""
    _opened: Workspace | None = field(default=None, repr=False)
    _files: object = None

    def run(self) -> None:
        """Tick until stopped. Raises SettingsError for no workspace, ScheduleKept when it is or gets kept elsewhere."""
        store = self._workspace().store
        with only_service(store):
            while not self.stop.is_set():
                self.stop.wait(self._seconds_after(self._tick()))
            release(store)

    def _tick(self) -> Tick:
        """Tick once; what fails is logged, and told as a tick too."""
        try:
            workspace = self._workspace()
            done = tick(workspace, self.clock(), stop=self.stop, clock=self.clock)
            if not self.stop.is_set():
                with beating(workspace.store, self.clock):
                    do_chores(workspace, self.clock())
        except ScheduleKept:
            raise
        except (ScannerError, OSError) as error:
            log.warning("this tick failed, the next one tries again: %s", error)
            done = Tick(getattr(error, "exit_code", 1), str(error))
        except Exception as error:  # a fault of ours in one tick must not end the schedule
            log.exception("this tick failed, the next one tries again")
            done = Tick(1, f"unexpected {type(error).__name__}; see the log and report it")
        self.failures = 0 if done.exit_code in _FINE else self.failures + 1
        self.tell(done)
        return done

    def _seconds_after(self, done: Tick) -> float:
        """Return how long to wait: until somebody is due, a minute at most, and longer the more ticks have failed."""
        if self.failures:
            return min(LONGEST, BEAT * 2.0 ** min(self.failures - 1, 10))  # no number is large enough for days of it
        if done.next_due is None:
            return BEAT
        return min(BEAT, max(0.1, (done.next_due - self.clock()).total_seconds()))

    def _workspace(self) -> Workspace:
        """Return the workspace, opened anew when its settings or elections changed: reading the model takes time."""
        files = _versions(self.root)
        if self._opened is None or files != self._files:
            self._opened, self._files = open_workspace(self.root), files
        return self._opened


def _versions(root: Path) -> list[tuple[str, int]]:
    paths = [root / CONFIG, root / SECRETS, *sorted((root / ELECTIONS).glob("*.yaml"))]
    return [(path.name, path.stat().st_mtime_ns) for path in paths if path.exists()]
