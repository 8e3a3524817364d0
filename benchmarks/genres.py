"""What a head gains from telling genres of posts apart instead of two classes, on other people's posts.

    python -m benchmarks.genres LINES LABELLED [SHARE ...]

LINES is the folder of the public lines (see `scanner train --lines`), LABELLED a file of labelled posts that nothing is
trained on (`text`, `label_campaign`). Both heads are of the shipped recipe but for the genres; strength is fixed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scanner.classify.evaluate import average_precision, recall_at_precision
from scanner.classify.examples import load_labelled
from scanner.classify.features import counts
from scanner.classify.frequencies import inverse_frequencies, weigh
from scanner.classify.genres import Genres, log_odds, number_genres
from scanner.classify.heads import Choice, fit_head, served
from scanner.classify.material import prepare
from scanner.classify.train import PARAMS
from scanner.domain.flags import Label
from scanner.resources import data_folder
from scanner.rules.election_files import load_elections
from scanner.rules.match import Matcher
from scanner.rules.ruleset import load_ruleset

STRENGTH = 0.1


def main() -> None:
    lines, file, *shares = sys.argv[1:]
    ruleset, elections = load_ruleset(), load_elections()
    material = prepare(data_folder("models") / "training", ruleset, elections, 0, PARAMS, Path(lines))
    posts = load_labelled(Path(file), support_field="label_campaign")
    matcher = Matcher(ruleset, elections)
    idf = inverse_frequencies(material.frequencies, len(material.posts) + len(material.lines))
    other = weigh(counts([matcher.match(post.text) for post in posts], PARAMS), idf)
    wanted = np.array([post.campaign_support == 1 for post in posts])
    labels, weights = material.labels(Label.CAMPAIGN_SUPPORT), material.balanced(Label.CAMPAIGN_SUPPORT)

    def margins(genres: Genres, share: float) -> NDArray[np.float64]:
        head = fit_head(material.matrix, genres, weights, Choice(STRENGTH, share), written=material.written)
        coefficients, intercepts = served(head)
        values = np.zeros((len(posts), len(genres.names)))
        values[:, 1:] = other @ coefficients.T + intercepts
        return log_odds(values, genres.carries)

    told = {"two classes": labels.astype(str), "genres": material.genres(Label.CAMPAIGN_SUPPORT)}
    for name, named in told.items():
        for share in map(float, shares or ["0", "0.1"]):
            began, found = time.perf_counter(), margins(number_genres(labels, named), share)
            figures = f"AP {average_precision(found, wanted):.3f}, recall at precision 0.9 "
            figures += f"{recall_at_precision(found, wanted):.3f} ({time.perf_counter() - began:.0f} s)"
            print(f"{name}, share {share:g}: {figures}", flush=True)


if __name__ == "__main__":
    main()
