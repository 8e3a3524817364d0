"""Politeness per host: one request at a time, a pause between two, Retry-After kept, a circuit that opens."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock

from scanner.collect import patience
from scanner.collect.retry_after import LONGEST_WAIT
from scanner.errors import FetchFailed, RateLimited

_JITTER = 0.2
_FAILURES_TO_OPEN = 5
_OPEN_SECONDS = 300.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, replaceable in tests."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    """A number in [0, 1)."""


@dataclass(slots=True)
class _Host:
    lock: Lock = field(default_factory=Lock)
    """Guards the times below."""
    free: Condition = field(default_factory=Condition)
    under_way: int = 0
    ready_at: float = 0.0
    limited_until: float = 0.0
    open_until: float = 0.0
    failures: int = 0

    @contextmanager
    def place(self, ceiling: int) -> Iterator[None]:
        """Hold one of so many places at this host. Waiting for others costs none of the time of a look."""
        began = time.monotonic()
        with self.free:
            self.free.wait_for(lambda: self.under_way < ceiling)
            self.under_way += 1
        patience.forgive(time.monotonic() - began)
        try:
            yield
        finally:
            with self.free:
                self.under_way -= 1
                self.free.notify_all()


class Pace:
    """Gives out turns to talk to a host. Thread-safe."""

    def __init__(self, min_interval: float, clock: Clock) -> None:
        self._min_interval = min_interval
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._lock = Lock()

    @contextmanager
    def turn(
        self, host: str, crawl_delay: float = 0.0, *, interval: float | None = None, in_flight: int = 1
    ) -> Iterator[None]:
        """Wait until `host` (host:port) may be asked again, and hold a place there for one exchange.

        One at a time, the pause follows the answer; with more `in_flight`, it lies between their beginnings.
        Raises RateLimited inside a Retry-After window and FetchFailed while the circuit is open. What is raised
        in the body is remembered: RateLimited closes the host, five failures in a row open its circuit.
        """
        state = self._state(host)
        pause = max(self._min_interval if interval is None else interval, crawl_delay)
        with state.place(in_flight):
            self._await_start(host, state, pause)
            try:
                yield
                state.failures = 0
            except RateLimited as error:
                state.limited_until = self._clock.monotonic() + error.retry_after
                self._count_failure(state)
                raise
            except FetchFailed:
                self._count_failure(state)
                raise
            finally:
                if in_flight == 1:
                    state.ready_at = self._clock.monotonic() + self._jittered(pause)

    def waits(self) -> dict[str, datetime]:
        """Return by host (host:port) until when it asked to be left alone, UTC; one whose time is over is left out."""
        now, clock = self._clock.now(), self._clock.monotonic()
        with self._lock:
            left = {host: state.limited_until - clock for host, state in self._hosts.items()}
        return {host: now + timedelta(seconds=wait) for host, wait in left.items() if wait > 0}

    def keep_to(self, waits: Mapping[str, datetime]) -> None:
        """Keep to what an earlier run was asked for. A clock set wrong binds us no longer than a Retry-After may."""
        now, clock = self._clock.now(), self._clock.monotonic()
        for host, until in waits.items():
            wait = min((until - now).total_seconds(), LONGEST_WAIT)
            self._state(host).limited_until = clock + wait

    def _await_start(self, host: str, state: _Host, pause: float) -> None:
        with state.lock:
            self._require_open_door(host, state)
            now = self._clock.monotonic()
            start = max(now, state.ready_at)
            state.ready_at = start + self._jittered(pause)
        self._clock.sleep(start - now)
        self._require_open_door(host, state)

    def _jittered(self, pause: float) -> float:
        return pause * (1 + _JITTER * self._clock.chance())

    def _state(self, host: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(host, _Host())

    def _count_failure(self, state: _Host) -> None:
        state.failures += 1
        if state.failures >= _FAILURES_TO_OPEN:
            state.open_until = self._clock.monotonic() + _OPEN_SECONDS

    def _require_open_door(self, host: str, state: _Host) -> None:
        now = self._clock.monotonic()
        if now < state.limited_until:
            wait = state.limited_until - now
            raise RateLimited(f"{host} asked us to wait; {wait:.0f} s are left", retry_after=wait)
        if now < state.open_until:
            raise FetchFailed(f"{host} failed {state.failures} times in a row; left alone for {_OPEN_SECONDS:.0f} s")
