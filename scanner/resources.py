"""Where the shipped data folders are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

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
