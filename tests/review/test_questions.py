"""A judgement answers what its reviewer said, and where nothing was said nothing is made up."""

from __future__ import annotations

import pytest

from scanner.domain.flags import Label
from scanner.domain.reviews import Verdict
from scanner.review.coefficients import MISSING
from scanner.review.questions import QUESTIONS
from scanner.store.doubles import Reading

SUPPORT, ATTRIBUTE = Label.CAMPAIGN_SUPPORT, Label.PNS_ATTRIBUTE_USE
LABELS = {"AJAKAN": SUPPORT, "SERAGAM": ATTRIBUTE, "LAYANAN": None}


def answers(verdict: Verdict, *codes: str) -> dict[str, int]:
    reading = Reading(reviewer="sari", verdict=verdict, codes=codes)
    return {question: answer(reading, LABELS) for question, (_, answer) in QUESTIONS.items()}


@pytest.mark.parametrize(
    ("verdict", "codes", "support", "attribute"),
    [
        (Verdict.NOT_VIOLATION, (), 0, 0),
        (Verdict.SUSPECTED, ("AJAKAN",), 1, 0),
        (Verdict.SUSPECTED, ("SERAGAM",), 0, 1),
        (Verdict.SUSPECTED, ("SERAGAM", "AJAKAN"), 1, 1),
        (Verdict.SUSPECTED, ("LAYANAN",), 0, 0),
        (Verdict.SUSPECTED, ("AJAKAN", "DIHAPUS"), MISSING, MISSING),
        (Verdict.SUSPECTED, (), MISSING, MISSING),
        (Verdict.UNSURE, (), MISSING, MISSING),
    ],
)
def test_labels_follow_verdict_and_named_codes(verdict: Verdict, codes: tuple[str, ...], support: int, attribute: int):
    found = answers(verdict, *codes)
    assert (found[SUPPORT], found[ATTRIBUTE]) == (support, attribute)


@pytest.mark.parametrize(
    ("verdict", "answer"), [(Verdict.SUSPECTED, 0), (Verdict.NOT_VIOLATION, 1), (Verdict.UNSURE, 2)]
)
def test_each_verdict_is_an_answer_of_its_own_and_stands_against_the_others(verdict: Verdict, answer: int):
    found = answers(verdict)
    assert found["verdict"] == answer
    assert {other for other in Verdict if found.get(other) == 1} == {verdict}


def test_every_answer_lies_within_the_number_of_answers():
    for verdict in (Verdict.SUSPECTED, Verdict.NOT_VIOLATION, Verdict.UNSURE):
        for question, answer in answers(verdict, "AJAKAN").items():
            assert answer == MISSING or 0 <= answer < QUESTIONS[question][0]
