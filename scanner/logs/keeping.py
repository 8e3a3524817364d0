"""Where lines go: logs/scanner.log, begun anew when it is full, and for warnings stderr too."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from scanner.logs.lines import OURS, Lines
from scanner.logs.masks import Masks

NAME = "scanner.log"
log = logging.getLogger(__name__)
_kept: list[logging.Handler] = []
"""What this process writes to at the moment."""


def begin(
    folder: Path,
    *,
    key: bytes,
    secrets: Iterable[str] = (),
    level: str = "info",
    as_json: bool = False,
    max_bytes: int = 5_000_000,
    files: int = 9,
) -> None:
    """Write what happens in this process from now on into a folder, until `end`.

    `key` makes the hashes that stand for accounts; `secrets` are values that must never be written. That a disk is full
    or a folder may not be written to is said on stderr and stops nothing.
    """
    from scanner.logs.handlers import File, Stderr

    end()
    lines = Lines(Masks.of(key, secrets), as_json=as_json)
    handlers: list[logging.Handler] = [Stderr()]
    handlers[0].setLevel(logging.WARNING)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handlers.append(File(folder / NAME, maxBytes=max_bytes, backupCount=files, encoding="ascii", chmod=0o600))
    except OSError as error:
        sys.stderr.write(f"scanner: {folder}: no log can be kept ({error.strerror}); work goes on\n")
    for handler in handlers:
        handler.setFormatter(lines)
        logging.getLogger().addHandler(handler)
    _kept.extend(handlers)
    logging.getLogger(OURS).setLevel(level.upper())
    threading.excepthook = _fell


def end() -> None:
    """Write nothing more; without `begin` there is nothing to end."""
    while _kept:
        handler = _kept.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()
        logging.getLogger(OURS).setLevel(logging.NOTSET)
        threading.excepthook = threading.__excepthook__


def refused(error: BaseException) -> None:
    """Write that an error which the program knows ends it; what it says stands on stderr, and may name somebody."""
    if _kept:
        log.info("ended by %s", error, exc_info=error)


def crashed(error: BaseException) -> bool:
    """Write that an error nobody expected ends the program; tell whether there is a log that it stands in."""
    if _kept:
        log.critical("ended by an error nobody expected", exc_info=error)
    return bool(_kept)


def _fell(told: threading.ExceptHookArgs) -> None:
    log.critical("a thread ended by an error nobody expected", exc_info=told.exc_value)
