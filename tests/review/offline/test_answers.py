"""A file that came back is taken apart strictly: whatever it holds, the answer is a record or one clear line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.review.offline.answers import BYTES_MOST, LINES_MOST, Answer, read_answer, read_answers

LINE: dict[str, Any] = {
    "item": "mastodon:desa.example/1@0f",
    "seal": "a" * 64,
    "verdict": "suspected",
    "codes": ["AJAKAN-BERPIHAK"],
    "note": "jelas",
    "seconds": 4,
}
FILE: dict[str, Any] = {
    "format": "scanner-judgements/1",
    "export": "b" * 32,
    "reviewer": "sari",
    "valid_until": "2026-11-27T12:00:00+00:00",
    "judgements": [LINE],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def packed(**changes: Any) -> bytes:
    return json.dumps({**FILE, **changes}).encode()


def refusal(body: bytes) -> str:
    with pytest.raises(UsageError) as refused:
        read_answers(body)
    return str(refused.value)


def test_what_the_page_gives_back_is_read():
    answers = read_answers(packed())
    assert (answers.ticket.reviewer, answers.ticket.valid_until.isoformat()) == ("sari", FILE["valid_until"])
    [line] = answers.lines
    assert read_answer(line) == Answer(**LINE)


def test_a_byte_order_mark_does_no_harm():
    assert read_answers(b"\xef\xbb\xbf" + packed()).ticket.reviewer == "sari"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "not a file of judgements"),
        (b"\xff\xfe", "utf-8"),
        (b"{", "not a file of judgements"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 500_000, "nested too deeply"),
        (b" " * (BYTES_MOST + 1), f"up to {BYTES_MOST}"),
        (b"9" * 5000, "not a file of judgements"),
        (b"NaN", "NaN is no JSON"),
        (b"[]", "Expected `object`"),
        (b'{"format":1,"format":2}', "'format' stands in it twice"),
        (packed(format="scanner-judgements/2"), "format"),
        (packed(export="../../etc"), "export"),
        (packed(export="b" * 32 + "\n"), "export"),
        (packed(reviewer="Sari\ud800"), "reviewer"),
        (packed(valid_until="2026-11-27T12:00:00"), "zone"),
        (packed(valid_until="0001-01-01T00:00:00+14:00"), "not a file of judgements"),
        (packed(judgements={}), "judgements"),
        (packed(judgements=[{}] * (LINES_MOST + 1)), f"length <= {LINES_MOST}"),
        (packed(extra=1), "unknown field"),
    ],
)
def test_a_hostile_file_gives_one_clear_line(body: bytes, words: str):
    told = refusal(body)
    assert words in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"item": 7}, "item"),
        ({"item": ""}, "item"),
        ({"seal": "A" * 64}, "seal"),
        ({"seal": "a" * 63}, "seal"),
        ({"verdict": "withdrawn"}, "withdrawn"),
        ({"codes": "X"}, "codes"),
        ({"codes": ["X"] * 41}, "codes"),
        ({"note": "n" * 10_001}, "note"),
        ({"note": None}, "note"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"seconds": 10**400}, "not a judgement"),
        ({"seconds": float("inf")}, "seconds"),
        ({"score": 1}, "score"),
        ({"\x1b[2J\u202e" * 9: 1}, "unknown field"),
        ({"\ud800": 1}, "surrogates"),
    ],
)
def test_a_line_that_is_no_judgement_is_refused_with_its_field(changes: dict[str, Any], words: str):
    with pytest.raises(UsageError, match=words) as refused:
        read_answer({**LINE, **changes})
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_a_line_with_a_key_twice_is_refused_and_no_other():
    doubled = json.dumps(LINE)[:-1] + ', "verdict": "unsure"}'
    body = packed(judgements=["HERE", LINE]).replace(b'"HERE"', doubled.encode())
    first, second = read_answers(body).lines
    with pytest.raises(UsageError, match="'verdict' stands in it twice"):
        read_answer(first)
    assert read_answer(second) == Answer(**LINE)


@given(body=st.binary() | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_refused_or_read(body: bytes):
    assert refusal(body)


@given(field=st.sampled_from(sorted(FILE)), value=ANYTHING)
def test_any_value_in_any_field_of_a_file_is_refused_or_read(field: str, value: object):
    try:
        assert read_answers(packed(**{field: value})).ticket
    except UsageError as error:
        assert str(error).isprintable()


@given(field=st.sampled_from(sorted(LINE)), value=ANYTHING)
def test_any_value_in_any_field_of_a_line_is_refused_or_read(field: str, value: object):
    try:
        assert read_answer({**LINE, field: value}).said
    except UsageError as error:
        assert str(error).isprintable()
