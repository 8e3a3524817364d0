from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules.views import reader_of
from scanner.text.normalise import normalise
from tests.rules.casts import ruleset

READER = reader_of(ruleset().lexicon.numbers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("coblos no. 2, ya!", "coblos nomor 2 , ya ¶"),
        ("nomer loro", "nomor 2"),
        ("loro", "loro"),
        ("paslon dua", "paslon 2"),
        ("nomor pak camat", "nomor pak camat"),
        ("anak-anak ibu", "anak anak ibu"),
        ("Rp 5.000 saja", "rp 5.000 saja"),
        ("satu\ndua", "satu ¶ dua"),
        ("#Pilkada2030 ayo", "# ayo"),
        ("@akun.lain ayo", "@ ayo"),
        ("lihat https://contoh.id/coblos ya", "lihat , ya"),
        ('"pilih" (dia)', "pilih dia"),
        ("siap ✌️", "siap ✌"),
        ("⟨p⟩ dan ⟨k⟩", "⟨p⟩ dan ⟨k⟩"),
    ],
)
def test_a_text_is_read_as_plain_words(text, words):
    assert " ".join(READER.read(normalise(text).text).words) == words


def test_placeholders_can_be_renamed_and_a_tag_that_is_a_name_is_that_name():
    view = READER.read("pilih #⟨p⟩ #dukung⟨p⟩", known=lambda place: "⟨k⟩" if place == 7 else "")
    assert view.words == ("pilih", "⟨k⟩", "#")


def test_fillers_and_emoji_can_be_left_out():
    view = READER.read("coblos pak ⟨p⟩ ✌ ya dulur")
    lean = READER.without_fillers(view)
    assert lean is not None
    assert lean.words == ("coblos", "⟨p⟩", "dulur")
    assert lean.origins == (0, 2, 5)
    assert READER.without_fillers(READER.read("coblos ⟨p⟩")) is None


def test_at_most_two_words_may_be_left_out_in_a_row():
    near = READER.without_fillers(READER.read("coblos pak haji ⟨p⟩"))
    far = READER.without_fillers(READER.read("coblos ya pak haji ⟨p⟩"))
    assert near is not None
    assert far is not None
    assert near.joined(0, 2)
    assert not far.joined(0, 2)


@pytest.mark.parametrize(
    ("text", "deed"), [("nomor 2", True), ("coblos 2", True), ("rt 02", False), ("nomor 200", False), ("2", False)]
)
def test_a_number_is_a_ballot_number_only_beside_a_word_that_announces_one(text, deed):
    words = READER.read(text).words
    assert READER.beside_deed(words, len(words) - 1) is deed


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_words_keep_their_places(text):
    plain = normalise(text).text
    view = READER.read(plain)
    assert len(view.words) == len(view.starts) == len(view.ends) == len(view.offsets)
    for word, start, end, offset in zip(view.words, view.starts, view.ends, view.offsets, strict=True):
        assert 0 <= start < end <= len(plain)
        assert view.text[offset : offset + len(word)] == word
    assert list(view.starts) == sorted(view.starts)
