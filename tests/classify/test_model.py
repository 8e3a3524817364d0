from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify.bundle import load_model
from scanner.classify.features import counts
from scanner.classify.frequencies import weigh
from scanner.classify.model import Calibration, Threshold
from scanner.domain.flags import Label
from tests.classify.readings import OTHER, PARAMS, SUPPORT, read, write_tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    _, heads, idf = write_tiny_model(folder)
    return load_model(folder), heads, idf, folder


def test_it_serves_what_scikit_learn_decides(tiny):
    model, heads, idf, _ = tiny
    random = np.random.default_rng(1)
    vocabulary = [*" ".join(SUPPORT + OTHER).split(), "lain", "#tagar", "✌", "2024"]
    batch = [read(" ".join(random.choice(vocabulary, random.integers(0, 30)))) for _ in range(3000)]
    matrix = weigh(counts(batch, PARAMS), idf)
    support, attribute = (heads[str(label)].predict_log_proba(matrix) for label in Label)
    told = dict(zip(["talk", "news", "call", "hint"], support.T, strict=True))
    expected = np.logaddexp(told["call"], told["hint"]) - np.logaddexp(told["talk"], told["news"])
    assert np.abs(model.margins(batch)[:, 0] - expected).max() < 1e-5
    assert np.abs(model.margins(batch)[:, 1] - (attribute[:, 1] - attribute[:, 0])).max() < 1e-5


def test_scores_are_probabilities_in_the_order_of_the_labels(tiny):
    model = tiny[0]
    scores = model.score([read(SUPPORT[0]), read(OTHER[0])])
    assert scores.shape == (2, 2)
    assert scores.dtype == np.float32
    assert scores[0, 0] > 0.5 > scores[0, 1]
    records = model.scores([read(SUPPORT[0])])[0]
    assert [one.label for one in records] == list(Label)
    assert records[0].model_id == model.id
    assert records[0].probability == pytest.approx(scores[0, 0])


def test_a_post_scores_the_same_alone_and_among_others(tiny):
    model = tiny[0]
    batch = [read(text) for text in (SUPPORT + OTHER) * 150]
    alone = np.concatenate([model.score([one]) for one in batch[:10]])
    assert np.allclose(model.score(batch)[:10], alone, atol=1e-6)


def test_no_posts_have_no_scores(tiny):
    assert tiny[0].score([]).shape == (0, 2)


def test_serving_imports_neither_learning_nor_tables(tiny):
    code = (
        "import sys; from pathlib import Path; from scanner.classify.bundle import load_model;"
        f"from tests.classify.readings import read; m = load_model(Path({str(tiny[3])!r})); m.score([read('ayo')]);"
        "print(*sorted({'sklearn', 'scipy', 'skops', 'torch', 'pandas'} & set(sys.modules)))"
    )
    # the helper module itself imports nothing of these before it trains
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_threshold_is_higher_where_nobody_is_named():
    assert Threshold(named=0.4, unnamed=0.8).at(named=True) == 0.4
    assert Threshold(named=0.4, unnamed=0.8).at(named=False) == 0.8


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 50), st.floats(-20, 20), st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_calibration_never_reverses_an_order_and_stays_a_probability(slope, intercept, margins):
    probabilities = Calibration(slope=slope, intercept=intercept).probabilities(np.sort(margins))
    assert (np.diff(probabilities) >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1) | (probabilities == 1)).all()
