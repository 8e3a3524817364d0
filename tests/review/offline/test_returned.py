"""Whatever a file holds, each of its lines is read or told of; files of tools are known from those of our page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.review.offline.answers import LINES_MOST, read_answer
from scanner.review.offline.returned import TASKS_MOST, read_returned
from scanner.review.offline.tasks import verdict_words
from tests.review.offline.test_answers import ANYTHING, FILE, LINE, packed
from tests.review.offline.tools import annotation

TASK: dict[str, Any] = {key: FILE[key] for key in ("export", "reviewer", "valid_until")} | {
    "item": LINE["item"],
    "seal": LINE["seal"],
    "text": "Ayo",
}
STUDIO: dict[str, Any] = {"id": 1, "data": TASK, "annotations": [annotation("suspected", ("A",), "jelas")]}
EXAMPLE: dict[str, Any] = {"id": 1, **TASK, "label": ["A", verdict_words()["suspected"]], "Comments": ["jelas"]}


def body(*tasks: Any, lines: bool = False) -> bytes:
    return "\n".join(map(json.dumps, tasks)).encode() if lines else json.dumps(tasks).encode()


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize(("task", "seconds"), [(STUDIO, 12.25), (EXAMPLE, None)], ids=["studio", "doccano"])
def test_a_task_becomes_a_judgement_of_its_order(task: dict[str, Any], seconds: float | None, lines: bool):
    [one] = read_returned(b"\xef\xbb\xbf" + body(task, lines=lines))
    assert one.ticket is not None
    assert (one.number, one.ticket.id, one.ticket.reviewer) == (1, FILE["export"], "sari")
    answer = read_answer(one.line)
    assert (answer.verdict, answer.codes, answer.note, answer.seconds) == ("suspected", ["A"], "jelas", seconds)


def test_a_file_of_our_page_is_read_as_ever():
    [one] = read_returned(packed())
    assert (one.line, one.problem) == (LINE, "")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (body(*[STUDIO] * (LINES_MOST + 1)), f"up to {LINES_MOST}"),
        (b" " * (TASKS_MOST + 1), f"up to {TASKS_MOST}"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b"[]", "Expected `object`"),
        (b'{"label":[]}\n{', "not a file of judgements"),
        (b"\xff", "not a file of judgements"),
    ],
)
def test_what_is_no_file_of_judgements_is_one_line(given: bytes, words: str):
    with pytest.raises(UsageError, match=words) as refused:
        read_returned(given)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "changes",
    [{"valid_until": "0001-01-01T00:00:00+14:00"}, {"valid_until": "2026-11-27T12:00:00"}, {"reviewer": "Sari\ud800"}],
)
def test_an_order_that_nobody_can_have_given_is_told(changes: dict[str, Any]):
    [one] = read_returned(body({**EXAMPLE, **changes}))
    assert one.problem.startswith("not a task of `scanner review export`")
    assert one.problem.isprintable()


def test_a_key_that_stands_twice_makes_its_task_unreadable_and_no_other():
    doubled = json.dumps(EXAMPLE)[:-1] + ', "seal": "' + "b" * 64 + '"}'
    first, second = read_returned(f"[{doubled},{json.dumps(EXAMPLE)}]".encode())
    assert (bool(first.problem), second.problem) == (True, "")


@settings(max_examples=150, deadline=None)
@given(
    task=st.sampled_from([STUDIO, EXAMPLE, TASK]),
    field=st.sampled_from(["data", "annotations", *EXAMPLE]),
    value=ANYTHING,
)
def test_any_value_in_any_field_is_read_or_told(task: dict[str, Any], field: str, value: object):
    try:
        for one in read_returned(body({**task, field: value}, STUDIO)):
            assert one.problem.isprintable()
    except UsageError as error:
        assert str(error).isprintable()
