"""What labels buy: average precision of an adapted model on posts it has not seen, beside TF-IDF taught the same.

    python -m benchmarks.adapt LABELLED.jsonl [--support-field campaign_support] [--base models/default]

Labels are drawn at random, five times; all other posts are scored. Shown are means and standard deviations.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scanner.classify.anchors import tfidf_margins
from scanner.classify.bundle import load_frequencies, load_model
from scanner.classify.evaluate import average_precision
from scanner.classify.examples import load_labelled
from scanner.classify.frequencies import inverse_frequencies
from scanner.classify.refit import Rows, read_families, refit
from scanner.domain.flags import Label
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

COUNTS = (50, 100, 200, 400)
SEEDS = 5


def from_scratch(texts: Sequence[str], labels: NDArray[np.bool_], learnt: NDArray[np.bool_]) -> float:
    """Average precision on the rest of a TF-IDF model that was taught the same labels."""
    folds = np.where(learnt, 0, 1)
    fresh = np.flatnonzero(~learnt)
    return average_precision(tfidf_margins(texts, labels, folds)[fresh], labels[fresh])


def main(file: Path, field: str, base: Path) -> None:
    posts = load_labelled(file, support_field=field)
    labels = np.array([post.campaign_support == 1 for post in posts])
    model, frequencies = load_model(base), load_frequencies(base)
    matcher = Matcher(load_ruleset(), load_elections())
    idf = inverse_frequencies(frequencies, int(frequencies.max()))
    features = read_families([matcher.match(post.text) for post in posts], model.params, idf)
    start = Rows.of(model, Label.CAMPAIGN_SUPPORT)
    alone = average_precision(features.margins(start), labels)
    print(f"{len(posts)} posts, {labels.sum()} support; {model.id}: {alone:.3f}")
    for count in COUNTS:
        figures, seconds = [], 0.0
        for seed in range(SEEDS):
            learnt = np.zeros(len(posts), dtype=bool)
            learnt[np.random.RandomState(seed).permutation(len(posts))[:count]] = True
            began = time.perf_counter()
            head = refit(features, start, labels, np.flatnonzero(learnt))
            seconds += (time.perf_counter() - began) / SEEDS
            rest = [average_precision(features.margins(one)[~learnt], labels[~learnt]) for one in (start, head)]
            figures.append([*rest, from_scratch([post.text for post in posts], labels, learnt)])
        shown = zip(("base", "adapted", "TF-IDF from scratch"), np.mean(figures, 0), np.std(figures, 0), strict=True)
        print(f"{count:4} labels: " + ", ".join(f"{name} {mean:.3f} ± {std:.3f}" for name, mean, std in shown), end="")
        print(f"; one fit {seconds:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Average precision of an adapted model by number of labels.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--support-field", default="campaign_support")
    parser.add_argument("--base", type=Path, default=data_folder("models") / "default")
    given = parser.parse_args()
    main(given.file, given.support_field, given.base)
