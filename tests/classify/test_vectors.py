from __future__ import annotations

import numpy as np
import pytest

from scanner.classify.vectors import frequent_words, learn_vectors, proper_names

KITCHEN = [
    "masak sayur lodeh di dapur",
    "ibu masak nasi di dapur",
    "sayur asem dan nasi hangat",
    "dapur ibu wangi sayur",
]
OFFICE = ["rapat dinas di kantor camat", "surat dinas dari kantor", "camat rapat soal surat", "kantor camat buka rapat"]
TEXTS = [text.split() for text in (KITCHEN + OFFICE) * 4]


@pytest.fixture(scope="module")
def vectors():
    return learn_vectors(TEXTS, frequent_words(TEXTS, least=3, most=99, never=()), dimensions=6)


def near(vectors, one, two):
    first, second = (vectors.weights[vectors.words.index(word)] for word in (one, two))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def test_words_of_one_world_lie_nearer_than_words_of_two(vectors):
    assert near(vectors, "sayur", "nasi") > near(vectors, "sayur", "rapat")
    assert near(vectors, "camat", "surat") > near(vectors, "camat", "lodeh")


def test_the_length_of_a_vector_is_how_rare_its_word_is(vectors):
    lengths = dict(zip(vectors.words, np.linalg.norm(vectors.weights, axis=1), strict=True))
    assert lengths["lodeh"] > lengths["di"]
    assert lengths["lodeh"] == pytest.approx(np.log(33 / 5) + 1, rel=1e-5)


def test_the_same_texts_give_the_same_vectors(vectors):
    again = learn_vectors(TEXTS, vectors.words, dimensions=6)
    assert np.array_equal(again.weights, vectors.weights)


def test_more_dimensions_than_words_are_cut():
    assert learn_vectors(TEXTS, ["sayur", "nasi", "dapur"], dimensions=256).weights.shape == (3, 3)


def test_frequent_words_come_most_frequent_first_and_hold_letters_only():
    texts = [["dan", "dan", "b4nk", "0812", "⟨p⟩", "@", "camat"], ["dan", "camat", "b4nk", "rahmadi", "rahmadi"]]
    assert frequent_words(texts, least=2, most=9, never={"rahmadi"}) == ["dan", "camat"]
    assert frequent_words(texts, least=2, most=1, never=()) == ["dan"]


def test_a_word_that_is_capital_inside_sentences_is_a_name():
    texts = ["Kemarin Rahmadi datang. Semua senang", "kata Rahmadi, semua baik", "Semua pulang", "SEMUA RAHMADI BAIK"]
    assert proper_names(texts) == {"rahmadi"}


def test_one_occurrence_or_a_capital_at_the_start_of_a_sentence_makes_no_name():
    assert (
        proper_names(["Kemarin Rahmadi datang", "Baik. Camat datang! Camat pulang", "lalu: Camat duduk"]) == frozenset()
    )
