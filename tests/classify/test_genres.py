from __future__ import annotations

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scanner.classify.examples import load_corpus, timeline_files
from scanner.classify.genres import FILE, Catalogue, load_catalogue, log_odds, number_genres
from scanner.errors import ModelError
from scanner.resources import data_folder

TRAINING = data_folder("models") / "training"


def write(folder, content):
    (folder / FILE).write_text(content, encoding="utf-8")
    return folder


def test_a_category_has_its_genre_and_any_other_the_one_of_its_side():
    catalogue = Catalogue(support={"called out": ["slogan"], "hinted at": []}, other={"talk": [], "news": ["headline"]})
    assert catalogue.genre("slogan", support=True) == "called out"
    assert catalogue.genre("headline", support=True) == "hinted at"
    assert catalogue.genre("headline", support=False) == "news"
    assert catalogue.genre("slogan", support=False) == "talk"


def test_a_corpus_that_tells_no_genres_has_one_on_each_side(tmp_path):
    catalogue = load_catalogue(tmp_path)
    assert catalogue.genre("slogan", support=True) == "support"
    assert catalogue.genre("slogan", support=False) == "other"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("support: [a]", "genres with categories under support and other"),
        ("support: {a: [x]}\nother: {b: []}", "a: one genre without categories"),
        ("support: {a: [], c: []}\nother: {b: []}", "a, c: one genre without categories"),
        ("support: {a: [x], c: [x], d: []}\nother: {b: []}", "no category twice"),
        ("support: {a: []}\nother: {a: []}", "genre a stands on both sides"),
        ("support: {a", "genres with categories"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_would_be_valid(tmp_path, content, reason):
    with pytest.raises(ModelError, match=reason):
        load_catalogue(write(tmp_path, content))


def test_every_category_of_the_shipped_file_is_that_of_a_post_or_line():
    catalogue = load_catalogue(TRAINING)
    posts = {(bool(post.campaign_support), post.category) for post in load_corpus(TRAINING)}
    tables = (csv.DictReader(path.read_text("utf-8").splitlines(), delimiter="\t") for path in timeline_files(TRAINING))
    lines = {(row["campaign_support"] == "1", row["kind"]) for table in tables for row in table}
    for label, side in ((True, catalogue.support), (False, catalogue.other)):
        listed = {(label, category) for categories in side.values() for category in categories}
        assert listed <= posts | lines


def test_the_largest_genre_without_the_label_comes_first():
    named = np.array(["news", "call", "talk", "talk", "hint", "hint", "hint"])
    genres = number_genres(np.isin(named, ["call", "hint"]), named)
    assert genres.names[0] == "talk"
    assert set(genres.names) == {"talk", "news", "call", "hint"}
    assert [genres.names[number] for number in genres.rows] == named.tolist()
    assert genres.labels.tolist() == [False, True, False, False, True, True, True]


@given(arrays(np.float64, (5, 4), elements=st.floats(-20, 20)), st.floats(-50, 50))
def test_log_odds_are_those_of_the_probabilities_whatever_is_added_to_all(values, added):
    carries = np.array([False, True, True, False])
    exponents = np.exp(values - values.max(axis=1, keepdims=True))
    odds = np.log(exponents[:, carries].sum(1) / exponents[:, ~carries].sum(1))
    assert np.allclose(log_odds(values, carries), odds)
    assert np.allclose(log_odds(values + added, carries), odds, atol=1e-9)


def test_a_genre_that_cannot_be_answered_says_nothing():
    values = np.array([[0.0, 1.0, -np.inf]])
    assert log_odds(values, np.array([False, True, True])) == pytest.approx([1.0])


def test_where_no_genre_of_a_side_can_be_answered_the_odds_are_endless():
    values = np.array([[0.0, -np.inf, -np.inf], [-np.inf, 1.0, 2.0]])
    assert log_odds(values, np.array([False, True, True])).tolist() == [-np.inf, np.inf]
