"""The questions that a judgement answers, as whole numbers whose agreement can be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.review.coefficients import MISSING
from scanner.store.doubles import Reading

Labels = Mapping[str, Label | None]
"""The label each code stands for; None: neither."""
Answer = Callable[[Reading, Labels], int]

VERDICTS = (Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE)


def label(wanted: Label, reading: Reading, labels: Labels) -> int:
    """Return 1 where a named code stands for the label, else 0; nothing where the reader was unsure.

    Stricter than what the classifier is taught from: whoever did not name the label has not marked it. Where a named
    code is unknown to these rules nobody can tell, and nothing is returned.
    """
    if reading.verdict is Verdict.NOT_VIOLATION:
        return 0
    if reading.verdict is not Verdict.SUSPECTED or not reading.codes or not labels.keys() >= set(reading.codes):
        return MISSING
    return int(wanted in {labels[code] for code in reading.codes})


def verdict(reading: Reading, _labels: Labels) -> int:
    """Return which verdict it was."""
    return VERDICTS.index(reading.verdict)


def against_others(wanted: Verdict, reading: Reading, _labels: Labels) -> int:
    """Return 1 for this verdict, 0 for any other."""
    return int(reading.verdict is wanted)


QUESTIONS: Mapping[str, tuple[int, Answer]] = {
    **{one: (2, partial(label, one)) for one in Label},
    "verdict": (len(VERDICTS), verdict),
    **{one: (2, partial(against_others, one)) for one in VERDICTS},
}
"""How many answers each question has, and which of them a reading gives, from 0."""
