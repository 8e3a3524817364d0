from __future__ import annotations

import sys

import pytest

from scanner.text.codepoints import plain_code_points
from scanner.text.edits import apply
from scanner.text.watched import WATCHED


def plain(text: str) -> str:
    return apply(text, plain_code_points(text, WATCHED))


@pytest.mark.slow
def test_lower_casing_afterwards_never_changes_a_length() -> None:
    everything = plain("|".join(map(chr, range(sys.maxunicode + 1))))
    assert len(everything.lower()) == len(everything)


def test_every_letter_of_other_scripts_stays() -> None:
    text = "Привет Ελλάδα ꦱꦸꦫꦏꦂꦠ السلام 日本 हिन्दी"
    assert plain(text) == text


def test_numerals_are_whole_numbers_and_keycaps_are_digits() -> None:
    assert plain("⑫x❷ Ⅶ 1️⃣0️⃣ ⓿ ⒈a") == "12 x 2 7 10 0 1 a"


def test_flags_stay_and_single_regional_letters_do_not() -> None:
    assert plain("🇮🇩 🇨oblos") == "🇮🇩 coblos"


def test_roman_numerals_inside_a_word_are_letters() -> None:
    assert plain("pⅰlih Ⅳ") == "pilih 4"
