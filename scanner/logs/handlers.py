"""What writes lines: to a file that is begun anew when it is full, and to stderr. Neither ever stops the work."""

from __future__ import annotations

import contextlib
import logging
import sys

from concurrent_log_handler import ConcurrentRotatingFileHandler


class File(ConcurrentRotatingFileHandler):
    """A log that several processes write to: the desk, the schedule, commands."""

    told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say once that nothing can be written; the standard way would show what should have been."""
        if not self.told:
            self.told = True
            error = type(sys.exc_info()[1]).__name__
            sys.stderr.write(f"scanner: {self.baseFilename}: the log cannot be written ({error}); work goes on\n")


class Stderr(logging.Handler):
    """Serious events, for whoever watches: a terminal, or systemd's journal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write to what is stderr by now: a progress bar may have put itself before it."""
        with contextlib.suppress(OSError, ValueError):  # whoever listened has gone
            sys.stderr.write(f"{self.format(record)}\n")
