"""The shipped corpus: large, hard, in many voices, and written post by post."""

from __future__ import annotations

from collections import Counter

import pytest
from rapidfuzz import fuzz

from benchmarks.corpus import SIMILAR, near_duplicates
from scanner.classify.examples import CorpusPost, load_corpus
from scanner.resources import data_folder

LANGUAGES = {"id", "jv", "su", "min", "bew", "lpg", "plg", "ban", "mix"}


@pytest.fixture(scope="module")
def posts() -> list[CorpusPost]:
    return load_corpus(data_folder("models") / "training")


def test_it_is_large_enough_and_at_least_half_hard(posts: list[CorpusPost]):
    assert len(posts) >= 4000
    assert 2 * sum(post.difficulty == "hard" for post in posts) >= len(posts)


def test_both_labels_stand_alone_and_together(posts: list[CorpusPost]):
    cells = Counter((post.campaign_support, post.pns_attribute_use) for post in posts)
    assert set(cells) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert min(cells.values()) >= 90


def test_it_speaks_every_language_of_the_codebook(posts: list[CorpusPost]):
    languages = Counter(post.language for post in posts)
    assert set(languages) == LANGUAGES
    assert min(languages.values()) >= 50


def test_participants_are_slots_in_both_labels_alike(posts: list[CorpusPost]):
    for label in (0, 1):
        texts = [post.text for post in posts if post.campaign_support == label]
        assert sum("{" in text for text in texts) >= len(texts) / 2


def test_near_duplicates_are_found_where_there_are_some():
    texts = ["ayo dukung calon kita besok pagi", "jual motor bekas", "ayo dukung calon kita besok pagi ya"]
    assert fuzz.token_sort_ratio(texts[0], texts[2]) >= SIMILAR
    assert near_duplicates(texts) == [(0, 2)]


@pytest.mark.slow
def test_it_is_written_and_not_made_from_templates(posts: list[CorpusPost]):
    pairs = near_duplicates([post.text for post in posts])
    assert len(pairs) <= 0.02 * len(posts)
