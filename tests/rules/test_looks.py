"""What a piece tells by itself is what normalising it tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.rules.looks import BROKEN, SINGLE, WHOLE, Looks, broken
from scanner.text.normalise import Normalised, normalise
from tests.rules.test_pieces import ODD, SIGNS

NOTHING: frozenset[str] = frozenset()
LETTERS = st.text("abeiknotyg013@#.,!?-'_/:AKİſ", max_size=8)
PIECES = st.one_of(st.sampled_from([*ODD, *SIGNS, "Yg,", "HTTPS://T.co/Cbls", "@Yg_Cbls.", "cob"]), st.text(max_size=5))
SPELT = st.lists(st.one_of(PIECES, LETTERS), min_size=1, max_size=3).map("".join)


def ask(piece: Normalised) -> tuple[int, frozenset[str]]:
    return 0, NOTHING


@given(SPELT.map(str.split))
@settings(max_examples=600, deadline=None)
def test_a_piece_reads_as_it_does_alone_with_and_without_slang(pieces: list[str]):
    looks = Looks(ask)
    for piece in pieces:
        read, spelt, _, _ = looks.at(piece)
        assert read == normalise(piece).text
        assert spelt == normalise(piece, slang={}).text


@pytest.mark.parametrize(
    ("piece", "asked"),
    [("rapat", 0), ("Rapat!", 0), ("yg", 0), ("a", SINGLE), ("los.", 0), ("cob.", BROKEN), ("ii", BROKEN), ("@cob", 0)],
)
def test_few_pieces_ask_for_their_neighbours(piece: str, asked: int):
    assert Looks(ask).at(piece)[2] == asked


def test_what_parts_into_words_asks_for_the_whole_text():
    assert Looks(ask).at("2️⃣buah")[2] & WHOLE


def test_only_words_that_are_asked_for_are_put_to_the_rules():
    asked: list[str] = []

    def listen(piece: Normalised) -> tuple[int, frozenset[str]]:
        asked.append(piece.text)
        return 1, frozenset({"menang"})

    looks = Looks(listen, {"menang"})
    assert looks.at("MENANG,")[2:] == (1, {"menang"})
    assert looks.at("pisang")[2:] == (0, NOTHING)
    assert asked == ["menang"]


def test_a_word_is_broken_only_beside_its_other_pieces():
    assert broken(["ayo", "cob", "los", "dia"], 1)
    assert not broken(["ayo", "cob", "dia"], 1)
    assert not broken(["los", "ayo", "dia", "cob"], 3)
