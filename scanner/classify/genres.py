"""Genres: the kinds of posts a head tells apart, instead of two classes.

Support is called out, hinted at, or said against a rival; what is no support may be news, criticism, praise or small
talk. One plane between all of the former and all of the latter fits none of them well. A head therefore weighs each
genre by itself (multinomial logistic regression) and answers with the log-odds of the genres that carry its label
against those that do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import yaml
from numpy.typing import NDArray

from scanner.errors import ModelError

FILE = "genres.yaml"
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Strings = NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Genres of posts with campaign support and of others, each with its categories (`genres.yaml` of a corpus).

    A genre without categories has all that stand nowhere. Without a file each side is one genre.
    """

    support: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"support": ()})
    other: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"other": ()})

    def genre(self, category: str, *, support: bool) -> str:
        """Return the genre of a post by its category and label."""
        side = self.support if support else self.other
        rest = next(genre for genre, categories in side.items() if not categories)
        return next((genre for genre, categories in side.items() if category in categories), rest)


@dataclass(frozen=True, eq=False)
class Genres:
    """The genres that one head tells apart, and which of them each row is of."""

    names: tuple[str, ...]
    """The first carries no label: the others are measured against it."""
    carries: Bools
    """Whether posts of a genre carry the label."""
    rows: NDArray[np.int64]
    """Number of the genre of every row."""

    @property
    def labels(self) -> Bools:
        """Whether a row carries the label."""
        labels: Bools = self.carries[self.rows]
        return labels


def load_catalogue(corpus: Path) -> Catalogue:
    """Read the genres of a corpus folder. Raises ModelError with the file and what would be valid."""
    path = corpus / FILE
    if not path.exists():
        return Catalogue()
    try:
        found = msgspec.convert(yaml.safe_load(path.read_bytes()), Catalogue)
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"{path}: {reason}; genres with categories under support and other are read") from error
    for side in (found.support, found.other):
        listed = [category for categories in side.values() for category in categories]
        if list(map(bool, side.values())).count(False) != 1 or len(set(listed)) < len(listed):
            raise ModelError(
                f"{path}: {', '.join(side)}: one genre without categories, and no category twice, would be valid"
            )
    if both := set(found.support) & set(found.other):
        raise ModelError(f"{path}: genre {min(both)} stands on both sides; a name of its own for either would be valid")
    return found


def number_genres(labels: Bools, named: Strings) -> Genres:
    """Number the genres of rows by name; first comes the largest of those that do not carry the label."""
    names, rows, sizes = np.unique(named, return_inverse=True, return_counts=True)
    carries = np.zeros(len(names), np.bool_)
    carries[rows[labels]] = True
    order = np.lexsort((-sizes, carries))
    return Genres(names=tuple(names[order].tolist()), carries=carries[order], rows=np.argsort(order)[rows])


def log_odds(values: Floats, carries: Bools) -> Floats:
    """Return the log-odds of the genres that carry a label against all others (posts x genres to posts)."""
    by_genre = np.ascontiguousarray(values.T)
    return _log_sum(by_genre[carries]) - _log_sum(by_genre[~carries])


def _log_sum(values: Floats) -> Floats:
    """Return log(sum(exp(values))) over the first axis; `np.logaddexp.reduce` gives the same in ten times the time."""
    highest = np.maximum(values.max(axis=0), np.finfo(values.dtype).min)  # minus infinity is no place to count from
    with np.errstate(divide="ignore"):
        total: Floats = highest + np.log(np.exp(values - highest).sum(axis=0))
    return total
