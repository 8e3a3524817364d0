from __future__ import annotations

import pytest

from scanner.text.disguises import spellings
from scanner.text.slang import shipped_slang
from scanner.text.watched import WATCHED


def test_no_other_spelling_is_a_word_the_scanner_knows() -> None:
    assert spellings().words.keys().isdisjoint(WATCHED.words | shipped_slang().keys())


def test_every_other_spelling_tells_of_itself() -> None:
    assert spellings().words.keys() <= spellings().telling


def test_every_broken_word_holds_a_piece_that_tells() -> None:
    assert not [pieces for pieces in spellings().broken if spellings().telling.isdisjoint(pieces.split())]


def test_the_pieces_of_a_broken_word_spell_it() -> None:
    assert all(pieces.replace(" ", "") == word for pieces, word in spellings().broken.items())


@pytest.mark.parametrize("pieces", ["wali kota", "lanjut ke", "menang no", "di pilih", "gas pol", "sa tu", "bu pati"])
def test_words_beside_each_other_are_no_pieces(pieces: str) -> None:
    assert pieces not in spellings().broken


@pytest.mark.parametrize("word", ["malas", "kusut", "menjala", "sara", "slam", "clon", "jang", "tiga", "agit"])
def test_short_and_ordinary_words_are_no_disguise(word: str) -> None:
    assert word not in spellings().words


def test_one_letter_of_the_old_spelling_is_enough() -> None:
    old = {"doekung", "dukoeng", "doekoeng"}
    assert {other for other, word in spellings().words.items() if word == "dukung" and "oe" in other} == old
