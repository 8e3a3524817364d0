from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.classify.slices import FEWEST, length_facets, slices, wilson


def measured(facets, labels, queued, scores=None):
    labels, queued = np.array(labels, dtype=bool), np.array(queued, dtype=bool)
    scores = np.linspace(1, 0, len(labels)) if scores is None else np.array(scores)
    return slices(facets, scores, labels, queued)


def test_wilson_is_the_textbook_interval():
    one = wilson(5, 100)
    assert one.value == 0.05
    assert (one.low, one.high) == (pytest.approx(0.0215, abs=1e-4), pytest.approx(0.1118, abs=1e-4))


def test_none_of_300_is_not_certainly_never():
    one = wilson(0, 300)
    assert one.low == pytest.approx(0.0, abs=1e-9)
    assert one.high == pytest.approx(0.01264, abs=1e-4)


@given(st.integers(1, 5000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilson_always_holds_the_share(case):
    one = wilson(*case)
    assert 0 <= one.low <= one.value + 1e-12
    assert one.value - 1e-12 <= one.high <= 1


def test_a_slice_counts_its_own_posts_only():
    facets = [{"platform": "x"}] * 20 + [{"platform": "facebook"}] * 20
    labels = [1] * 10 + [0] * 10 + [0] * 20
    queued = [1] * 8 + [0] * 2 + [1] * 2 + [0] * 8 + [0] * 20
    x, facebook = measured(facets, labels, queued)
    assert (x.value, x.posts, x.positives, x.queued) == ("x", 20, 10, 10)
    assert (x.precision.value, x.recall.value, x.false_alarms.value) == (0.8, 0.8, 0.2)
    assert x.average_precision.value == 1.0
    assert (facebook.false_alarms.value, facebook.recall, facebook.precision) == (0.0, None, None)


def test_what_few_posts_tell_is_not_shown():
    facets = [{"language": "ban"}] * (FEWEST - 1) + [{"language": "jv"}] * FEWEST
    [only] = measured(facets, [1] * (2 * FEWEST - 1), [0] * (2 * FEWEST - 1))
    assert only.value == "jv"
    assert only.average_precision is None  # without a negative post there is nothing to rank
    assert only.recall.value == 0.0


def test_posts_without_the_facet_belong_to_no_slice():
    facets = [{"language": "jv"}, {}] * 15
    assert [(one.value, one.posts) for one in measured(facets, [1] * 30, [1] * 30)] == [("jv", 15)]


def test_lengths_come_in_quarters_from_short_to_long():
    texts = ["kata " * length for length in range(1, 101)]
    names = length_facets(texts)
    found = measured([{"length": name} for name in names], [0] * 100, [0] * 100)
    assert [one.value for one in found] == ["1–26 kata", "27–51 kata", "52–76 kata", "77–100 kata"]
    assert sum(one.posts for one in found) == 100


def test_texts_of_one_length_are_one_quarter():
    assert length_facets(["a b", "c d", "e f"]) == ["2 kata"] * 3
    assert length_facets([]) == []
