from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scanner.classify.bundle import load_model
from scanner.classify.explain import explain
from scanner.domain.flags import Label
from tests.classify.readings import Reading, read, write_tiny_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny_model(folder)
    return load_model(folder)


def test_it_names_the_word_that_spoke_for_support(model):
    support, attribute = explain(model, read("Besok kita COBLOS di kantor"))
    assert support.label is Label.CAMPAIGN_SUPPORT
    assert attribute.label is Label.PNS_ATTRIBUTE_USE
    assert support.towards[0].quote == "COBLOS"
    assert "kantor" in {reason.quote for reason in support.away}
    assert all(reason.weight < 0 for reason in support.away)


def test_quotes_come_from_the_original(model):
    post = Reading(original="AYO c0bl0s Bima Sakti!! #pilihBima", masked="ayo coblos ⟨p⟩!! #pilih ⟨p⟩")
    support = explain(model, post, most=20)[0]
    assert {"c0bl0s", "Bima Sakti"} <= {reason.quote for reason in support.towards}
    every = (*support.towards, *support.away)
    assert all(reason.quote == post.original[reason.start : reason.end] for reason in every)


def test_words_and_cues_together_are_what_the_margin_changes_by(model):
    """Of all weights of the table growing by a thousandth, the margin grows by a thousandth of the reasons' sum."""
    post, grown = read("ayo coblos ⟨p⟩ besok pagi di kantor"), replace(model, table=model.table * np.float32(1.001))
    changes = (grown.margins([post]) - model.margins([post]))[0] * 1000
    for told, change in zip(explain(model, post, most=1000), changes, strict=True):
        words = sum(reason.weight for reason in (*told.towards, *told.away))
        assert words + sum(weight for _, weight in told.cues) == pytest.approx(change, abs=0.02)


def test_a_post_without_words_is_explained_by_its_shape(model):
    for told in explain(model, read("")):
        assert told.towards == told.away == ()
        assert told.cues


def test_it_tells_no_more_than_was_asked(model):
    told = explain(model, read("ayo coblos menangkan dukung pilih ⟨p⟩ kantor hujan kpu"), most=2)[0]
    assert len(told.towards) <= 2
    assert len(told.away) <= 2
    assert np.all(np.diff([reason.weight for reason in told.towards]) <= 0)
