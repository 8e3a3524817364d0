from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.text.edits import Kind, apply
from scanner.text.normalise import normalise
from scanner.text.slang import words_of
from scanner.text.spelling import ballot_numbers, joined_pieces, respelt_words, spelt_plainly


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("tjoblos", "coblos"), ("doekoeng", "dukung"), ("doekung", "dukung"), ("landjoetkan", "lanjutkan"),
        ("lanjoetkan", "lanjutkan"), ("kampanje", "kampanye"), ("njoblos", "nyoblos"), ("djangan", "jangan"),
        ("mndkng", "mendukung"), ("mmnngkn", "memenangkan"), ("rlawan", "relawan"), ("kmpny", "kampanye"),
        ("krpr", "korpri"), ("psln", "paslon"), ("solboc", "coblos"), ("gnukud", "dukung"),
        ("#tjoblos nomor 2", "#coblos nomor 2"),
    ],
)  # fmt: skip
def test_it_reads_another_spelling(written: str, read: str) -> None:
    assert apply(written, respelt_words(written)) == read


@pytest.mark.parametrize(
    "text",
    [
        "jangan malas, rambut kusut", "nelayan menjala ikan", "sara dan suara", "lampu padam", "saya jual kampil",
        "poem shoes does coeg", "prof soehardjo", "ajo piaman", "pilah sampah di rumah", "slam dunk", "part period",
    ],
)  # fmt: skip
def test_words_of_their_own_stay(text: str) -> None:
    assert not respelt_words(text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("du kung", "dukung"), ("cob los ya", "coblos ya"), ("me nang kan", "menangkan"), ("no mor 2", "nomor 2"),
        ("cob^los", "coblos"), ("du~kung", "dukung"), ("pil`ih", "pilih"), ("bupa'ti", "bupati"),
        ("kamp-anye", "kampanye"), ("sebark.an", "sebarkan"), ("di_nas", "dinas"),
        ("du kung cob los", "dukung coblos"),
    ],
)  # fmt: skip
def test_it_joins_a_broken_word(written: str, read: str) -> None:
    edits = joined_pieces(written)
    assert apply(written, edits) == read
    assert {edit.kind for edit in edits} == {Kind.SPACED}


@pytest.mark.parametrize(
    "text",
    [
        "wali kota", "lanjut ke rumah", "menang no 2", "menang kan kita", "tol ak", "bali ho", "bu pati", "baca leg",
        "gas pol", "du  kung", "du, kung", "du\nkung", "c oblos", "sa tu pigi", "jum'at",
    ],
)  # fmt: skip
def test_words_beside_each_other_stay_apart(text: str) -> None:
    assert joined_pieces(text) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("coblos nomor ii ya", "coblos nomor 2 ya"), ("no. iv", "no. 4"), ("paslon i", "paslon 1"),
        ("urut v!", "urut 5!"), ("no i do not", "no i do not"), ("bab ii", "bab ii"),
        ("tap mpr nomor ii/mpr/1998", "tap mpr nomor ii/mpr/1998"), ("nomor induk", "nomor induk"),
        ("nomor x", "nomor x"), ("golongan iii", "golongan iii"),
    ],
)  # fmt: skip
def test_roman_letters_are_a_number_right_after_a_word_that_announces_one(written: str, read: str) -> None:
    assert apply(written, ballot_numbers(written)) == read


def test_a_quote_holds_the_whole_disguise() -> None:
    normalised = normalise("Ayo COB LOS nomor II, djangan mndkng yang lain")
    assert normalised.text == "ayo coblos nomor 2, jangan mendukung yang lain"
    quotes = {"coblos": "COB LOS", "2": "II", "jangan": "djangan", "mendukung": "mndkng"}
    for word, quote in quotes.items():
        start = normalised.text.index(word)
        assert normalised.quote(start, start + len(word)) == quote
    assert {rewrite.kind for rewrite in normalised.rewrites} == {Kind.SPACED, Kind.EMOJI_DIGIT, Kind.SPELLING}


SIGNS = st.sampled_from([" ", " ", "-", ".", "'", ", ", "\n"])
PIECES = st.sampled_from(
    ["du", "kung", "cob", "los", "me", "nang", "kan", "dkng", "ii", "nomor", "v", "rumah", "tjoblos"]
)


@given(st.lists(st.one_of(PIECES, SIGNS, st.text("abeknou", max_size=4)), max_size=12).map("".join))
@settings(max_examples=300, deadline=None)
def test_what_is_spelt_plainly_is_changed_by_no_step(text: str) -> None:
    if spelt_plainly(text, words_of(text)):
        assert not respelt_words(text)
        assert not joined_pieces(text)
        assert not ballot_numbers(text)


@pytest.mark.parametrize("text", ["", "rapat warga jam 7 pagi", "saya dukung program ini", "doa untuk semua"])
def test_everyday_words_are_spelt_plainly(text: str) -> None:
    assert spelt_plainly(text, words_of(text))
