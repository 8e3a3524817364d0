"""The private folder in which a desk's socket lies, and the folders that killed desks have left behind."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import tempfile
import time
from pathlib import Path

PREFIX, NAME = "scanner-", "socket"
_LONGEST = 70
"""Bytes of the folder for temporary files; the system's limit for a whole address is 108, on macOS 104."""
_YOUNG = 60.0
"""Seconds: a desk that is just starting has a socket on which it does not answer yet."""


def private_folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder of one's own with a short name, and clear away those of desks that were killed."""
    usual = tempfile.gettempdir()
    folder = usual if len(os.fsencode(usual)) < _LONGEST else "/tmp"  # noqa: S108, as a fresh folder in it is private
    sweep(Path(folder), now=time.time())
    return tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder)


def sweep(folder: Path, *, now: float) -> list[Path]:
    """Remove the folders of this user's desks that were killed; return which. `now`: seconds since 1970.

    Only a private folder that holds a socket alone, on which nobody answers: a killed desk cannot clean up, and a
    living one is left alone whatever it does. What cannot be looked at or removed is left.
    """
    swept = []
    for found in folder.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if _is_left(found, now):
                (found / NAME).unlink()
                found.rmdir()
                swept.append(found)
    return swept


def _is_left(folder: Path, now: float) -> bool:
    told = folder.lstat()
    ours = stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and stat.S_IMODE(told.st_mode) == 0o700
    if not ours or now - told.st_mtime < _YOUNG or list(folder.iterdir()) != [folder / NAME]:
        return False
    return stat.S_ISSOCK((folder / NAME).lstat().st_mode) and not _answers(folder / NAME)


def _answers(address: Path) -> bool:
    """Tell whether somebody listens; where it cannot be known, as with one who is too busy, somebody does."""
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(1.0)
        try:
            asking.connect(str(address))
        except ConnectionRefusedError:
            return False
        except OSError:
            return True
    return True
