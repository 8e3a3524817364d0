"""What one client asked and was sent: counted as it happens, and taken by whoever writes it down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Lock

from scanner.errors import BudgetSpent

LATER = (429, 503)
"""Statuses that ask us to come later, whether they say when or not."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much was asked and sent."""

    requests: int = 0
    """Sent, or tried in vain: robots.txt, tokens, repetitions and pictures too."""
    throttled: int = 0
    """Answers that asked us to come later."""
    bytes: int = 0
    """Of answers, as they came, without their headers."""


class Counter:
    """Counts over all threads of a client. Thread-safe."""

    def __init__(self, ceiling: int | None = None) -> None:
        self._ceiling = ceiling
        """Requests after which none is begun; None: no end."""
        self._begun = 0
        self._lock = Lock()
        self._so_far = Traffic()

    def begin(self) -> None:
        """Count a request that is about to be sent. Raises BudgetSpent, and counts nothing, behind the ceiling."""
        with self._lock:
            if self._ceiling is not None and self._begun >= self._ceiling:
                raise BudgetSpent(f"the {self._ceiling} requests allowed to this run are used up")
            self._begun += 1
            self._so_far = replace(self._so_far, requests=self._so_far.requests + 1)

    def add(self, *, throttled: int = 0, received: int = 0) -> None:
        """Count what was answered."""
        with self._lock:
            was = self._so_far
            self._so_far = replace(was, throttled=was.throttled + throttled, bytes=was.bytes + received)

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield chunks as they arrive, and count them even when nobody reads on."""
        for chunk in chunks:
            self.add(received=len(chunk))
            yield chunk

    def take(self) -> Traffic:
        """Return what was counted since it was last taken."""
        with self._lock:
            taken, self._so_far = self._so_far, Traffic()
        return taken
