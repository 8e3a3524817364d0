from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.curves import capacities, cuts, reliability, roc_auc

ROWS = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=2, max_size=30).filter(
    lambda rows: len({label for _, label in rows}) == 2
)
SCORES = np.array([0.9, 0.8, 0.4, 0.3, 0.1])
LABELS = np.array([True, False, True, False, False])


def columns(rows):
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_roc_auc_is_that_of_scikit_learn(rows):
    from sklearn.metrics import roc_auc_score

    scores, labels = columns(rows)
    assert roc_auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores))


def test_roc_auc_counts_pairs_in_the_right_order():
    assert roc_auc(SCORES, LABELS) == pytest.approx(5 / 6)  # only 0.4 over 0.8 is wrong
    assert roc_auc(np.full(5, 0.5), LABELS) == 0.5


def test_roc_auc_of_one_class_cannot_be_told():
    assert np.isnan(roc_auc(SCORES, np.ones(5, dtype=bool)))


def test_cuts_are_those_of_the_ranking():
    assert [(cut.recall, cut.precision) for cut in cuts(SCORES, LABELS)] == [
        (0.5, 1.0),
        (0.5, 0.5),
        (1.0, pytest.approx(2 / 3)),
        (1.0, 0.5),
        (1.0, 0.4),
    ]


def test_many_cuts_are_thinned_but_keep_both_ends():
    random = np.random.default_rng(0)
    scores, labels = random.random(5000), random.random(5000) < 0.3
    found = cuts(scores, labels, most=50)
    assert len(found) == 50
    assert found[-1].recall == 1.0
    assert found[-1].precision == pytest.approx(labels.mean())
    assert [cut.recall for cut in found] == sorted(cut.recall for cut in found)


def test_bins_hold_equally_many_posts_and_tell_both_means():
    bins = reliability(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, True, True, True]), bins=2)
    assert [(one.posts, one.probability, one.share) for one in bins] == [
        (2, pytest.approx(0.15), 0.5),
        (2, pytest.approx(0.85), 1.0),
    ]


def test_fewer_posts_than_bins_leave_none_empty():
    assert [one.posts for one in reliability(np.array([0.1, 0.9]), np.array([False, True]))] == [1, 1]


def test_reading_everything_finds_everything():
    last = capacities(SCORES, LABELS, volume=100)[-1]
    assert (last.read, last.recall) == (100, 1.0)
    assert last.precision == pytest.approx(0.4)


def test_reading_a_fifth_finds_what_the_top_fifth_holds():
    by_load = {one.read: one for one in capacities(SCORES, LABELS, volume=100, points=100)}
    assert by_load[20].precision == pytest.approx(1.0)
    assert by_load[36].recall == pytest.approx(0.5)


def test_a_rarer_label_makes_the_same_ranking_less_precise():
    common, rare = (capacities(SCORES, LABELS, volume=1000, prevalence=share)[-1] for share in (0.4, 0.02))
    assert common.precision == pytest.approx(0.4)
    assert rare.precision == pytest.approx(0.02)


def test_one_class_alone_has_no_capacity_curve():
    assert capacities(SCORES, np.zeros(5, dtype=bool), volume=10) == ()


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 10_000), st.floats(0.001, 0.9))
def test_expected_shares_are_shares_and_recall_never_falls(rows, volume, prevalence):
    found = capacities(*columns(rows), volume=volume, prevalence=prevalence)
    assert all(0 <= value <= 1 for one in found for value in (one.precision, one.recall))
    recalls = [one.recall for one in found]
    assert recalls == sorted(recalls)
