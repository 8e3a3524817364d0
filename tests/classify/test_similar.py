"""The nearest judged post says nearly the same, whoever is named; nothing is shown that is not near."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from scanner.classify.casts import draw_cast, load_names
from scanner.classify.encoding import load_static
from scanner.classify.similar import LEAST, Judged, JudgedPosts, Origin, Readings, read_posts
from scanner.resources import data_folder
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset
from tests.encoders import write_static

CALL, OFFICE, RAIN = "ayo coblos {P} di tps", "antre berkas di loket kantor", "hujan sejak subuh tadi"


@pytest.fixture(scope="module")
def cast():
    return draw_cast(load_names(data_folder("models") / "training" / "names.yaml"), Random(5))


@pytest.fixture(scope="module")
def matcher(cast):
    return Matcher(load_ruleset(), [cast.election(0)])


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return load_static(write_static(tmp_path_factory.mktemp("e") / "kecil"))


@pytest.fixture
def make(matcher, encoder):
    """Make some texts look-up-able; their ids are their numbers."""

    def make(*texts: str, **changes: float) -> JudgedPosts:
        posts = [
            Judged(id=str(number), text=text, suspected=False, about=(), origin=Origin.WRITTEN)
            for number, text in enumerate(texts)
        ]
        readings = read_posts([matcher.match(text) for text in texts], encoder)
        return JudgedPosts(posts, readings, encoder, **changes)

    return make


def said(text: str, participant) -> str:
    return text.replace("{P}", participant.names[0])


def test_the_nearest_says_nearly_the_same(make, matcher, cast):
    pool = make(said(CALL, cast.pairs[0]), OFFICE, RAIN)
    [nearest, *_] = pool.nearest(matcher.match(said("ayo pilih {P} di tps", cast.pairs[1])))
    assert nearest.post.id == "0"
    [same, *_] = pool.nearest(matcher.match(OFFICE))
    assert (same.post.id, same.similarity) == ("1", pytest.approx(1, abs=1e-5))


def test_whoever_is_named_the_same_posts_are_shown_equally_near(make, matcher, cast):
    pool = make(said(CALL, cast.pairs[0]), said("jangan lupa pilih {P}", cast.pairs[1]), OFFICE, RAIN)
    shown = [pool.nearest(matcher.match(said("ayo coblos {P} jangan lupa", pair)), most=4) for pair in cast.pairs]
    assert shown[0] == shown[1] == shown[2]
    assert len(shown[0]) >= 2


def test_at_most_as_many_as_asked_in_order_and_never_the_post_itself(make, matcher):
    pool = make(OFFICE, OFFICE + " lagi", OFFICE + " lagi dan lagi", RAIN)
    found = pool.nearest(matcher.match(OFFICE), most=2, without="0")
    assert [one.post.id for one in found] == ["1", "2"]
    assert found[0].similarity >= found[1].similarity >= LEAST
    assert [one.post.id for one in pool.nearest(matcher.match(OFFICE), most=1)] == ["0"]


def test_what_is_not_near_is_not_shown(make, matcher):
    assert make(OFFICE, RAIN).nearest(matcher.match("qwerty zxcvb")) == ()


def test_among_no_posts_nothing_is_near(make, matcher):
    assert make().nearest(matcher.match(OFFICE)) == ()


@pytest.mark.parametrize("text", ["", "   ", "😀", "⟨p⟩", "\ud800"])
def test_a_text_without_words_is_compared_without_error(make, matcher, text):
    alike = make(OFFICE, RAIN).similarities(read_posts([matcher.match(text)], make(OFFICE).encoder))
    assert alike.shape == (1, 2)
    assert np.isfinite(alike).all()


def test_the_encoder_knows_that_two_words_mean_the_same(make, matcher):
    texts, asked = ("coblos", "loket", "subuh"), matcher.match("pilih")
    alone = make(*texts, share=1.0)
    assert alone.nearest(asked)[0].post.text == "coblos"
    features = make(*texts, share=0.0)
    assert all(one.similarity < 0.5 for one in features.nearest(asked))


def test_readings_put_together_are_as_if_read_at_once(matcher, encoder):
    matches = [matcher.match(text) for text in (OFFICE, RAIN, "coblos")]
    whole, parts = read_posts(matches, encoder), read_posts(matches[:1], encoder) + read_posts(matches[1:], encoder)
    assert (whole.features != parts.features).nnz == 0
    assert np.array_equal(whole.encoded, parts.encoded)
    assert isinstance(parts, Readings)
