"""How often the nearest judged post has the labels and the category of the post asked about, by share of the encoder.

    python benchmarks/similar.py [ENCODER_FOLDER]      some minutes with the shipped encoder

Neighbours are sought among the posts of other writers only. Shares 0 and 1 are features alone and encoder alone.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from scanner.classify.encoding import Encoder, load_static
from scanner.classify.examples import load_corpus
from scanner.classify.similar import JudgedPosts, Readings
from scanner.classify.swapped import open_encoder, swap_in
from scanner.classify.written import read_written
from scanner.resources import data_folder
from scanner.rules.ruleset import load_ruleset

SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0)
BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 1.01)


def measure(encoder: Encoder) -> None:
    corpus = data_folder("models") / "training"
    posts = load_corpus(corpus)
    judged, readings = read_written(corpus, load_ruleset(), encoder)
    labels = np.array([2 * post.campaign_support + post.pns_attribute_use for post in posts])
    category = np.array([post.category for post in posts])
    hard = np.array([post.difficulty == "hard" for post in posts])
    writers = np.array([post.writer for post in posts])
    print(f"{encoder.id}: {len(posts)} posts\nshare   labels positive     hard category     both", flush=True)
    for share in SHARES:
        nearest, alike = neighbours(judged, readings, encoder, writers, share)
        same, kind = labels[nearest] == labels, category[nearest] == category
        shares = (same.mean(), same[labels > 0].mean(), same[hard].mean(), kind.mean(), (same & kind).mean())
        print(f"{share:5.1f}", *(f"{one:8.3f}" for one in shares))
        held = [(low, (alike >= low) & (alike < high)) for low, high in pairwise(BANDS)]
        print("       " + "  ".join(f"{low}: {same[at].mean():.2f} of {at.sum()}" for low, at in held if at.any()))


def neighbours(judged, readings, encoder, writers, share):
    """Row and similarity of every post's nearest one by another writer."""
    nearest, alike = np.empty(len(judged), np.int64), np.empty(len(judged), np.float32)
    for writer in np.unique(writers):
        here, others = np.flatnonzero(writers == writer), np.flatnonzero(writers != writer)
        pool = JudgedPosts(
            [judged[row] for row in others],
            Readings(features=readings.features[others], encoded=readings.encoded[others]),
            encoder,
            share=share,
        )
        asked = Readings(features=readings.features[here], encoded=readings.encoded[here])
        found = pool.similarities(asked)
        nearest[here], alike[here] = others[found.argmax(axis=1)], found.max(axis=1)
    return nearest, alike


def main() -> None:
    if len(sys.argv) == 1:
        measure(load_static(data_folder("models") / "encoder"))
        return
    with TemporaryDirectory() as home:
        swap_in(sys.argv[1], Path(home))
        measure(open_encoder(Path(home)))


if __name__ == "__main__":
    main()
