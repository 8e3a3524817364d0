"""The desk's words: Indonesian first, English second, each beside the other in texts/, one file for a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from scanner.domain.users import Language

Texts = Mapping[str, Mapping[str, str]]
"""By key (`review.reject`) and by language."""


@cache
def texts() -> Texts:
    """Return all texts of the desk. A file `review.yaml` holds the keys that begin with `review.`."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(files("scanner.web").joinpath("texts").iterdir(), key=lambda path: path.name):
        stem, _, kind = path.name.rpartition(".")
        if kind == "yaml":
            read = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
            found.update((f"{stem}.{key}", words) for key, words in read.items())
    return found


def say(language: Language, key: str, **values: Any) -> str:
    """Return a text in a language, its {slots} filled. KeyError for a key or slot that is not there."""
    return texts()[key][language].format(**values)


def has(key: str) -> bool:
    """Tell whether there is such a text."""
    return key in texts()


def preferred(header: str) -> Language:
    """Return what a browser asks for before anybody has signed in: English only where Indonesian is not wanted."""
    wanted = [part.partition(";")[0].strip().lower()[:2] for part in header.split(",")]
    known = [one for one in wanted if one in set(Language)]
    return Language(known[0]) if known else Language.ID
