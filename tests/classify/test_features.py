from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.features import FeatureParams, counts, features
from scanner.text.codepoints import without_halves
from tests.classify.readings import PARAMS, Reading, read

WILD = st.text(st.characters(exclude_categories=()), max_size=60)


@settings(max_examples=60, deadline=None)
@given(st.lists(WILD, min_size=1, max_size=5))
def test_any_text_has_finite_features_within_the_table(texts):
    found = features([Reading(text, text) for text in map(without_halves, texts)], PARAMS)
    assert found.count == len(texts)
    assert np.isfinite(found.values).all()
    assert ((found.slots >= 0) & (found.slots < PARAMS.size)).all()


def test_each_family_of_features_weighs_its_scale_however_long_the_post():
    params = FeatureParams(bits=20, word_scale=2.0, character_scale=3.0, cue_scale=0.5, class_scale=1.5)
    for text in ("hebat", "hebat " * 50):
        found = features([read(text)], params)
        assert np.isclose(np.sum(found.values**2), 2.0**2 + 3.0**2 + 0.5**2 + 1.5**2, rtol=1e-5)


def test_the_training_matrix_holds_the_same_numbers():
    batch = [read("ayo ayo coblos"), read(""), read("#menang ✌")]
    found, matrix = features(batch, PARAMS), counts(batch, PARAMS)
    dense = np.zeros((3, PARAMS.size), dtype=np.float32)
    np.add.at(dense, (found.rows, found.slots), found.values)
    assert matrix.shape == (3, PARAMS.size)
    assert np.allclose(matrix.toarray(), dense)


def test_changing_the_number_changes_nothing():
    first, second = features([read("gaspol nomor 1")], PARAMS), features([read("gaspol nomor 3")], PARAMS)
    assert np.array_equal(first.slots, second.slots)
    assert np.array_equal(first.values, second.values)
