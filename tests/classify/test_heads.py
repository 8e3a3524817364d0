from __future__ import annotations

import numpy as np
import pytest

from scanner.classify.features import counts
from scanner.classify.heads import SHARES, STRENGTHS, Choice, fit_head, hold_out
from tests.classify.readings import PARAMS, read, two_genres

ORDINARY = ["apel", "rapat", "hujan", "antre", "kopi", "jalan", "sawah", "pasar", "surat", "warga"]
TELLING = ["coblos", "menangkan", "dukung"]


def corpus(count=120, seed=0):
    """Posts of ordinary words; the positive ones hold one of the last three."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2 == 0
    texts = [
        " ".join([*random.choice(ORDINARY, 6), *(random.choice(TELLING, 1) if positive else [])]) for positive in labels
    ]
    raw = counts([read(text) for text in texts], PARAMS)
    return raw, labels, texts


def test_held_out_margins_tell_the_classes_apart():
    raw, labels, _ = corpus()
    folds = np.arange(len(labels)) // 2 % 4
    held = hold_out(raw, two_genres(labels), np.ones(len(labels)), folds)
    assert held.choice.strength in STRENGTHS
    assert held.margins[labels].mean() > held.margins[~labels].mean() + 0.5
    assert dict(held.scores)[held.choice] == max(score for _, score in held.scores) > 0.9


def test_a_held_out_post_does_not_teach_its_own_label():
    raw, labels, _ = corpus()
    folds = np.arange(len(labels)) // 2 % 4
    shuffled = np.random.default_rng(1).permutation(labels)
    held = hold_out(raw, two_genres(shuffled), np.ones(len(labels)), folds)
    assert dict(held.scores)[held.choice] < 0.75


def test_fitting_is_repeatable_and_stored_as_it_is_served():
    raw, labels, _ = corpus()
    first = fit_head(raw, two_genres(labels), np.ones(len(labels)), Choice(strength=1.0))
    second = fit_head(raw, two_genres(labels), np.ones(len(labels)), Choice(strength=1.0))
    assert first.coef_.dtype == np.float32
    assert first.coef_.tobytes() == second.coef_.tobytes()


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_a_post_told_twice_at_half_weight_teaches_as_much_as_once(weight):
    from scipy.sparse import vstack

    raw, labels, _ = corpus(40)
    once = fit_head(raw, two_genres(labels), np.full(40, weight), Choice(strength=1.0))
    twice = fit_head(
        vstack([raw, raw]).tocsr(), two_genres(np.tile(labels, 2)), np.full(80, weight / 2), Choice(strength=1.0)
    )
    assert np.abs(once.coef_ - twice.coef_).max() < 1e-3


def test_what_only_written_posts_say_is_kept_apart():
    """A hashtag tells nothing in written posts and everything in the timeline; the deed tells in both."""
    random = np.random.default_rng(3)
    texts, labels, written = [], [], []
    for number in range(400):
        real, positive = number % 2 == 0, number // 2 % 2 == 0
        tag = positive if real else random.random() < 0.5
        deed = "coblos" if positive and random.random() < 0.6 else "rapat"
        texts.append(f"{' '.join(random.choice(ORDINARY, 4))} {deed} {'tagar' if tag else 'polos'}")
        labels.append(positive)
        written.append(not real)
    raw, positive, posts = counts([read(text) for text in texts], PARAMS), np.array(labels), np.array(written)
    weights, folds = np.ones(len(texts)), np.arange(len(texts)) // 4 % 5
    held = hold_out(raw, two_genres(positive), weights, folds, written=posts, domains=(posts, ~posts))
    assert len(held.scores) == len(STRENGTHS) * len(SHARES)
    alone = fit_head(raw, two_genres(positive), weights, Choice(strength=1.0, share=0.0), written=posts)
    mixed = fit_head(raw, two_genres(positive), weights, Choice(strength=1.0, share=1.0), written=posts)
    tagged = counts([read("kopi rapat tagar"), read("kopi rapat polos")], PARAMS)
    gain = [float(np.diff(head.decision_function(tagged))[0]) for head in (alone, mixed)]
    assert gain[0] < gain[1] - 0.5
    assert alone.coef_.shape == (1, PARAMS.size)
