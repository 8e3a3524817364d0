from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scanner.classify.bundle import load_frequencies, load_model
from scanner.classify.frequencies import inverse_frequencies
from scanner.classify.refit import Rows, held_out, read_families, refit
from scanner.domain.flags import Label
from tests.classify.readings import OTHER, SUPPORT, read, write_tiny_model

WORDS = ["apel", "rapat", "hujan", "antre", "kopi", "jalan", "sawah", "pasar", "surat", "warga"]


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_tiny_model(folder)
    return load_model(folder), inverse_frequencies(load_frequencies(folder), 10)


def taught(count=80, seed=0):
    """Posts of ordinary words; those with the label hold a word the base has never seen."""
    random, labels = np.random.default_rng(seed), np.arange(count) % 2 == 0
    return [read(" ".join([*random.choice(WORDS, 5), "salamkita" if one else ""])) for one in labels], labels


def test_it_serves_as_part_of_the_model_what_it_answers_itself(base):
    model, idf = base
    batch, labels = taught()
    start = Rows.of(model, Label.CAMPAIGN_SUPPORT)
    learnt = refit(read_families(batch, model.params, idf), start, labels, np.arange(len(labels)))
    table = model.table.copy()
    table[model.rows[0]] = learnt.table
    whole = replace(model, table=table, heads=(learnt.head, model.heads[1]))
    margins = read_families(batch, model.params, idf).margins(learnt)
    assert np.allclose(learnt.lead * whole.margins(batch)[:, 0], margins, atol=1e-4)
    assert margins[labels].min() > margins[~labels].max()


def test_what_it_learns_moves_every_genre_with_the_label_and_no_other(base):
    model, idf = base
    batch, labels = taught()
    start = Rows.of(model, Label.CAMPAIGN_SUPPORT)
    learnt = refit(read_families(batch, model.params, idf), start, labels, np.arange(len(labels)))
    moved = (learnt.table != start.table).any(axis=1)
    assert moved.tolist() == [genre.carries for genre in start.head.genres]


def test_labels_that_say_nothing_of_it_leave_what_the_base_knows(base):
    model, idf = base
    batch, labels = taught()
    known = [read(text) for text in (*SUPPORT, *OTHER)]
    start = Rows.of(model, Label.CAMPAIGN_SUPPORT)
    learnt = refit(read_families(batch, model.params, idf), start, labels, np.arange(len(labels)))
    margins = read_families(known, model.params, idf).margins(learnt)
    assert margins[: len(SUPPORT)].min() > margins[len(SUPPORT) :].max()


def test_held_out_posts_are_answered_by_a_head_that_has_not_seen_them(base):
    model, idf = base
    batch, labels = taught()
    features, start = read_families(batch, model.params, idf), Rows.of(model, Label.CAMPAIGN_SUPPORT)
    folds = np.arange(len(labels)) // 2 % 4
    margins = held_out(features, start, np.random.default_rng(1).permutation(labels), folds)
    assert abs(margins[labels].mean() - margins[~labels].mean()) < 1.0
    assert held_out(features, start, labels, folds)[labels].min() > 0
