from __future__ import annotations

import numpy as np
import pytest

from scanner.classify.assessment import Judged, Stream, assess
from scanner.domain.flags import Label

LABEL = Label.CAMPAIGN_SUPPORT


def judged(scores, labels, above=None, queued=None, keywords=None):
    scores = np.array(scores, dtype=float)
    above = scores >= 0.5 if above is None else np.array(above, dtype=bool)
    return Judged(
        probabilities=scores,
        labels=np.array(labels, dtype=bool),
        above=above,
        queued=above if queued is None else np.array(queued, dtype=bool),
        keywords=scores if keywords is None else np.array(keywords, dtype=float),
        facets=[{"platform": "x"}] * len(scores),
    )


def test_figures_are_those_worked_out_by_hand():
    found = assess(LABEL, judged([0.9, 0.8, 0.6, 0.3, 0.1], [1, 0, 1, 1, 0]), Stream())
    assert (found.posts, found.positives) == (5, 3)
    assert found.at_threshold.flagged == 3
    assert found.at_threshold.precision.value == pytest.approx(2 / 3)
    assert found.at_threshold.recall.value == pytest.approx(2 / 3)
    assert found.at_threshold.f1.value == pytest.approx(2 / 3)
    assert found.average_precision.value == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert found.roc_auc.value == pytest.approx(4 / 6)
    assert found.recall_at_precision_90.value == pytest.approx(1 / 3)
    assert found.brier.value == pytest.approx((0.01 + 0.64 + 0.16 + 0.49 + 0.01) / 5)
    assert found.ece.value == pytest.approx((0.1 + 0.8 + 0.4 + 0.7 + 0.1) / 5)


def test_threshold_and_queue_are_told_apart():
    found = assess(LABEL, judged([0.9, 0.8, 0.1], [1, 1, 0], queued=[1, 0, 1]), Stream())
    assert found.at_threshold.precision.value == found.at_threshold.recall.value == 1.0
    assert found.queued.precision.value == found.queued.recall.value == 0.5


def test_the_keyword_rule_is_measured_beside_the_model():
    found = assess(LABEL, judged([0.9, 0.8, 0.1], [1, 1, 0], keywords=[0, 0, 3]), Stream())
    assert found.average_precision.value == 1.0
    assert found.keyword_average_precision.value == pytest.approx(2 / 3)


def test_intervals_hold_their_values_and_narrow_with_more_posts():
    random = np.random.default_rng(3)
    labels = random.random(2000) < 0.3
    scores = np.clip(0.3 * labels + random.random(2000) * 0.7, 0, 1)
    few, many = (assess(LABEL, judged(scores[:n], labels[:n]), Stream()) for n in (100, 2000))
    for name in ("average_precision", "roc_auc", "brier", "recall_at_precision_90"):
        wide, narrow = getattr(few, name), getattr(many, name)
        assert narrow.low <= narrow.value <= narrow.high
        assert narrow.high - narrow.low < wide.high - wide.low


def test_nothing_flagged_leaves_precision_untold():
    found = assess(LABEL, judged([0.2, 0.1], [1, 0]), Stream())
    assert np.isnan(found.at_threshold.precision.value)
    assert found.at_threshold.recall.value == 0.0


def test_posts_of_one_class_are_measured_as_far_as_they_go():
    found = assess(LABEL, judged([0.9, 0.2], [0, 0]), Stream())
    assert found.capacities == ()
    assert np.isnan(found.roc_auc.value)
    assert found.brier.value == pytest.approx((0.81 + 0.04) / 2)


def test_the_stream_decides_the_capacity_curve():
    found = assess(LABEL, judged([0.9, 0.1], [1, 0]), Stream(volume=300, prevalence=0.1))
    assert found.capacities[-1].read == 300
    assert found.capacities[-1].precision == pytest.approx(0.1)
