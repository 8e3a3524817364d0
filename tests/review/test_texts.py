from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import UsageError
from scanner.review.texts import LONGEST, clean_note

ANYTHING = st.text(st.characters(), max_size=60)


@given(ANYTHING)
def test_what_comes_out_is_text_in_one_spelling(note: str):
    try:
        kept = clean_note(note)
    except UsageError:
        assert any(character == "\0" or unicodedata.category(character) == "Cs" for character in note)
    else:
        assert kept == unicodedata.normalize("NFC", kept)
        assert kept.encode() == clean_note(kept).encode()


@given(st.text(st.characters(categories=["Cs"]), min_size=1, max_size=3), ANYTHING)
def test_half_a_surrogate_pair_is_always_refused(half: str, rest: str):
    with pytest.raises(UsageError, match=r"reason: character \d+ is U\+"):
        clean_note(rest + half, what="reason")


def test_the_longest_is_kept_whole():
    assert len(clean_note("x" * LONGEST)) == LONGEST
