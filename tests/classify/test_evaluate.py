from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.evaluate import (
    average_precision,
    bootstrap,
    brier,
    calibration_error,
    evaluate,
    recall_at_precision,
)

ROWS = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=2, max_size=30).filter(
    lambda rows: any(label for _, label in rows)
)


def columns(rows):
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_average_precision_is_that_of_scikit_learn(rows):
    from sklearn.metrics import average_precision_score

    scores, labels = columns(rows)
    assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores))


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_brier_is_that_of_scikit_learn(rows):
    from sklearn.metrics import brier_score_loss

    scores, labels = columns(rows)
    assert brier(scores, labels) == pytest.approx(brier_score_loss(labels, scores, pos_label=True))


def test_recall_at_precision_takes_the_best_cut():
    scores, labels = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    assert recall_at_precision(scores, labels) == pytest.approx(2 / 3)
    assert recall_at_precision(scores, ~labels) == 0.0


def test_calibration_error_sees_boasting():
    random = np.random.default_rng(0)
    probabilities = random.random(20_000)
    labels = random.random(20_000) < probabilities
    assert calibration_error(probabilities, labels) < 0.02
    assert calibration_error(np.sqrt(probabilities), labels) > 0.1


def test_an_interval_holds_its_value_and_is_repeatable():
    random = np.random.default_rng(0)
    scores = random.random(300)
    labels = random.random(300) < scores
    first = bootstrap(average_precision, scores, labels, seed=1, rounds=100)
    assert first.low < first.value < first.high
    assert first == bootstrap(average_precision, scores, labels, seed=1, rounds=100)


def test_the_figures_count_what_was_flagged():
    probabilities, labels = np.array([0.9, 0.8, 0.3, 0.1]), np.array([True, False, True, False])
    figures = evaluate(probabilities, labels, probabilities >= 0.5, rounds=20)
    assert (figures.posts, figures.positives, figures.flagged) == (4, 2, 2)
    assert (figures.precision, figures.recall, figures.f1) == (0.5, 0.5, 0.5)


def test_no_positives_and_no_flags_make_zeros_not_errors():
    probabilities, labels = np.array([0.9, 0.8]), np.array([False, False])
    figures = evaluate(probabilities, labels, np.array([False, False]), rounds=5)
    assert (figures.precision, figures.recall, figures.f1, figures.average_precision.value) == (0, 0, 0, 0)
