from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.calibrate import (
    choose_threshold,
    fit_calibration,
    threshold_for_capacity,
    threshold_for_precision,
)
from scanner.errors import ModelError


def sample(count=4000, seed=3):
    random = np.random.default_rng(seed)
    margins = random.normal(size=count) * 2
    labels = random.random(count) < 1 / (1 + np.exp(-(1.7 * margins - 0.6)))
    return margins, labels


def test_it_finds_the_sigmoid_the_labels_were_drawn_from():
    margins, labels = sample(20_000)
    fitted = fit_calibration(margins, labels, np.ones(len(margins)))
    assert fitted.slope == pytest.approx(1.7, abs=0.1)
    assert fitted.intercept == pytest.approx(-0.6, abs=0.1)


def test_tellings_of_one_post_weigh_as_one():
    margins, labels = sample()
    once = fit_calibration(margins, labels, np.ones(len(margins)))
    twice = fit_calibration(np.repeat(margins, 2), np.repeat(labels, 2), np.full(2 * len(margins), 0.5))
    assert twice.slope == pytest.approx(once.slope, rel=1e-3)


def test_it_refuses_margins_that_rank_the_wrong_way_round():
    margins, labels = sample()
    with pytest.raises(ModelError, match="no better than by chance"):
        fit_calibration(-margins, labels, np.ones(len(margins)))


def test_the_threshold_is_the_lowest_with_the_wanted_precision():
    probabilities = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    labels = np.array([True, True, False, True, False, False])
    assert threshold_for_precision(probabilities, labels, 0.9) == 0.8
    assert threshold_for_precision(probabilities, labels, 0.75) == 0.6
    assert threshold_for_precision(probabilities, labels, 0.0) == 0.4


def test_posts_of_equal_probability_are_flagged_together_or_not_at_all():
    probabilities, labels = np.array([0.8, 0.8, 0.5]), np.array([True, False, True])
    assert threshold_for_precision(probabilities, labels, 0.9) > 0.8


def test_a_precision_nobody_reaches_flags_nothing():
    probabilities, labels = np.array([0.9, 0.5]), np.array([False, True])
    cut = threshold_for_precision(probabilities, labels, 0.9)
    assert not (probabilities >= cut).any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40), st.floats(0.1, 1.0))
def test_what_is_flagged_has_the_wanted_precision(rows, wanted):
    probabilities, labels = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    flagged = probabilities >= threshold_for_precision(probabilities, labels, wanted)
    assert not flagged.any() or labels[flagged].mean() >= wanted


def test_a_capacity_lets_its_share_of_posts_through():
    probabilities = np.linspace(0, 1, 1001)
    cut = threshold_for_capacity(probabilities, 150, 1000)
    assert (probabilities >= cut).mean() == pytest.approx(0.15, abs=0.002)


@pytest.mark.parametrize(("capacity", "volume"), [(0, 10), (11, 10), (-1, 5)])
def test_it_refuses_a_capacity_that_makes_no_sense(capacity, volume):
    with pytest.raises(ModelError, match="0 < capacity <= volume"):
        threshold_for_capacity(np.array([0.5]), capacity, volume)


def test_posts_that_name_nobody_need_more():
    random = np.random.default_rng(5)
    probabilities = random.random(2000)
    labels = random.random(2000) < probabilities
    named = random.random(2000) < 0.5
    chosen = choose_threshold(probabilities, labels, named, precision=0.8)
    assert chosen.unnamed > chosen.named
    by_capacity = choose_threshold(probabilities, labels, named, precision=0.8, capacity=(5, 100))
    assert by_capacity.unnamed >= by_capacity.named > chosen.named
