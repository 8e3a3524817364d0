"""Turns on a database that one process keeps open: one writes at a time, in the order of asking; readers go beside.

One writer at a time, so that there are never conflicts to repeat, and the audit chain grows by one event after another.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scanner.errors import StoreLocked
from scanner.store import locking
from scanner.store.locking import Holder


@dataclass(slots=True)
class Turns:
    """Who may use an open database now. StoreLocked names who holds it when a turn does not come in time."""

    path: Path
    """The database file, named in messages."""
    _line: list[Holder] = field(default_factory=list)
    """Writers by arrival; the first one has the turn."""
    _readers: list[Holder] = field(default_factory=list)
    _alone: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @contextlib.contextmanager
    def writing(self, who: Holder, wait: float) -> Iterator[None]:
        """Wait `wait` seconds at most for everybody who asked before, then be the only writer."""
        with self._changed:
            self._line.append(who)
        try:
            self._await(lambda: self._line[0] is who, wait, self._line)
            yield
        finally:
            self._leave(self._line, who)

    @contextlib.contextmanager
    def reading(self, who: Holder, wait: float) -> Iterator[None]:
        """Be one reader of many, beside the writer; wait only while somebody has the file to himself."""
        with self._changed:
            self._await(lambda: not self._alone, wait, self._line)
            self._readers.append(who)
        try:
            yield
        finally:
            self._leave(self._readers, who)

    @contextlib.contextmanager
    def alone(self, who: Holder, wait: float) -> Iterator[None]:
        """Have the file to oneself: after the writers who asked before, with no reader left."""
        deadline = time.monotonic() + wait
        with self.writing(who, wait):
            try:
                self._alone = True  # from now on no reader comes in
                self._await(lambda: not self._readers, deadline - time.monotonic(), self._readers)
                yield
            finally:
                with self._changed:
                    self._alone = False
                    self._changed.notify_all()

    def _await(self, mine: Callable[[], bool], wait: float, before: list[Holder]) -> None:
        with self._changed:
            if not self._changed.wait_for(mine, timeout=max(wait, 0.0)):
                by = before[0] if before else None
                raise StoreLocked(locking.locked_message(self.path, by, wait))

    def _leave(self, place: list[Holder], who: Holder) -> None:
        with self._changed:
            # NOTE: by identity, because two turns of one process may be equal in all they tell.
            place[:] = [one for one in place if one is not who]
            self._changed.notify_all()
