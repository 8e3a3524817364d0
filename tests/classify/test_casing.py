from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.casing import cases

WORD = re.compile(r"[^\W\d_]{2,}")


def by_hand(text: str) -> str:
    words = WORD.findall(text)
    if not words:
        return "none"
    upper = sum(word.isupper() for word in words) / len(words)
    title = sum(word[0].isupper() for word in words) / len(words)
    return "upper" if upper > 0.5 else "title" if title > 0.6 else "mixed" if title > 0.3 else "lower"


@pytest.mark.parametrize(
    ("text", "casing"),
    [("", "none"), ("a 12 b", "none"), ("AYO APEL", "upper"), ("Apel Pagi", "title"), ("Ayo apel", "mixed")],
)
def test_it_tells_how_a_text_is_written(text, casing):
    assert cases([text]).names() == [casing]


@given(st.lists(st.text(st.one_of(st.characters(), st.sampled_from("aA zZ_1ǅ𝐀ßİ\n")), max_size=30), max_size=6))
@settings(max_examples=300, deadline=None)
def test_many_texts_at_once_read_as_each_by_itself(texts):
    assert cases(texts).names() == [by_hand(text) for text in texts]
