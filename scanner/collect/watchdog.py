"""What ends an exchange at its deadline, wherever it stands."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Timer
from typing import Any

from scanner.collect import patience
from scanner.collect.addresses import Target, without_secrets
from scanner.errors import FetchFailed


class Watchdog:
    """Cuts the connection at the deadline, wherever the exchange stands: dripped headers know no read timeout."""

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._socket: socket.socket | None = None
        self._lock = Lock()
        self._timer = _timer(ends, self._cut)

    def __enter__(self) -> Watchdog:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._socket is not None:
                self._socket.close()
                self._socket = None

    def shorten(self, ends: float) -> None:
        """Cut sooner than planned."""
        if ends < self._ends:
            self._ends = ends
            self._timer.cancel()
            self._timer = _timer(ends, self._cut)
            self._timer.start()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take hold of the socket once it is connected (httpx's trace extension)."""
        if event == "connection.connect_tcp.complete":
            with self._lock:
                # A duplicate: the original is taken over by the TLS layer.
                self._socket = info["return_value"].get_extra_info("socket").dup()
            if self._late():
                self._cut()

    def refuse_if_late(self, target: Target) -> None:
        """Raise FetchFailed when the deadline has passed: what was read by then may be cut."""
        if self._late():
            patience.require()
            raise FetchFailed(f"{without_secrets(target.url)}: not answered in full before the deadline")

    def _late(self) -> bool:
        return time.monotonic() >= self._ends

    def _cut(self) -> None:
        with self._lock, suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


def _timer(ends: float, act: Callable[[], None]) -> Timer:
    timer = Timer(max(0.0, ends - time.monotonic()), act)
    timer.daemon = True
    return timer
