from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.classify import serving
from scanner.classify.features import counts
from scanner.classify.serving import Weights
from tests.classify.readings import OTHER, PARAMS, SUPPORT, read

TABLE = np.random.default_rng(1).normal(size=(2, PARAMS.size)).astype(np.float32)
TEXTS = st.one_of(
    st.sampled_from(
        [
            *SUPPORT,
            *OTHER,
            "",
            " ",
            "hebatnya ⟨p⟩, salut!",
            "bohong #terbaik",
            "50rb,dua 1.000 bagus!",
            "@a.b https://x.example/?q \n #satu",
            "- - a",
        ]
    ),
    st.text(max_size=40),
)


def expected(batch):
    """Return the margins by the feature map, as training sees posts."""
    return counts(batch, PARAMS) @ TABLE.T.astype(np.float64)


@given(st.lists(st.tuples(TEXTS, st.booleans()), min_size=1, max_size=5))
@settings(max_examples=300, deadline=None)
def test_it_weighs_posts_as_the_feature_map_does(posts):
    batch = [replace(read(text), has_object=named) for text, named in posts]
    assert np.allclose(Weights(TABLE, PARAMS).margins(batch), expected(batch), atol=1e-4)


def test_what_it_remembers_changes_no_weight():
    batch, weights = [read(text) for text in [*SUPPORT, *OTHER]], Weights(TABLE, PARAMS)
    assert (weights.margins(batch[3:])[0] == weights.margins(batch)[3]).all()


def test_it_forgets_before_it_remembers_too_much(monkeypatch):
    monkeypatch.setattr(serving, "_REMEMBERED", 30)
    weights = Weights(TABLE, PARAMS)
    for number in range(100):
        batch = [read(f"kata{number} lain{number} {SUPPORT[0]}")]
        assert np.allclose(weights.margins(batch), expected(batch), atol=1e-4)
        assert len(weights._pieces.numbers) < 30 + 10


def test_it_has_room_for_more_pieces_than_it_began_with():
    batch = [read(" ".join(f"kata{number}" for number in range(3000)))]
    assert np.allclose(Weights(TABLE, PARAMS).margins(batch), expected(batch), atol=1e-3)
