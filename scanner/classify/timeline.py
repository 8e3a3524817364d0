"""Real public lines that people of this project have judged: their labels by digest, the words stay where they are.

    timeline/<name>.tsv   digest, campaign_support, pns_attribute_use, sure, kind
    <name>.txt            the lines themselves, one a line, in a folder that is not part of this project

Written posts teach what the labels mean; these teach how people write when nobody makes up puzzles.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from scanner.classify.examples import Bit, timeline_files
from scanner.errors import ModelError

COLUMNS = ("digest", "campaign_support", "pns_attribute_use", "sure", "kind")
_WEIGHTS = (0.3, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row of a timeline file."""

    digest: str
    """First sixteen hexadecimal digits of the SHA-256 of the line, UTF-8 without blanks at its ends."""
    campaign_support: Bit
    pns_attribute_use: Bit
    sure: Literal[0, 1, 2]
    """2: two readers agree or one was sure; 1: a judgement call; 0: not read, the rules see nothing in it."""
    kind: str

    @property
    def weight(self) -> float:
        """How much the line counts in training."""
        return _WEIGHTS[self.sure]


@dataclass(frozen=True, slots=True)
class Line:
    """A real line with its judgement."""

    text: str
    judged: Judgement


def digest_of(text: str) -> str:
    """Return what stands for a line in a timeline file."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:16]


def load_timeline(corpus: Path, folder: Path) -> list[Line]:
    """Find the judged lines of a corpus in `folder`, in the order of the timeline files.

    Raises ModelError with file and line for a row that cannot be read, and for a line that is not in the folder:
    a model trained without it would be another model.
    """
    return [line for path in timeline_files(corpus) for line in _lines(path, folder / f"{path.stem}.txt")]


def _lines(path: Path, source: Path) -> Iterator[Line]:
    if not source.is_file():
        raise ModelError(f"{source}: there is no such file; {path} holds judgements of its lines")
    found = {digest_of(line): line.strip() for line in source.read_text(encoding="utf-8").split("\n")}
    for number, judged in _judgements(path):
        if judged.digest not in found:
            raise ModelError(f"{path}:{number}: {source} holds no line with digest {judged.digest}; was it changed?")
        yield Line(text=found[judged.digest], judged=judged)


def _judgements(path: Path) -> Iterator[tuple[int, Judgement]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ModelError(f"{path}: columns {rows.fieldnames}; {', '.join(COLUMNS)}, parted by tabs, would be valid")
        for number, row in enumerate(rows, start=2):
            try:
                yield number, msgspec.convert(row, Judgement, strict=False)
            except msgspec.ValidationError as error:
                raise ModelError(f"{path}:{number}: {error}") from error
