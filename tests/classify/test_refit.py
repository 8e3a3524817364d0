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


def test_labels_that_contradict_the_base_outweigh_it(base):
    model, idf = base
    batch = [read(f"{text} {number}") for number in range(12) for text in (*SUPPORT, *OTHER)]
    labels = np.array(([False] * len(SUPPORT) + [True] * len(OTHER)) * 12)
    features, start = read_families(batch, model.params, idf), Rows.of(model, Label.CAMPAIGN_SUPPORT)
    before = features.margins(start)
    after = held_out(features, start, labels, np.arange(len(labels)) % 5)
    assert before[labels].mean() < before[~labels].mean()
    assert after[labels].mean() > after[~labels].mean()
