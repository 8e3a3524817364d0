"""What the system around us gives: the shipped data folders, and who started this program."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """Return the folder `keywords` or `models` that ships with this scanner.

    Raises FileNotFoundError naming both places when neither is there.
    """
    packed, checkout = _PACKAGE / "_data" / name, _PACKAGE.parent / name
    for folder in (packed, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{name}/ is neither in {packed} nor in {checkout}: the installation is incomplete")


def operator() -> str:
    """Return the name of whoever runs this program; by number where the system knows no name (containers)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid-{os.getuid()}"
