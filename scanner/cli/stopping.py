"""How verbs that take long are stopped: Ctrl-C and SIGTERM end them behind what is under way."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

from scanner.cli.output import say
from scanner.scan.stopping import Stop

LAST = 9.0
"""Seconds after a stop at which a service ends, whatever it waits for."""


@contextlib.contextmanager
def stopping(said: str = "Stopping after the pages under way; what was read is saved.") -> Iterator[Stop]:
    """Let Ctrl-C and SIGTERM end the work after the pages under way; a second one ends it at once."""
    stop = Stop()

    def ask(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        say(said)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def ending_at_last(stop: Stop, code: int = 0, seconds: float = LAST) -> Iterator[None]:
    """End the process with a code some seconds after a stop although a purge, a backup or somebody's lock holds it up.

    Nothing is lost: whatever is saved is whole at any moment, and what was dropped is done at the next start.
    """
    ended = threading.Event()

    def end() -> None:
        stop.wait()
        if not ended.wait(seconds):
            say("What was still under way is dropped; the next start does it again.")
            os._exit(code)

    threading.Thread(target=end, name="last", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
