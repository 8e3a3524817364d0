"""The cues that pieces tell are those of the whole text."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.cues import cues
from scanner.classify.shapes import Shapes, names_of
from scanner.rules.looks import Looks
from scanner.rules.pieces import Pieces
from tests.classify.readings import Reading

MARKS = [
    "?",
    "??",
    "?!",
    '"',
    "“",
    "!",
    "[",
    "]",
    "[a",
    "b]",
    "[iklan]",
    "#tag",
    "#A#b",
    "#",
    "@a",
    "a@b",
    "url",
    "http",
]
WORDS = [
    "kata",
    "katanya",
    "KATA",
    "ujar",
    "menurut",
    "wkwk",
    "Haha",
    "5",
    "50",
    "5%",
    "persen",
    "17",
    "agu",
    "agustus",
]
SIGNS = ["10.30", "❤", "🙏🏻", "✌", "...", "_", "ǅ", "ABC", "Abc", "a", "2️⃣", "12/03"]
PIECES = st.one_of(st.sampled_from([*MARKS, *WORDS, *SIGNS]), st.text(max_size=4))
TEXTS = st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", "\n", "", "  "])), max_size=9).map(
    lambda pairs: "".join(map("".join, pairs))
)


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=600, deadline=None)
def test_pieces_tell_the_cues_of_the_text(texts: list[str]):
    pieces, shapes = Pieces(Looks(lambda piece: (0, frozenset()))), Shapes()
    laid = pieces.lay_out(texts)
    shapes.learn(pieces.since(0), [1] * len(pieces))
    numbers, whole = shapes.numbers(laid)
    for row, text in enumerate(texts):
        number = int(numbers[row])
        names = shapes.names(laid, row, number) if whole[row] else names_of(number)
        assert set(names) == set(cues([Reading(text, text)])[0])


def test_few_texts_must_be_read_as_a_whole():
    pieces, shapes = Pieces(Looks(lambda piece: (0, frozenset()))), Shapes()
    laid = pieces.lay_out(["Siapa yang menang? [iklan]", "unggul 5 persen", "kata dia", "[foto dari desa] panen"])
    shapes.learn(pieces.since(0), [1] * len(pieces))
    assert shapes.numbers(laid)[1].tolist() == [False, False, False, True]


def test_a_figure_and_its_unit_do_not_reach_across_texts():
    pieces, shapes = Pieces(Looks(lambda piece: (0, frozenset()))), Shapes()
    laid = pieces.lay_out(["urutan 5", "persen unggul", "unggul 5 persen", "tanggal 17", "Agustus", "17 Agustus"])
    shapes.learn(pieces.since(0), [1] * len(pieces))
    told = [{"percent", "clock-or-date"}.intersection(names_of(int(one))) for one in shapes.numbers(laid)[0]]
    assert told == [set(), set(), {"percent"}, set(), set(), {"clock-or-date"}]


def test_pieces_are_learnt_bit_by_bit():
    pieces, shapes = Pieces(Looks(lambda piece: (0, frozenset()))), Shapes()
    for text in ("satu dua", "dua tiga " + " ".join(map(str, range(3000)))):
        first = len(pieces)
        laid = pieces.lay_out([text])
        shapes.learn(pieces.since(first), [1] * (len(pieces) - first))
    assert names_of(int(shapes.numbers(laid)[0][0]))[-1] == f"length={(3002).bit_length()}"
    assert np.array_equal(laid.sizes, [3002])
