from __future__ import annotations

import numpy as np

from scanner.classify.features import FeatureParams, counts
from scanner.classify.frequencies import document_frequencies, inverse_frequencies, weigh
from tests.classify.readings import PARAMS, read


def test_frequencies_count_posts_and_not_tellings():
    raw = counts([read("ayo"), read("ayo"), read("ayo"), read("besok")], FeatureParams(bits=16))
    frequencies = document_frequencies(raw, np.array([0, 0, 1, 1]))
    assert frequencies.max() == 2
    assert frequencies.dtype == np.uint32


def test_rare_slots_weigh_more():
    idf = inverse_frequencies(np.array([0, 1, 100], dtype=np.uint32), 100)
    assert idf[0] > idf[1] > idf[2] == 1.0


def test_weighing_leaves_the_counts_alone():
    raw = counts([read(text) for text in ("ayo", "besok pagi", "kopi", "ayo kopi")], PARAMS)
    before = raw.data.copy()
    weighed = weigh(raw, np.full(PARAMS.size, 2.0, dtype=np.float32))
    assert np.array_equal(raw.data, before)
    assert np.allclose(weighed.data, 2 * before)
